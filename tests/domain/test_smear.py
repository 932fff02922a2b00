"""Which cells count, and what keeps a smear from being signed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinoscope.domain.picture import Origin
from clinoscope.domain.record import PictureRef, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, Field, FieldState, SeenCell, Smear, counted, hindrances
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED, CellClass, SmearSheet

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA = User(id="u1", name="Ada")
CLASSES = {
    "band": CellClass(id="band", name="Band"),
    "erythroblast": CellClass(id="erythroblast", name="Erythroblast", white=False),
    UNIDENTIFIED: CellClass(id=UNIDENTIFIED, name="Unidentified", white=False),
    NOT_COUNTED: CellClass(id=NOT_COUNTED, name="Not counted", white=False),
}


def field(number: int, state: FieldState = FieldState.READ) -> Field:
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
    return Field(number=number, picture=taken, state=state, track=1)


def cell(number: int, in_field: int = 1, decided: str = "band", same_as: int | None = None) -> Cell:
    seen = SeenCell(box=Box(1, 2, 30, 30), score=0.9, kind=CellKind.WHOLE, suggested="band", doubt=0.1)
    first = Decision(label=decided, by=ADA, at=NOW) if decided else None
    return Cell(number=number, field=in_field, seen=seen, same_as=same_as, first=first)


def test_a_cell_that_two_fields_show_counts_once() -> None:
    smear = Smear((field(1), field(2)), (cell(1), cell(2, 2, same_as=1), cell(3, 2)))
    assert [one.number for one in smear.standing()] == [1, 3]


def test_without_its_field_the_other_picture_of_a_cell_takes_its_place() -> None:
    smear = Smear((field(1, FieldState.ASIDE), field(2)), (cell(1), cell(2, 2, same_as=1), cell(3, 2)))
    assert [one.number for one in smear.standing()] == [2, 3]


def test_only_white_cells_of_known_class_are_held_against_the_target() -> None:
    cells = (cell(1), cell(2, decided="erythroblast"), cell(3, decided=UNIDENTIFIED), cell(4, decided=NOT_COUNTED))
    assert counted(cells, CLASSES) == 1


def test_a_whole_smear_may_be_signed() -> None:
    assert hindrances(SmearSheet(target=2), Smear((field(1),), (cell(1), cell(2))), CLASSES) == ()


@pytest.mark.parametrize(
    ("smear", "sheet", "sentence"),
    [
        (Smear((field(1),), (cell(1), cell(2, decided=""))), SmearSheet(target=1), "1 cell is not reviewed yet."),
        (
            Smear((field(1),), (cell(1), cell(2, decided=UNIDENTIFIED))),
            SmearSheet(target=1),
            "1 cell is unidentified: decide, or set it to not counted.",
        ),
        (
            Smear((field(1), field(2, FieldState.ADDED)), (cell(1),)),
            SmearSheet(target=1),
            "1 field is not read yet: wait, or stop and take it out.",
        ),
        (
            Smear((field(1), field(2, FieldState.ADDED)), (cell(1),)),
            SmearSheet(target=1, stopped=True),
            "1 field is not read yet: reading is stopped. Go on, or take it out.",
        ),
        (
            Smear((field(1),), (cell(1),)),
            SmearSheet(target=2, shortfall="  "),
            "1 of 2 white cells are counted: add fields, or write why there are fewer.",
        ),
        (
            Smear((field(1),), (cell(1),)),
            SmearSheet(target=1, second=User(id="u2", name="Ben")),
            "The second reader, Ben, has not finished.",
        ),
        (
            Smear((field(1),), (cell(1), cell(2, decided="gone"))),
            SmearSheet(target=1),
            "1 cell is in a class that is not known here any more.",
        ),
    ],
)
def test_each_rule_has_its_sentence(smear: Smear, sheet: SmearSheet, sentence: str) -> None:
    assert hindrances(sheet, smear, CLASSES) == (sentence,)


def test_a_written_reason_takes_the_place_of_the_target() -> None:
    assert hindrances(SmearSheet(target=9, shortfall="hardly any cells"), Smear((field(1),), (cell(1),)), CLASSES) == ()


def test_what_the_person_says_goes_before_what_was_suggested() -> None:
    one = cell(1, decided="")
    assert (one.label, one.reviewed) == ("band", False)
    decided = replace(one, first=Decision(label="erythroblast", by=ADA, at=NOW))
    assert (decided.label, decided.reviewed) == ("erythroblast", True)


def test_a_cell_that_was_taken_away_counts_nowhere_and_gives_its_place_back() -> None:
    gone = replace(cell(1), gone=True)
    assert [one.number for one in Smear((field(1),), (gone, cell(2))).standing()] == [2]
    smear = Smear((field(1), field(2)), (gone, cell(2, 2, same_as=1), cell(3, 2)))
    assert [one.number for one in smear.standing()] == [2, 3], "the other picture of it stands again"
