import pytest

from clinoscope.domain.alignment import Similarity
from clinoscope.domain.region import Box, Region
from clinoscope.ui.compare.shapes import outline_path, transform_of


def test_qt_moves_points_as_the_similarity_does() -> None:
    place = Similarity(1.7, 33, 12, -5)
    assert transform_of(place).map(40.0, 70.0) == pytest.approx(place.apply(40, 70))


def test_a_region_is_its_outlines_or_its_boxes() -> None:
    box = outline_path(Region(Box(1, 2, 30, 40), "contrast")).boundingRect()
    assert (box.x(), box.y(), box.width(), box.height()) == (1, 2, 30, 40)
    ring = ((5, 5), (25, 5), (25, 20))
    drawn = outline_path(Region(Box(0, 0, 50, 50), "contrast", outlines=(ring,))).boundingRect()
    assert (drawn.right(), drawn.bottom()) == (25, 20)
