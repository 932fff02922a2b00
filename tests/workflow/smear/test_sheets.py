"""What a person may change about the sheet of a smear."""

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.domain.smear_sheet import CellClass, SmearSheet
from clinoscope.records import Vault
from clinoscope.workflow.smear import collect, comments, sheets, tables


def test_what_a_person_wrote_stands_on_the_sheet() -> None:
    assert sheets.changed(SmearSheet(), {"note": "thin", "target": 200}) == SmearSheet(note="thin", target=200)


@pytest.mark.parametrize("changes", [{"target": 0}, {"white_cells": 0.0}, {"white_cells": 1000.5}])
def test_what_cannot_be_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(NotAllowed):
        sheets.changed(SmearSheet(), changes)


@pytest.mark.parametrize("name", ["sha256", "worded", "second", "stopped", "shift_from", "nothing"])
def test_what_acts_of_their_own_set_is_not_written_here(name: str) -> None:
    with pytest.raises(TypeError):
        sheets.changed(SmearSheet(), {name: None})


def test_a_draft_has_the_classes_of_the_laboratory(vault: Vault, patient: Patient) -> None:
    exam = collect.begin(vault, patient)
    own = CellClass(id="own-1", name="Hairy cell", key="h", own=True)
    tables.set_own_classes(vault, (own,))
    assert sheets.classes(vault, exam)["own-1"] == own


def test_what_was_picked_keeps_the_words_it_was_picked_with(vault: Vault) -> None:
    first = comments.make("Repeat", "Please send a fresh sample.")
    comments.set_own(vault, [first])
    picked = sheets.worded(vault, SmearSheet(comments=("vacuolation:3", first.id)))
    comments.set_own(vault, [])
    said = sheets.comment_lines(vault, sheets.worded(vault, picked))
    assert said == (("White cells", "Cytoplasmic vacuolation, many"), ("", "Please send a fresh sample."))
    assert sheets.worded(vault, sheets.changed(picked, {"comments": ()})).worded == ()
    older = SmearSheet(comments=("left_shift",))  # signed before words were kept
    assert sheets.comment_lines(vault, older) == (("White cells", "Left shift"),)
