"""Train the white-cell finder that ``regions.cells`` runs: a small network that marks cell centres and sizes.

Run with ``python -m clinoscope.training.cell_finder DATA SKIN BACKBONE OUT``: DATA is the folder with ``boxes.csv`` and
``cells.csv`` of the smears, SKIN a folder of skin pictures (nothing there is a cell), BACKBONE the folder with the
MobileNetV2 weights and their builder. OUT gets ``cells.tflite``, trained on everything, and ``finds.json``: what the
same recipe finds on fields it was not trained on, by ``folds`` (grouped) and by leaving each source out.
``tests/benchmarks/cells_found.py`` turns that file into figures.

Fields are evened first (``regions.stain.evened``), as at run time, under several drawn lamps each; the network sees
views of them turned, zoomed and recoloured. Beside the fields with drawn boxes, single cells of PBC Barcelona serve
as small fields: more kinds of cells, and platelets that are none.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import cells
from clinoscope.regions.geometry import shrunk
from clinoscope.regions.stain import densities, evened, nuclear
from clinoscope.training import heatmap
from clinoscope.training.heatmap import Floats

Boxes = list[list[float]]
"""x, y, w, h of each."""

VIEW = 160
"""Side of a training view, pixels."""

FIELD_SIDE = 720
"""Longer side at which fields are kept, pixels: views never need more."""

STEPS = 700
BATCH = 16
FOLDS = 3
SEED = 7
LATERALS = ("block_5_add",)
"""Layers of the backbone joined on the way up: stride 8."""

SHARES = {"bccd": 0.26, "chula_esid": 0.24, "raabin": 0.22, "draaslan": 0.12, "pbc_barcelona": 0.12, "skin": 0.04}
"""How often each source is seen; what is left out is shared among the rest."""

SPAN = (18.0, 125.0)
"""Sizes of a cell in a view, pixels, that one of the looks of ``regions.cells`` shows."""

TOO_NEAR = 150.0
"""Size from which a cell counts as ground: the far look must not see its lobes, or large red cells, as cells."""

NEARER = (125.0, 280.0)
"""Sizes of a cell in a fifth of the views: what the far look shows of a field taken from near."""

USUAL_SIZE = 120.0
"""A cell's size in pixels where a field shows none and its source's fields are single cells of PBC."""


@dataclass
class Field:
    """One field: evened versions under different lamps; cell boxes (n, 4) as x, y, w, h, boxes that count neither way
    and platelets to be looked at, all in pixels of ``versions``; a cell's usual ``size`` there; the boxes as drawn."""

    name: str
    source: str
    group: str
    versions: list[Pixels]
    boxes: Floats
    ignored: Floats
    lures: Floats
    size: float
    drawn: list[list[float]]


def load(data: Path, rng: np.random.Generator) -> list[Field]:
    """Every field of ``boxes.csv``; a group is the slide of chula_esid, elsewhere the field itself."""
    drawn: dict[tuple[str, str], tuple[Boxes, Boxes]] = {}
    with (data / "boxes.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            boxes, lures = drawn.setdefault((row["source"], row["field"]), ([], []))
            if row["label"] != "rbc":
                (boxes if row["label"] == "wbc" else lures).append([float(row[side]) for side in "xywh"])
    sizes: dict[str, list[float]] = {}
    for (source, _), (boxes, _) in drawn.items():
        sizes.setdefault(source, []).extend(float(np.sqrt(w * h)) for _, _, w, h in boxes)
    fields = []
    for (source, name), (boxes, lures) in sorted(drawn.items()):
        pixels = cv2.cvtColor(cv2.imread(str(data / name)), cv2.COLOR_BGR2RGB)
        slide = Path(name).stem.split("_")[0] if source == "chula_esid" else name
        lamps = 11 if source == "chula_esid" else 4
        fields.append(
            _field(name, source, slide, pixels, boxes, [], lures, float(np.median(sizes[source])), lamps, rng)
        )
    return fields


def load_single(data: Path, rng: np.random.Generator, each: int = 60) -> list[Field]:
    """Pictures of one cell as fields: the box is what ``regions.cells.find`` outlines; platelets get none."""
    paths: dict[str, list[str]] = {}
    with (data / "cells.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["source"] == "pbc_barcelona":
                paths.setdefault(str(Path(row["path"]).parent), []).append(row["path"])
    fields = []
    for kind, names in sorted(paths.items()):
        for index in rng.permutation(len(names))[:each]:
            pixels = cv2.cvtColor(cv2.imread(str(data / names[index])), cv2.COLOR_BGR2RGB)
            region = cells.find(pixels)
            if region is None or region.how != "colour":
                continue
            box, platelet = region.box, kind.endswith("platelet")
            if not platelet and not 0.3 < box.w / pixels.shape[1] < 0.95:
                continue
            own = [[float(box.x), float(box.y), float(box.w), float(box.h)]]
            size = USUAL_SIZE if platelet else float(np.sqrt(box.w * box.h))
            others = _other_nuclei(pixels, box)
            fields.append(
                _field(names[index], "pbc_barcelona", "", pixels, [] if platelet else own, others, [], size, 2, rng)
            )
    return fields


def load_skin(folder: Path, rng: np.random.Generator, most: int = 120) -> list[Field]:
    """Skin pictures, evened like a field: the finder is to stay silent on them."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".png"})
    fields = []
    for path in paths[:: max(1, len(paths) // most)]:
        pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        fields.append(_field(path.name, "skin", "", pixels, [], [], [], 0.12 * max(pixels.shape), 1, rng))
    return fields


def _field(
    name: str,
    source: str,
    group: str,
    pixels: Pixels,
    boxes: Boxes,
    ignored: Boxes,
    lures: Boxes,
    size: float,
    lamps: int,
    rng: np.random.Generator,
) -> Field:
    small, factor = shrunk(pixels, FIELD_SIDE)
    versions = [evened(densities(small))] + [evened(densities(_relit(small, rng))) for _ in range(lamps - 1)]
    own, others, eyed = (np.array(part, np.float32).reshape(-1, 4) / factor for part in (boxes, ignored, lures))
    if len(own):
        size = factor * float(np.sqrt(own[:, 2:].prod(axis=1)).mean())
    return Field(name, source, group, versions, own, others, eyed, size / factor, boxes)


def _other_nuclei(pixels: Pixels, box: Box) -> Boxes:
    """Boxes of nuclear stain outside the cell's own box: neighbours that nobody marked."""
    stain = nuclear(densities(pixels, order=1))
    own = box.padded(0.1).clipped(pixels.shape[1], pixels.shape[0])
    stain[own.y : own.bottom, own.x : own.right] = 0
    count, _, stats, _ = cv2.connectedComponentsWithStats((stain > 0.25).astype(np.uint8))
    return [[x - 0.3 * w, y - 0.3 * h, 1.6 * w, 1.6 * h] for x, y, w, h, area in stats[1:count].tolist() if area > 150]


def _smooth(height: int, width: int, rng: np.random.Generator, nodes: int = 3) -> Floats:
    """Smooth random planes (height, width, 3), about -1..1 standard deviation."""
    coarse = rng.normal(0, 1, (nodes, nodes, 3)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _relit(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The field under another stain, lamp, condenser and camera: tint, gradient, vignette, haze, blur, noise, JPEG."""
    height, width = pixels.shape[:2]
    stain = densities(pixels) @ (np.eye(3) + rng.normal(0, 0.12, (3, 3))).astype(np.float32)
    x = np.exp(-np.maximum(stain, 0) * rng.uniform(0.5, 1.5)).astype(np.float32)
    lamp = rng.normal(0, 0.2, 3) + rng.uniform(0, 0.25) * _smooth(height, width, rng)
    ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    lamp = lamp - rng.uniform(0, 0.4) * (xs**2 + ys**2)[..., None] + np.log(rng.uniform(0.35, 1))
    x = x * np.exp(lamp)
    if rng.random() < 0.5:
        haze = rng.uniform(0.2, 0.7) * np.exp(0.2 * _smooth(height, width, rng)) * rng.uniform(0.3, 0.6, 3)
        x = x * rng.uniform(0.3, 0.8) + haze
    if rng.random() < 0.5:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 0.004 * max(height, width)))
    x = x + rng.normal(0, rng.uniform(0, 0.015), x.shape)
    shown = (255 * np.clip(x, 0, 1) ** rng.uniform(0.8, 1.25)).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 98))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def view(pool: dict[str, list[Field]], rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """A random view: one field, or four small tiles of several, recoloured.

    Returns the pixels (VIEW, VIEW, 3) 0..255, the targets and the weights of ``heatmap.targets``.
    """
    pixels = np.empty((VIEW, VIEW, 3), np.float32)
    weight_of = np.ones((VIEW, VIEW), np.float32)
    boxes: list[Floats] = []
    ignored: list[Floats] = []
    kind = rng.random()
    side, nearer = VIEW // 2 if kind < 0.35 else VIEW, kind > 0.8
    for y in range(0, VIEW, side):
        for x in range(0, VIEW, side):
            span = (SPAN[0], 48.0) if side < VIEW else NEARER if nearer else SPAN
            tile, inside, own, others = _tile(_pick(pool, rng), side, span, rng)
            pixels[y : y + side, x : x + side] = _recoloured(tile, rng)
            weight_of[y : y + side, x : x + side] = inside
            boxes.append(own + np.array([x, y, 0, 0], np.float32))
            ignored.append(others + np.array([x, y, 0, 0], np.float32))
    target, weight = heatmap.targets(np.concatenate(boxes), np.concatenate(ignored), (VIEW, VIEW), cells.STRIDE)
    weight[..., 0] *= cv2.resize(weight_of, weight.shape[1::-1], interpolation=cv2.INTER_AREA) > 0.5
    return pixels, target, weight


def _pick(pool: dict[str, list[Field]], rng: np.random.Generator) -> Field:
    sources = [source for source in SHARES if pool.get(source)]
    share = np.array([SHARES[source] for source in sources])
    fields = pool[sources[rng.choice(len(sources), p=share / share.sum())]]
    return fields[rng.integers(len(fields))]


def _tile(
    one: Field, side: int, span: tuple[float, float], rng: np.random.Generator
) -> tuple[Pixels, Floats, Floats, Floats]:
    """A square of a field, turned and zoomed: its pixels, where it is inside the field, boxes and ignored boxes."""
    wanted = float(np.exp(rng.uniform(np.log(span[0]), np.log(span[1]))))
    pixels = one.versions[rng.integers(len(one.versions))]
    # not so small that most of the tile shows nothing
    scale = min(max(wanted, 0.6 * side * one.size / max(pixels.shape[:2])) / one.size, 1.8)
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.4 else rng.integers(4) * np.pi / 2
    flip = 1 if rng.random() < 0.5 else -1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([flip, 1])
    watched = one.lures if rng.random() < 0.3 else one.boxes
    if len(watched) and rng.random() < 0.75:
        box = watched[rng.integers(len(watched))] * scale
        middle = box[:2] + box[2:] / 2
        shift = side / 2 - turn @ middle + rng.uniform(-0.45, 0.45, 2) * side
    else:
        middle = rng.uniform(0, 1, 2) * size
        shift = side / 2 - turn @ middle
    matrix = np.hstack([turn, shift[:, None]])
    # a white rim is what the looks of regions.cells have; a mirrored one shows cells without a box: it does not count
    mirrored = rng.random() < 0.5
    border = cv2.BORDER_REFLECT if mirrored else cv2.BORDER_CONSTANT
    shown = cv2.warpAffine(
        small, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(255, 255, 255)
    )
    inside = cv2.warpAffine(np.ones(small.shape[:2], np.float32), matrix, (side, side))
    moved = [heatmap.warped(box * scale, matrix) for box in one.boxes]
    own, cut = _visible([box for box in moved if max(box[2:]) < SPAN[1] * 1.05], side)
    cut += [box for box in moved if SPAN[1] * 1.05 <= max(box[2:]) < TOO_NEAR]
    cut += [heatmap.warped(box * scale, matrix) for box in one.ignored]
    counts = inside if mirrored else np.ones_like(inside)
    return shown, counts, np.array(own, np.float32).reshape(-1, 4), np.array(cut, np.float32).reshape(-1, 4)


def _visible(boxes: Iterable[NDArray[Any]], side: int) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Boxes cut to the tile, and those of which too little is left to be either a cell or none."""
    own: list[NDArray[Any]] = []
    cut: list[NDArray[Any]] = []
    for x, y, w, h in boxes:
        left, top, right, bottom = max(x, 0), max(y, 0), min(x + w, side), min(y + h, side)
        if right <= left or bottom <= top:
            continue
        shown = np.array([left, top, right - left, bottom - top], np.float32)
        (own if shown[2] * shown[3] > 0.45 * w * h else cut).append(shown)
    return own, cut


def _recoloured(pixels: Pixels, rng: np.random.Generator) -> Floats:
    """What evening leaves: another depth and hue of stain, a tinted ground, blur and noise."""
    density = -np.log((pixels.astype(np.float32) + 1) / 256)
    density *= np.exp(rng.normal(0, 0.15, 3)) * np.exp(rng.uniform(-0.4, 0.4))
    if rng.random() < 0.4:
        density = density + rng.uniform(0, 0.15) * np.abs(_smooth(pixels.shape[0], pixels.shape[1], rng, 4))
    x = np.exp(-density)
    if rng.random() < 0.3:
        x = cv2.GaussianBlur(x.astype(np.float32), (0, 0), rng.uniform(0.4, 1.4))
    x = x + rng.normal(0, rng.uniform(0, 0.03), x.shape)
    return np.clip(255 * x, 0, 255).astype(np.float32)


def fit(fields: list[Field], backbone: Path, steps: int, seed: int = SEED) -> Any:
    """Train one network on these fields."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    pool: dict[str, list[Field]] = {}
    for one in fields:
        pool.setdefault(one.source, []).append(one)
    model = heatmap.build(backbone, LATERALS)
    step = heatmap.stepper(model, steps)
    losses = []
    for number in range(steps):
        losses.append(
            float(step(*(np.stack(part) for part in zip(*(view(pool, rng) for _ in range(BATCH)), strict=True))))
        )
        if (number + 1) % 100 == 0:
            print(f"step {number + 1}/{steps} loss {np.mean(losses[-100:]):.3f}", file=sys.stderr, flush=True)
    return model


def finds(data: Path, fields: list[Field], model: Any, split: str) -> list[dict[str, Any]]:
    """What ``regions.cells`` finds with this network on these fields, with the drawn boxes, in pixels of the file."""
    found = []
    for one in fields:
        pixels = cv2.cvtColor(cv2.imread(str(data / one.name)), cv2.COLOR_BGR2RGB)
        boxes = [
            [cell.box.x, cell.box.y, cell.box.w, cell.box.h, cell.score]
            for cell in cells.cells_by(lambda view: np.asarray(model(view[None], training=False))[0], pixels)
        ]
        found.append(
            {
                "split": split,
                "source": one.source,
                "field": one.name,
                "group": one.group,
                "drawn": one.drawn,
                "found": boxes,
            }
        )
    return found


def main(data: Path, skin: Path, backbone: Path, out: Path, steps: int = STEPS) -> None:
    """Train on everything, then measure the same recipe on folds by group and on each source left out."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(2)
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    fields = load(data, rng)
    extra = load_single(data, rng) + load_skin(skin, rng)
    heatmap.export(fit(fields + extra, backbone, steps), out / "cells.tflite", cells.INPUT_SHAPE)
    measured: list[dict[str, Any]] = []
    groups = sorted({(one.source, one.group) for one in fields})
    fold_of = {group: index % FOLDS for index, group in enumerate(groups)}
    for fold in range(FOLDS):
        train = [one for one in fields if fold_of[one.source, one.group] != fold]
        held = [one for one in fields if fold_of[one.source, one.group] == fold]
        measured += finds(data, held, fit(train + extra, backbone, steps), "folds")
        (out / "finds.json").write_text(json.dumps(measured), encoding="utf-8")
    for source in sorted({one.source for one in fields}):
        train = [one for one in fields if one.source != source]
        held = [one for one in fields if one.source == source]
        measured += finds(data, held, fit(train + extra, backbone, steps), "left out")
        (out / "finds.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
