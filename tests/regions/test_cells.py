"""White cells in a field and the one of a crop, on drawn smears whose truth is known."""

import functools
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import cells

PHANTOMS = Path(__file__).parents[2] / "resources" / "phantoms"


@functools.cache
def field() -> Pixels:
    return np.asarray(Image.open(PHANTOMS / "smear.png").convert("RGB"))


@functools.cache
def drawn() -> tuple[Box, ...]:
    truth = json.loads((PHANTOMS / "smear_truth.json").read_text(encoding="utf-8"))
    return tuple(Box(*cell["box"]) for cell in truth["cells"])


def hits(found: tuple[cells.FoundCell, ...], boxes: tuple[Box, ...]) -> int:
    """Drawn cells that some found box covers at IoU 0.5; boxes of the phantom do not overlap."""
    return sum(any(cell.box.iou(box) >= 0.5 for cell in found) for box in boxes)


def test_the_white_cells_of_the_phantom_are_found_and_nothing_else() -> None:
    found = cells.find_cells(field())
    assert hits(found, drawn()) >= 0.9 * len(drawn())
    assert len(found) <= len(drawn()) + 1


def test_the_surest_come_first_and_scores_are_shares() -> None:
    scores = [cell.score for cell in cells.find_cells(field())]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 and type(score) is float for score in scores)


@pytest.mark.parametrize("cast", [(1.0, 0.85, 0.8), (0.8, 0.95, 1.0), (0.6, 0.6, 0.6)])
def test_a_cast_or_a_dim_lamp_changes_little(cast: tuple[float, float, float]) -> None:
    found = cells.find_cells((field() * np.array(cast)).astype(np.uint8))
    assert hits(found, drawn()) >= 0.9 * len(drawn())
    assert len(found) <= len(drawn()) + 2


def test_a_vignette_changes_little() -> None:
    y, x = np.mgrid[-1 : 1 : field().shape[0] * 1j, -1 : 1 : field().shape[1] * 1j]
    found = cells.find_cells((field() * (1 - 0.3 * (x**2 + y**2))[..., None]).astype(np.uint8))
    assert hits(found, drawn()) >= 0.9 * len(drawn())


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_objective_does_not_matter(factor: float) -> None:
    scaled = cv2.resize(field(), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    boxes = tuple(Box(*(round(value * factor) for value in (box.x, box.y, box.w, box.h))) for box in drawn())
    assert hits(cells.find_cells(scaled), boxes) >= 0.9 * len(boxes)


def test_a_nearer_view_finds_its_cells_too() -> None:
    part = np.ascontiguousarray(field()[380:620, 500:1060])
    inside = tuple(
        Box(box.x - 500, box.y - 380, box.w, box.h)
        for box in drawn()
        if box.x >= 500 and box.right <= 1060 and box.y >= 380 and box.bottom <= 620
    )
    assert len(inside) == 2
    assert hits(cells.find_cells(part), inside) == 2


def test_red_cells_and_platelets_alone_are_no_white_cells() -> None:
    left = np.ascontiguousarray(field()[560:680, 180:560])
    assert cells.find_cells(left) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (32, 32), (200, 300)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_plain_pictures_hold_no_cells(shape: tuple[int, int], value: int) -> None:
    assert cells.find_cells(np.full((*shape, 3), value, np.uint8)) == ()


def test_the_cell_of_a_crop_is_outlined_whole() -> None:
    crop = np.asarray(Image.open(PHANTOMS / "cell.png").convert("RGB"))
    region = cells.find(crop)
    assert region is not None
    assert region.how == "colour"
    assert region.box.iou(Box(70, 72, 215, 215)) > 0.85


@pytest.mark.parametrize("index", range(12))
def test_a_crop_of_every_drawn_cell_gives_its_box(index: int) -> None:
    box = drawn()[index]
    side = 170
    left, top = round(box.centre[0]) - side // 2, round(box.centre[1]) - side // 2
    crop = np.ascontiguousarray(field()[top : top + side, left : left + side])
    region = cells.find(crop)
    assert region is not None
    assert region.box.iou(Box(box.x - left, box.y - top, box.w, box.h)) > 0.6


def test_a_field_is_the_whole_picture() -> None:
    region = cells.find_field(field())
    assert region is not None
    assert region.box == Box(0, 0, 1440, 900)
