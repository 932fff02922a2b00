"""What may be seen of haemoglobin in a photograph of nails: their colour, and what pretrained networks see of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.inference import watcher
from clinoscope.inference.card import Input
from clinoscope.regions.light import linear
from clinoscope.training import backbones, features
from clinoscope.training.recipe import Augment

Floats = NDArray[np.float64]

BACKBONE = "efficientnet_lite0"
GAINS = ((1.1, 1.0, 0.9), (0.9, 1.0, 1.1))
"""Other light in the room: a warmer and a colder lamp, red and blue of linear light 10 % off."""

_HOW = Input(size=watcher.SIDE, margin=0.6)
"""What a network sees of a nail: as the classifier of ``anemia/nail`` does."""

_FEW = 20
"""Pixels of skin under which a nail counts as having none beside it, and everything around it is taken instead."""


@dataclass(frozen=True, eq=False)
class Hands:
    """n hands with a nail that was found: haemoglobin (g/dL, (n,)), sessions, and what was seen of each.

    ``seen[name]`` is (1 + lamps, n, d): the picture as it is, then under every lamp of ``GAINS``.
    """

    hb: Floats
    sessions: tuple[str, ...]
    seen: Mapping[str, Floats]
    without_nail: int = 0


@dataclass(frozen=True, eq=False)
class _Hand:
    pixels: Pixels
    region: Region
    row: Mapping[str, str]


def look(data: Path, backbone_folder: Path | None = None) -> Hands:
    """Every hand of ``anemia/images.csv`` that has a haemoglobin value and shows a nail.

    ``seen``: "against skin", "as it is", "watcher", "drawn" (boxes drawn by hand) and, with a folder of weights,
    ``BACKBONE``. Nails are found once; under other lamps the boxes stay. Raises KnownError for a missing list,
    picture or weights file.
    """
    from clinoscope.regions import nails

    file = data / "anemia" / "images.csv"
    if not file.is_file():
        raise KnownError(f"There is no {file}. Give the folder that holds anemia/images.csv.")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["site"] == "nail" and row["hb_g_dl"]]
    hands = []
    for row in rows:
        pixels = features.decode(file.parent / row["path"])
        region = nails.find(pixels)
        if region is not None:
            hands.append(_Hand(pixels, region, row))
    if not hands:
        raise KnownError(f"No picture of {file} has both a haemoglobin value and a nail.")
    network = _network(backbone_folder) if backbone_folder else None
    seen: dict[str, list[Floats]] = {}
    for gains in (None, *GAINS):
        lit = [hand if gains is None else _Hand(relit(hand.pixels, gains), hand.region, hand.row) for hand in hands]
        for name, values in _seen(lit, network).items():
            seen.setdefault(name, []).append(values)
    return Hands(
        hb=np.array([float(hand.row["hb_g_dl"]) for hand in hands]),
        sessions=tuple(hand.row["group"] for hand in hands),
        seen={name: np.stack(values) for name, values in seen.items()},
        without_nail=len(rows) - len(hands),
    )


Network = Callable[[Sequence[_Hand]], Floats]


def _seen(hands: Sequence[_Hand], network: Network | None) -> dict[str, Floats]:
    """Each kind of what is seen, (n, d)."""
    found = [colours(hand.pixels, hand.region.boxes, [None] * len(hand.region.boxes)) for hand in hands]
    out = {
        "against skin": np.array([against for against, _ in found]),
        "as it is": np.array([whole for _, whole in found]),
        "watcher": np.array([watcher.watched(hand.pixels, hand.region, _HOW) for hand in hands], np.float64),
        "drawn": np.array([colours(hand.pixels, *_drawn(hand.row))[0] for hand in hands]),
    }
    return out if network is None else out | {BACKBONE: network(hands)}


def _drawn(row: Mapping[str, str]) -> tuple[list[Box], list[Box | None]]:
    boxes = json.loads(row["boxes"])
    nails, skins = ([Box(*(round(v) for v in box)) for box in boxes[key]] for key in ("nail_xywh", "skin_xywh"))
    return nails, list(skins)


def _network(folder: Path) -> Network:
    """Hands to the pooled features (n, d) of the frozen backbone. Raises KnownError for a missing weights file."""
    model = {BACKBONE: backbones.build(BACKBONE, watcher.SIDE, folder / backbones.WEIGHTS[BACKBONE])}

    def run(hands: Sequence[_Hand]) -> Floats:
        subjects = [features.Subject(hand.pixels, hand.region) for hand in hands]
        return features.embed(subjects, model, _HOW, Augment(), 0, 0)[BACKBONE].astype(np.float64)

    return run


def colours(pixels: Pixels, nails: Sequence[Box], skins: Sequence[Box | None]) -> tuple[Floats, Floats]:
    """Colour of nails against the skin beside them, (6,), and with the nails' own Lab after it, (9,).

    Log ratios of linear R, G, B, then Lab differences, as medians over pixels and then over nails. Without a drawn
    skin box (None) the skin is what is coloured enough, and reddish, in a ring around the nail: a table is grey.
    """
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    both = np.concatenate([np.log(np.maximum(linear(pixels), 1e-3)), lab], axis=2)
    taken = np.zeros(pixels.shape[:2], bool)
    for nail in nails:
        taken[_slices(nail.padded(0.15), pixels)] = True
    rows = []
    for nail, skin in zip(nails, skins, strict=True):
        inner = nail.padded(-0.2) if min(nail.w, nail.h) > 0.5 * max(nail.w, nail.h) else nail
        middle = np.median(both[_slices(inner, pixels)].reshape(-1, 6), axis=0)
        beside = _ring(both, taken, nail, pixels) if skin is None else both[_slices(skin, pixels)].reshape(-1, 6)
        rows.append(np.concatenate([middle - np.median(beside, axis=0), middle[3:]]))
    whole = np.median(rows, axis=0).astype(np.float64)
    return whole[:6], whole


def _ring(both: NDArray[np.float32], taken: NDArray[np.bool_], nail: Box, pixels: Pixels) -> NDArray[np.float32]:
    place = _slices(nail.padded(0.8), pixels)
    ring = both[place][~taken[place]]
    if len(ring) < _FEW:
        return both[place].reshape(-1, 6)
    chroma = np.hypot(ring[:, 4], ring[:, 5])
    skin = ring[(chroma > 0.6 * np.percentile(chroma, 90)) & (ring[:, 4] > 0)]
    return skin if len(skin) >= _FEW else ring


def _slices(box: Box, pixels: Pixels) -> tuple[slice, slice]:
    inside = box.clipped(pixels.shape[1], pixels.shape[0])
    return slice(inside.y, inside.bottom), slice(inside.x, inside.right)


def relit(pixels: Pixels, gains: Sequence[float]) -> Pixels:
    """The picture under another lamp: gains of linear R, G, B, back to sRGB 0..255 (IEC 61966-2-1)."""
    light = np.clip(linear(pixels) * np.asarray(gains, np.float32), 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(encoded * 255), np.uint8)
