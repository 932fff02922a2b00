import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.ui.smear.layout import GAP, HEADER, lay_out


def test_bands_lie_under_each_other_and_tiles_in_rows() -> None:
    layout = lay_out([5, 2], width=3 * 80 + GAP + 10, tile=74)
    assert layout.columns == 3
    assert layout.rect(0).topLeft().toTuple() == (GAP, HEADER)
    assert layout.rect(3).topLeft().toTuple() == (GAP, HEADER + 80)
    assert layout.bands[1].top == layout.bands[0].bottom
    assert layout.band_of(4) == 0
    assert layout.band_of(5) == 1
    assert layout.height == layout.bands[1].bottom


def test_a_width_too_narrow_still_shows_one_column() -> None:
    assert lay_out([3], width=10, tile=88).columns == 1
    assert lay_out([], width=400, tile=88).height == 0


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    width=st.integers(60, 900),
    tile=st.sampled_from([56, 88, 144]),
)
def test_every_cell_is_found_where_it_is_shown(counts: list[int], width: int, tile: int) -> None:
    layout = lay_out(counts, width, tile)
    for place in range(layout.cells):
        middle = layout.rect(place).center()
        assert layout.at(middle.x(), middle.y()) == place
        assert layout.band_at(middle.y()) == layout.band_of(place)
    seen = [place for places in layout.between(0, layout.height) for place in places]
    assert seen == list(range(layout.cells))


@given(counts=st.lists(st.integers(1, 12), min_size=1, max_size=5), width=st.integers(60, 600))
def test_what_is_between_two_heights_is_all_that_can_be_seen(counts: list[int], width: int) -> None:
    layout = lay_out(counts, width, 72)
    top, bottom = layout.height // 3, layout.height // 2
    inside = {place for places in layout.between(top, bottom) for place in places}
    for place in range(layout.cells):
        rect = layout.rect(place)
        if rect.bottom() > top and rect.top() < bottom:
            assert place in inside


def test_arrow_keys_keep_the_column_and_go_over_to_the_next_band() -> None:
    layout = lay_out([5, 2], width=3 * 80 + GAP + 10, tile=74)
    assert layout.stepped(1, 0, 1) == 4
    assert layout.stepped(2, 0, 1) == 4, "the last row is shorter"
    assert layout.stepped(4, 0, 1) == 6
    assert layout.stepped(6, 0, 1) == 6, "nothing below the last band"
    assert layout.stepped(6, 0, -1) == 4
    assert layout.stepped(0, -1, 0) == 0
    assert layout.stepped(6, 1, 0) == 6


@pytest.mark.parametrize("at", [(0, HEADER + 5), (GAP + 76, HEADER + 5), (GAP + 1, 3), (5000, HEADER + 5)])
def test_between_the_tiles_there_is_no_cell(at: tuple[int, int]) -> None:
    assert lay_out([5, 2], width=3 * 80 + GAP + 10, tile=74).at(*at) is None
