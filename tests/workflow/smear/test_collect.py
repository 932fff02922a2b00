"""Fields into a smear: stored, read, no cell twice, and taken up again after an end."""

from typing import Any

import pytest
from drawn_truth import standing_boxes, whole_cells_found

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.record import ExamState, Patient
from clinoscope.domain.smear import CellKind, FieldState, Smear, Why
from clinoscope.records import Vault, acceptances
from clinoscope.workflow import models
from clinoscope.workflow.smear import collect, tables


def collected(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> tuple[Any, Smear]:
    exam = collect.begin(vault, patient)
    collector = collect.Collector(vault, exam, vault.smears.of(exam))
    for field in fields:
        collector.add(field)
    assert collector.waiting == (1, 2, 3, 4)
    while collector.read_next() is not None:
        pass
    assert collector.waiting == ()
    return exam, vault.smears.of(exam)


def test_no_cell_of_overlapping_fields_is_counted_twice(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...], scan: tuple[Pixels, Any]
) -> None:
    _, smear = collected(vault, patient, fields)
    assert [(entry.track, entry.state) for entry in smear.fields] == [(1, FieldState.READ)] * 4
    missed, doubled, extra = whole_cells_found(standing_boxes(smear), scan[1])
    assert (missed, doubled, extra) == (0, 0, 0)
    assert len(smear.cells) > len(smear.standing())


def test_a_field_set_aside_leaves_its_cells_known_to_later_ones(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...], scan: tuple[Pixels, Any]
) -> None:
    exam = collect.begin(vault, patient)
    collector = collect.Collector(vault, exam, vault.smears.of(exam))
    for number, field in enumerate(fields, start=1):
        collector.add(field)
        collector.read_next()
        if number == 2:
            collector.changed(vault.smears.set_aside(exam, [1], Why.BY_HAND))
    found = vault.smears.of(exam)
    assert whole_cells_found(standing_boxes(found), scan[1])[1] == 0, "what stands in for a cell is known again"
    collector.changed(vault.smears.set_aside(exam, [1], Why.UNTOLD))
    assert whole_cells_found(standing_boxes(vault.smears.of(exam)), scan[1]) == (0, 0, 0)


def test_a_cell_cut_by_the_edge_is_taken_from_the_field_that_shows_it(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    _, smear = collected(vault, patient, fields)
    by_number = {cell.number: cell for cell in smear.cells}
    cut = [cell for cell in smear.cells if cell.seen.kind is CellKind.CUT and cell.same_as]
    assert cut
    assert all(by_number[cell.same_as].seen.kind is not CellKind.CUT for cell in cut if cell.same_as)


def test_what_was_stored_and_not_read_is_read_after_a_restart(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    _, whole = collected(vault, patient, fields)
    exam = collect.begin(vault, patient)
    first = collect.Collector(vault, exam, vault.smears.of(exam))
    for field in fields:
        first.add(field)
    first.read_next()
    again = collect.Collector(vault, exam, vault.smears.of(exam))
    assert again.waiting == (2, 3, 4)
    while again.read_next() is not None:
        pass
    found = vault.smears.of(exam)
    assert [(one.x, one.y) for one in found.fields] == [(one.x, one.y) for one in whole.fields]
    assert [cell.same_as for cell in found.cells] == [cell.same_as for cell in whole.cells]


def test_the_same_picture_is_refused(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> None:
    exam = collect.begin(vault, patient)
    collector = collect.Collector(vault, exam, vault.smears.of(exam))
    collector.add(fields[0])
    with pytest.raises(NotAllowed, match="in the smear already"):
        collector.add(fields[0])
    assert collector.waiting == (1,)


def test_a_field_at_full_resolution_is_the_one_that_was_taken(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...]
) -> None:
    exam = collect.begin(vault, patient)
    added = collect.Collector(vault, exam, vault.smears.of(exam)).add(fields[1])
    picture = collect.field_picture(vault, added)
    assert picture.sha256 == fields[1].sha256
    assert (picture.pixels == fields[1].pixels).all()
    assert picture.phantom


def test_a_smear_begins_as_a_draft_with_this_laboratorys_classes(vault: Vault, patient: Patient) -> None:
    tables.set_own_classes(vault, [tables.CellClass(id="own", name="Hairy cell")])
    exam = collect.begin(vault, patient, target=200)
    assert exam.smear
    assert (exam.state, exam.smear.target, exam.smear.own_classes[0].name) == (ExamState.DRAFT, 200, "Hairy cell")
    assert [found.id for found, _ in vault.exams.drafts()] == [exam.id]
    with pytest.raises(NotAllowed):
        collect.begin(vault, patient, target=0)


def test_packages_that_passed_this_laboratorys_test_read_without_caution(vault: Vault) -> None:
    types = next(use for use in models.of_task("neutrophil/cells").uses if use.task == "neutrophil/type")
    assert collect._validated(vault) == frozenset()
    passed = {"at": "2026-11-02T10:00:00+00:00", "by": "Ada", "n": 60, "outcome": "passed"}
    vault.run(acceptances.add(types.sha256, passed, {}))
    assert collect._validated(vault) == {types.sha256}
