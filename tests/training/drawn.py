"""A few dozen drawn pictures for every reproduction recipe: crude, but their regions are found and their labels differ.

``folder`` writes them the way a clinic lays out its own: ``label/patient/picture.png``. Nothing here looks like a
disease; each label has one mark of its own, and every patient a tone and a light of their own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from clinoscope.domain.picture import Pixels

Draw = Callable[[str, Generator], Pixels]

PHANTOMS = Path(__file__).parents[2] / "resources" / "phantoms"

NEUTROPHILS = ("NEU", "HYP", "CRY", "DB", "HJBLI", "GBI", "BAC")
SKIN_COLOURS = {
    "actinic_keratosis": (205, 110, 100),
    "atopic_dermatitis": (225, 130, 125),
    "benign_keratosis": (150, 110, 60),
    "dermatofibroma": (150, 80, 80),
    "melanocytic_nevus": (110, 70, 45),
    "melanoma": (40, 30, 45),
    "squamous_cell_carcinoma": (190, 60, 60),
    "tinea_ringworm_candidiasis": (215, 120, 90),
    "vascular_lesion": (150, 20, 60),
}


def folder(place: Path, draw: Draw, count: Mapping[str, int], each: int = 2, seed: int = 0) -> Path:
    """Write ``each`` pictures of ``count[label]`` patients for every label under ``place``, and return it."""
    for number, (label, patients) in enumerate(count.items()):
        for patient in range(patients):
            home = place / label / f"{label}-{patient}"
            home.mkdir(parents=True)
            rng = np.random.default_rng([seed, number, patient])
            light = rng.normal(1.0, 0.03, 3)  # of the patient's room, the same on all pictures
            for picture in range(each):
                pixels = np.clip(draw(label, rng) * light, 0, 255).astype(np.uint8)
                cv2.imwrite(str(home / f"{picture}.png"), pixels[..., ::-1])
    return place


def lips(label: str, rng: Generator) -> Pixels:
    """The mouth of the phantom, its lips drained of colour for ``anemic``; (180, 240, 3)."""
    face, inside = _mouth()
    red = rng.normal(0.35, 0.05) if label == "anemic" else rng.normal(1.0, 0.05)
    grey = face.mean(axis=2, keepdims=True)
    pale = grey + (face - grey) * red + (18 if label == "anemic" else 0)
    picture = face * (1 - inside) + pale * inside
    return _grained(_shifted(picture, rng, 4), 2, rng)


@functools.cache
def _mouth() -> tuple[np.ndarray, np.ndarray]:
    """The phantom as floats and where its lips are, 0..1, both at a quarter of its size."""
    from clinoscope import regions

    pixels = cv2.cvtColor(cv2.imread(str(PHANTOMS / "lips.png")), cv2.COLOR_BGR2RGB)
    small = cv2.resize(pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    region = regions.find("lips", small)
    mask = np.zeros(small.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.array(region.outlines[0], np.int32)], (1.0,))
    return small.astype(np.float64), cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None]


def rash(label: str, rng: Generator) -> Pixels:
    """Skin with firm, rimmed bumps for ``mpox``, plain or with flat redness else; (120, 160, 3)."""
    picture = _skin(120, 160, rng)
    if label == "mpox":
        for x, y in rng.uniform((15, 15), (145, 105), (9, 2)):
            _disc(picture, x, y, rng.uniform(7, 9), (120, 60, 50))
            _disc(picture, x, y, rng.uniform(3, 4), (235, 215, 190))
    else:
        for x, y in rng.uniform((15, 15), (145, 105), (3, 2)):
            _disc(picture, x, y, rng.uniform(14, 22), (222, 150, 132))
    return _grained(picture, 3, rng)


def scalp(label: str, rng: Generator) -> Pixels:
    """Dark hair with a bare round patch, with white scales, or with small pustules; (140, 140, 3)."""
    picture = np.full((140, 140, 3), (178, 132, 112), np.float64)
    for x, y in rng.uniform(-10, 150, (500, 2)):
        lean = rng.normal((18, 26), 4)
        tone = np.array((45, 32, 26)) + rng.normal(0, 8)
        cv2.line(picture, (int(x), int(y)), (int(x + lean[0]), int(y + lean[1])), tuple(tone), 1, cv2.LINE_AA)
    if label == "alopecia_areata":
        _disc(picture, *rng.uniform(60, 80, 2), rng.uniform(34, 42), (222, 178, 158))
    elif label == "psoriasis":
        for x, y in rng.uniform(30, 110, (9, 2)):
            _disc(picture, x, y, rng.uniform(8, 13), (238, 232, 226))
    else:
        for x, y in rng.uniform(20, 120, (14, 2)):
            _disc(picture, x, y, rng.uniform(5, 6), (190, 40, 40))
            _disc(picture, x, y, 2.5, (250, 235, 150))
    return _grained(picture, 3, rng)


def neutrophil(label: str, rng: Generator) -> Pixels:
    """A lobed cell among red ones, with one mark of the label in its plasm; (128, 128, 3)."""
    picture = np.full((128, 128, 3), (238, 232, 228), np.float64)
    for angle in rng.uniform(0, 2 * np.pi, 7):
        _disc(picture, 64 + 62 * np.cos(angle), 64 + 62 * np.sin(angle), 15, (212, 165, 158))
    cx, cy = rng.normal(64, 2, 2)
    _disc(picture, cx, cy, 34, (242, 226, 230) if label == "HYP" else (224, 196, 208))
    for angle in rng.uniform(0, 2 * np.pi) + np.array((0.0, 1.9, 3.8)):
        _disc(picture, cx + 11 * np.cos(angle), cy + 11 * np.sin(angle), 11, (82, 58, 140))
    marks = {
        "CRY": (6, 7.0, (205, 225, 245)),
        "DB": (2, 6.0, (140, 165, 215)),
        "HJBLI": (1, 5.0, (60, 20, 80)),
        "GBI": (3, 6.0, (30, 170, 150)),
        "BAC": (14, 1.8, (30, 25, 70)),
    }
    number, size, colour = marks.get(label, (0, 0.0, (0, 0, 0)))
    for angle in rng.uniform(0, 2 * np.pi, number):
        _disc(picture, cx + 25 * np.cos(angle), cy + 25 * np.sin(angle), size, colour)
    return _grained(cv2.GaussianBlur(picture, (0, 0), 0.8), 2, rng)


def spot(label: str, rng: Generator) -> Pixels:
    """A round spot of the label's colour on skin; (120, 120, 3)."""
    picture = _skin(120, 120, rng)
    tone = np.array(SKIN_COLOURS[label]) + rng.normal(0, 8, 3)
    _disc(picture, *rng.uniform(52, 68, 2), rng.uniform(20, 28), tuple(tone))
    return _grained(picture, 4, rng)


def _skin(height: int, width: int, rng: Generator) -> np.ndarray:
    tone = np.array((214, 170, 148)) + rng.normal(0, 5)
    cloud = cv2.resize(rng.normal(0, 4, (4, 5)), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.full((height, width, 3), tone) + cloud[..., None]


def _disc(picture: np.ndarray, x: float, y: float, radius: float, colour: tuple[float, ...]) -> None:
    """Paint a soft-edged disc."""
    ys, xs = np.mgrid[: picture.shape[0], : picture.shape[1]]
    cover = np.clip(radius - np.hypot(xs - x, ys - y), 0, 1)[..., None]
    picture += (np.asarray(colour, np.float64) - picture) * cover


def _shifted(picture: np.ndarray, rng: Generator, most: int) -> np.ndarray:
    dx, dy = rng.integers(-most, most + 1, 2)
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)


def _grained(picture: np.ndarray, grain: float, rng: Generator) -> Pixels:
    return np.clip(picture + rng.normal(0, grain, picture.shape), 0, 255).astype(np.uint8)
