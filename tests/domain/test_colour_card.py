"""The layout holds together: nothing overlaps, nothing leaves the card, and it looks the same from no two sides."""

from itertools import combinations

from clinoscope.domain.colour_card import GREYS, MARKERS, PAPERS, SIDE, Patch


def every_patch() -> list[Patch]:
    return [patch for _, patch in (*MARKERS, *GREYS)] + list(PAPERS)


def test_all_patches_lie_on_the_card_and_apart() -> None:
    for patch in every_patch():
        assert min(patch.x, patch.y) >= 2
        assert max(patch.x + patch.w, patch.y + patch.h) <= SIDE - 2
    for one, other in combinations(every_patch(), 2):
        apart = (
            one.x + one.w <= other.x
            or other.x + other.w <= one.x
            or one.y + one.h <= other.y
            or other.y + other.h <= one.y
        )
        assert apart, (one, other)


def test_a_quarter_turn_four_times_is_none() -> None:
    patch = Patch(14.5, 2.5, 5, 9)
    assert patch.turned() == Patch(28.5, 14.5, 9, 5)
    assert patch.turned().turned().turned().turned() == patch


def test_the_markers_tell_which_way_is_up() -> None:
    assert len({number for number, _ in MARKERS}) == 4
