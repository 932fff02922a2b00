"""Fields of another objective are told by the size of their cells."""

from datetime import UTC, datetime

import pytest

from clinoscope.domain.picture import Origin
from clinoscope.domain.record import PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Field, FieldState, SeenCell, Smear
from clinoscope.domain.user import User
from clinoscope.workflow.smear import sizes

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def smear(*fields: tuple[int, ...], kind: CellKind = CellKind.WHOLE, aside: int = 0, by: User | None = None) -> Smear:
    """One field for each row of sides; ``kind`` and ``by`` of the cells of the last one."""
    entries, cells = [], []
    for number, sides in enumerate(fields, start=1):
        taken = PictureRef(
            sha256=f"{number:064}",
            media_type="image/png",
            width=900,
            height=700,
            origin=Origin.FILE,
            device="",
            taken_at=NOW,
            phantom=True,
        )
        state = FieldState.ASIDE if number == aside else FieldState.READ
        entries.append(Field(number=number, picture=taken, state=state, track=number))
        last = number == len(fields)
        for side in sides:
            seen = SeenCell(
                box=Box(9, 9, side, side - 6),
                score=0.9,
                kind=kind if last else CellKind.WHOLE,
                suggested="band",
                doubt=0.1,
                drawn_by=by if last else None,
            )
            cells.append(Cell(number=len(cells) + 1, field=number, seen=seen))
    return Smear(tuple(entries), tuple(cells))


def test_cells_twice_or_half_as_large_are_told() -> None:
    before = ((100, 110, 90), (95, 105))
    assert [(one.field, one.share) for one in sizes.odd(smear(*before, (200,)))] == [(3, 2.0)]
    assert [(one.field, one.share) for one in sizes.odd(smear(*before, (50, 52), (100,), (48,)))] == [
        (3, 0.51),
        (5, 0.48),
    ]


@pytest.mark.parametrize("side", [65, 80, 130, 170])
def test_cells_are_of_many_sizes_under_one_objective(side: int) -> None:
    assert sizes.odd(smear((100, 110, 90), (95, 105), (side,))) == ()


def test_a_few_cells_are_held_against_nothing() -> None:
    assert sizes.odd(smear((100, 110), (50, 52), (200,))) == ()
    assert sizes.odd(smear()) == ()


def test_what_says_nothing_of_the_size_does_not_count() -> None:
    before = ((100, 110, 90), (95, 105))
    assert sizes.odd(smear(*before, (30,), kind=CellKind.CUT)) == ()
    assert sizes.odd(smear(*before, (250,), by=User(id="u", name="Ada"))) == ()
    assert sizes.odd(smear(*before, (200,), aside=3)) == ()


def test_one_remark_for_all_of_them() -> None:
    assert sizes.words(()) == ""
    assert sizes.words([sizes.Odd(3, 2.04)]) == (
        "Cells of field 3 measure 204 % of those in the fields before: was the objective changed?"
    )
    assert "Cells of fields 3, 4 and 6 measure 50 %" in sizes.words([sizes.Odd(one, 0.5) for one in (3, 4, 6)])
