"""Views that the white-cell finder learns from, drawn from a field whose cells are known."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.regions import cells
from clinoscope.regions.heatmap import decode
from clinoscope.training import cell_finder


def smear() -> Pixels:
    """A pale field with a dark blue round at (150, 90), 60 pixels wide, and red rounds."""
    pixels = np.full((240, 320, 3), 235, np.uint8)
    for x in range(30, 320, 70):
        cv2.circle(pixels, (x, 200), 22, (225, 150, 150), -1)
    cv2.circle(pixels, (150, 90), 30, (90, 60, 160), -1)
    return pixels


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "chula_esid").mkdir()
    cv2.imwrite(str(tmp_path / "chula_esid" / "S-1_7.png"), cv2.cvtColor(smear(), cv2.COLOR_RGB2BGR))
    with (tmp_path / "boxes.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["field", "source", "x", "y", "w", "h", "label", "cell"])
        writer.writerow(["chula_esid/S-1_7.png", "chula_esid", 120, 60, 60, 60, "wbc", ""])
        writer.writerow(["chula_esid/S-1_7.png", "chula_esid", 8, 178, 44, 44, "rbc", ""])
        writer.writerow(["chula_esid/S-1_7.png", "chula_esid", 300, 20, 8, 8, "platelets", ""])
    return tmp_path


def test_a_field_keeps_its_white_boxes_its_slide_and_several_lamps(data: Path) -> None:
    (field,) = cell_finder.load(data, np.random.default_rng(1))
    assert field.group == "S-1"
    assert field.boxes.tolist() == [[120, 60, 60, 60]]
    assert field.lures.tolist() == [[300, 20, 8, 8]]
    assert len(field.versions) > 5
    assert not np.array_equal(field.versions[0], field.versions[1])


def test_views_are_reproducible_and_name_where_the_cell_is(data: Path) -> None:
    pool = {"chula_esid": cell_finder.load(data, np.random.default_rng(1))}
    seen = 0
    for seed in range(20):
        pixels, target, weight = cell_finder.view(pool, np.random.default_rng(seed))
        again, _, _ = cell_finder.view(pool, np.random.default_rng(seed))
        assert np.array_equal(pixels, again)
        assert pixels.shape == (cell_finder.VIEW, cell_finder.VIEW, 3)
        assert weight.shape == (cell_finder.VIEW // cells.STRIDE,) * 2 + (2,)
        for box, _ in decode(target, cells.STRIDE, 0.99):
            box = box.clipped(cell_finder.VIEW, cell_finder.VIEW)
            part = pixels[box.y : box.bottom, box.x : box.right].mean(axis=(0, 1))
            assert part.mean() < pixels.mean()
            seen += 1
    assert seen > 5


def test_cells_too_near_are_ground_and_those_between_count_neither_way(data: Path) -> None:
    (field,) = cell_finder.load(data, np.random.default_rng(1))
    rng = np.random.default_rng(0)
    _, _, boxes, ignored = cell_finder._tile(field, cell_finder.VIEW, (104, 108), rng)
    assert len(boxes) + len(ignored) <= 1
    field.boxes *= 1.35
    field.size = 60
    tiles = [cell_finder._tile(field, cell_finder.VIEW, (104, 106), np.random.default_rng(seed)) for seed in range(12)]
    assert all(len(boxes) == 0 for _, _, boxes, _ in tiles)
    assert any(len(ignored) == 1 for _, _, _, ignored in tiles)


def test_neighbours_nobody_marked_are_set_aside() -> None:
    pixels = smear()
    cv2.circle(pixels, (290, 40), 20, (90, 60, 160), -1)
    (other,) = cell_finder._other_nuclei(pixels, Box(120, 60, 60, 60))
    assert other[0] < 290 < other[0] + other[2]
    assert other[1] < 40 < other[1] + other[3]


def test_a_cut_cell_keeps_what_shows_of_it() -> None:
    own, cut = cell_finder._visible([np.array([-10, 0, 40, 40]), np.array([90, 0, 40, 40])], 100)
    assert [box.tolist() for box in own] == [[0, 0, 30, 40]]
    assert [box.tolist() for box in cut] == [[90, 0, 10, 40]]
