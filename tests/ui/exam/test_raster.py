from __future__ import annotations

import numpy as np
import pytest

from clinoscope.ui.exam.raster import SMALLEST_LEVEL, frame_raster, heat_image, raster_of


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (4001, 301), (1, 1), (33, 5000)])
def test_levels_halve_until_they_are_small(width: int, height: int) -> None:
    raster = raster_of(np.full((height, width, 3), 128, np.uint8))
    assert (raster.width, raster.height) == (width, height)
    assert max(raster.levels[-1].width(), raster.levels[-1].height()) <= max(SMALLEST_LEVEL, 1)
    for larger, smaller in zip(raster.levels, raster.levels[1:], strict=False):
        assert smaller.width() == max(larger.width() // 2, 1)


def test_the_level_has_a_pixel_for_every_device_pixel() -> None:
    raster = raster_of(np.zeros((1080, 1920, 3), np.uint8))
    assert raster.level_for(1.0).width() == 1920
    assert raster.level_for(0.5).width() == 960
    assert raster.level_for(0.51).width() == 1920
    assert raster.level_for(0.1).width() == raster.levels[-1].width()


def test_colours_survive_every_level() -> None:
    pixels = np.full((1200, 1800, 3), (201, 102, 53), np.uint8)
    for image in raster_of(pixels).levels:
        colour = image.pixelColor(5, 5)
        assert (colour.red(), colour.green(), colour.blue()) == (201, 102, 53)


def test_pixels_that_may_not_be_written_to_are_shown_too() -> None:
    pixels = np.full((20, 30, 3), 77, np.uint8)
    pixels.setflags(write=False)
    assert raster_of(pixels).levels[0].pixelColor(0, 0).red() == 77


def test_a_frame_is_shrunk_to_the_room_and_never_enlarged() -> None:
    pixels = np.full((1080, 1920, 3), (9, 8, 7), np.uint8)
    small = frame_raster(pixels, (900, 655))
    assert (small.levels[0].width(), small.levels[0].height()) == (900, 506)
    assert small.levels[0].pixelColor(1, 1).red() == 9
    assert frame_raster(pixels, (4000, 4000)).levels[0].width() == 1920


def test_where_nothing_spoke_the_heatmap_is_clear() -> None:
    heat = np.zeros((10, 10), np.uint8)
    heat[5, 5] = 255
    image = heat_image(heat)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(5, 5).alpha() > 200
