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


@pytest.mark.parametrize("side", [140, 200, 320])
def test_a_cell_that_fills_the_picture_is_found_too(side: int) -> None:
    found = 0
    for box in drawn():
        left, top = round(box.centre[0]) - side // 2, round(box.centre[1]) - side // 2
        part = np.ascontiguousarray(field()[max(top, 0) : top + side, max(left, 0) : left + side])
        own = Box(box.x - max(left, 0), box.y - max(top, 0), box.w, box.h)
        found += hits(cells.find_cells(part), (own,))
    assert found >= 10


def test_red_cells_and_platelets_alone_are_no_white_cells() -> None:
    left = np.ascontiguousarray(field()[560:680, 180:560])
    assert cells.find_cells(left) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (32, 32), (200, 300)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_plain_pictures_hold_no_cells(shape: tuple[int, int], value: int) -> None:
    assert cells.find_cells(np.full((*shape, 3), value, np.uint8)) == ()


@pytest.mark.parametrize("name", ["lips.png", "face.png", "lesion.png", "rash.png", "nails.png", "scalp.png"])
def test_pictures_of_other_things_hold_few_cells(name: str) -> None:
    picture = np.asarray(Image.open(PHANTOMS / name).convert("RGB"))
    assert len(cells.find_cells(picture)) <= 2


def test_every_look_shows_the_field_in_its_own_shape() -> None:
    seen = cells.looks(field())
    assert seen.view.shape == (*cells.INPUT_SHAPE, 3)
    shown = (seen.view < 250).any(axis=2)
    for look, scale in zip(cells.LOOKS, seen.scales, strict=True):
        assert scale == pytest.approx(look.side / 1440)
        rows, columns = np.nonzero(shown[look.y : look.y + look.side, look.x : look.x + look.side])
        assert abs(rows.max() - look.side * 900 / 1440) < 6
        assert columns.max() > look.side - 6
        shown[look.y : look.y + look.side, look.x : look.x + look.side] = False
    assert not shown.any()


PURPLE, BROWN = (0.4, 0.5, 0.1), (0.25, 0.35, 0.4)
"""Densities in R, G, B, as shares: a stained nucleus, a mole."""


def seen_with(*stains: float, colour: tuple[float, float, float] = PURPLE) -> tuple[np.ndarray, cells.Looks]:
    """Maps and looks of a 512 x 512 field with 40-pixel cells in a row, each holding this much nuclear stain."""
    maps = np.zeros((cells.INPUT_SHAPE[0] // cells.STRIDE, cells.INPUT_SHAPE[1] // cells.STRIDE, 5), np.float32)
    stain = np.zeros((512, 512), np.float32)
    for index, depth in enumerate(stains):
        maps[10, 8 + 10 * index] = 0.9 - 0.1 * index, 0, 0, np.log(5), np.log(5)
        stain[76:92, 60 + 80 * index : 76 + 80 * index] = depth
    view, even = np.zeros((*cells.INPUT_SHAPE, 3), np.float32), np.full((512, 512, 3), 200, np.uint8)
    density = stain[..., None] * np.array(colour, np.float32)
    return maps, cells.Looks(view, tuple(look.side / 512 for look in cells.LOOKS), even, density, stain)


def columns(found: list[tuple[Box, float]]) -> list[int]:
    return [box.x for box, _ in found]


def test_what_holds_hardly_any_nuclear_stain_is_not_looked_at_again() -> None:
    assert columns(cells.decode(*seen_with(0.9, 0.9, 0.16))) == [48, 128, 208]
    assert columns(cells.decode(*seen_with(0.9, 0.9, 0.14))) == [48, 128]
    assert cells.decode(*seen_with(0.0)) == []


def test_stain_that_swallows_blue_is_no_nucleus() -> None:
    assert cells.decode(*seen_with(0.9, colour=BROWN)) == []


def test_a_cell_that_two_looks_show_is_found_once() -> None:
    maps, seen = seen_with(0.9)
    near = cells.LOOKS[1]
    size = np.log(40 * near.side / 512 / cells.STRIDE)
    maps[3, near.x // cells.STRIDE + 2] = 0.8, -0.3, -0.2, size, size
    assert len(cells.decode(maps, seen)) == 1


@pytest.mark.parametrize(("second", "count"), [(0.9, 1), (0.3, 0)])
def test_what_does_not_show_at_a_second_look_is_no_cell(second: float, count: int) -> None:
    calls = []

    def run(view: np.ndarray) -> np.ndarray:
        """A hot cell in the field at the first look; at the second, one of this heat in the middle of every tile."""
        maps = np.zeros((cells.INPUT_SHAPE[0] // 8, cells.INPUT_SHAPE[1] // 8, 5), np.float32)
        maps[..., 3:] = np.log(5)
        if calls:
            for y, x in cells.PLAN.places:
                maps[y // 8 + 6, x // 8 + 6, 0] = second
        else:
            maps[20, 30, 0] = 0.9
        calls.append(view)
        return maps

    picture = np.full((512, 512, 3), 235, np.uint8)
    for x in range(40, 500, 60):
        cv2.circle(picture, (x, 400), 18, (226, 170, 170), -1)
    cv2.circle(picture, (244, 164), 18, (110, 60, 160), -1)
    assert len(cells.cells_by(run, picture)) == count
    assert len(calls) == 2


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
