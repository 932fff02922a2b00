from dataclasses import replace
from datetime import date

import pytest

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Exam, Patient
from clinoscope.records import Vault
from clinoscope.records.audit import Wanted

PASSWORD = "correct horse"


@pytest.fixture
def other(vault: Vault, patient: Patient) -> Patient:
    """The same person again, under another number and a misspelt name."""
    return vault.patients.add(
        Patient(id="p2", identifier="3001-2", name="Zoe Angstrom-Berg", born=date(1990, 3, 2), note="left handed")
    )


def everything(vault: Vault) -> object:
    return [(patient, into, vault.exams.of_patient(patient.id)) for patient, into in vault.patients.all()]


def test_the_kept_one_has_what_both_have(
    vault: Vault, patient: Patient, other: Patient, draft: Exam, lab: LabValue
) -> None:
    vault.exams.save_draft(draft)
    signed = vault.exams.sign(draft, PASSWORD)
    vault.labs.add(lab)
    vault.merges.merge(patient.id, other, "same passport")
    for patient_id in (patient.id, other.id):
        assert vault.exams.of_patient(patient_id) == (signed,)
        assert [value.id for value in vault.labs.of_patient(patient_id)] == [lab.id]
        assert vault.patients.get(patient_id) == other
    assert vault.exams.recent(5) == ((signed, other),)
    assert vault.exams.last_begun([other.id]) == {other.id: signed.created_at}
    assert vault.patients.as_recorded(patient.id) == patient
    (merge,) = vault.merges.of(other.id)
    assert (merge.patient, merge.into, merge.reason, merge.by) == (patient, other.id, "same passport", vault.user)
    assert vault.verify().ok


@pytest.mark.parametrize(
    "typed", ["2187", "angstrom", "Ångström zoë", "1990-02-03", "3001-2", "berg", "1990-03-02", ""]
)
def test_search_finds_the_kept_one_by_either(vault: Vault, patient: Patient, other: Patient, typed: str) -> None:
    vault.merges.merge(patient.id, other, "same passport")
    assert vault.patients.search(typed) == (other,)


def test_facts_may_be_taken_from_either_and_come_back(vault: Vault, patient: Patient, other: Patient) -> None:
    before = everything(vault)
    better = replace(other, name=patient.name, born=patient.born, sex=patient.sex)
    assert vault.merges.merge(patient.id, better, "same passport") == better
    assert vault.patients.get(patient.id) == better
    assert vault.merges.undo(patient.id) == patient
    assert everything(vault) == before
    assert vault.merges.of(other.id) == ()
    assert [found.id for found in vault.patients.search("2187")] == [patient.id]
    assert [found.id for found in vault.patients.search("berg")] == [other.id]
    assert vault.verify().ok
    acts = [event.act for event in vault.events(3)]
    assert acts[:2] == ["patient.separate", "patient.merge"]


def test_what_was_changed_since_the_merge_stays(vault: Vault, patient: Patient, other: Patient) -> None:
    vault.merges.merge(patient.id, replace(other, name=patient.name, born=patient.born), "same passport")
    vault.patients.change(replace(vault.patients.get(other.id), name="Zoë Lund"))
    assert vault.patients.search("3001 lund angstrom")  # changing the kept one forgets nothing of the other
    vault.merges.undo(patient.id)
    assert vault.patients.get(other.id) == replace(other, name="Zoë Lund")


def test_chains_come_apart_in_any_order(vault: Vault, patient: Patient, other: Patient, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    third = vault.patients.add(Patient(id="p3", identifier="T", name="Third"))
    vault.merges.merge(patient.id, other, "one")
    vault.merges.merge(other.id, third, "two")
    assert vault.patients.get(patient.id) == third
    assert [merge.reason for merge in vault.merges.of(third.id)] == ["two", "one"]
    assert vault.exams.of_patient(third.id) == (draft,)
    assert vault.patients.search("2187") == (third,)
    vault.merges.undo(patient.id)
    assert vault.exams.of_patient(third.id) == ()
    assert vault.patients.search("2187") == (patient,)
    assert vault.patients.search("berg") == (third,)
    vault.merges.merge(patient.id, third, "again")
    vault.merges.undo(other.id)
    assert vault.patients.search("berg") == (other,)
    assert vault.patients.get(patient.id) == third
    assert vault.verify().ok


def test_an_undone_middle_takes_what_was_merged_into_it(vault: Vault, patient: Patient, other: Patient) -> None:
    third = vault.patients.add(Patient(id="p3", identifier="T", name="Third"))
    vault.merges.merge(patient.id, other, "one")
    vault.merges.merge(other.id, third, "two")
    vault.merges.undo(other.id)
    assert vault.patients.get(patient.id) == other
    assert vault.patients.search("2187") == (other,)
    assert vault.patients.search("third") == (third,)


def test_no_circles_no_selves_and_a_reason(vault: Vault, patient: Patient, other: Patient) -> None:
    before = vault.events()
    with pytest.raises(NotAllowed, match="needs a reason"):
        vault.merges.merge(patient.id, other, "  ")
    with pytest.raises(NotAllowed, match="one record already"):
        vault.merges.merge(other.id, other, "same")
    with pytest.raises(NotAllowed, match="The number stays"):
        vault.merges.merge(patient.id, replace(other, identifier="2187-3"), "same")
    with pytest.raises(VaultError, match="no such patient"):
        vault.merges.merge("x", other, "same")
    assert vault.events() == before
    vault.merges.merge(patient.id, other, "same")
    with pytest.raises(NotAllowed, match="one record already"):
        vault.merges.merge(other.id, patient, "back")
    third = vault.patients.add(Patient(id="p3", identifier="T", name="Third"))
    with pytest.raises(NotAllowed, match="already: open it again"):
        vault.merges.merge(third.id, patient, "same")
    with pytest.raises(NotAllowed, match="already: open it again"):
        vault.merges.merge(patient.id, third, "same")


def test_a_merged_record_is_not_changed_and_keeps_its_number(vault: Vault, patient: Patient, other: Patient) -> None:
    vault.merges.merge(patient.id, other, "same")
    with pytest.raises(NotAllowed, match="merged into another"):
        vault.patients.change(replace(patient, name="New"))
    with pytest.raises(NotAllowed, match="Another patient has this number"):
        vault.patients.add(Patient(id="p9", identifier=patient.identifier, name="New"))
    with pytest.raises(NotAllowed, match="apart already"):
        vault.merges.undo(other.id)


def test_the_log_of_a_patient_has_both(vault: Vault, patient: Patient, other: Patient) -> None:
    vault.merges.merge(patient.id, other, "same")
    for patient_id in (patient.id, other.id):
        found = vault.audit(Wanted(patient=patient_id), None, 50)
        assert [event.act for event, _ in found] == ["patient.merge", "patient.add", "patient.add"]


def test_what_goes_past_the_program_is_found(vault: Vault, patient: Patient, other: Patient) -> None:
    vault.merges.merge(patient.id, other, "same")
    with vault._store.reading() as db:
        db.execute("PRAGMA query_only = OFF")
        db.execute("UPDATE patient_merges SET reason = 'another'")
        db.execute("UPDATE patients SET merged_into = NULL")
        db.execute("PRAGMA query_only = ON")
    told = vault.verify().problems
    assert any("is not what was written" in problem for problem in told)
    assert any("past the program" in problem for problem in told)


def test_many_are_added_together_or_not_at_all(vault: Vault, patient: Patient) -> None:
    news = [Patient(id=f"n{number}", identifier=f"N{number}", name=f"New {number}") for number in range(5)]
    before = vault.events()
    with pytest.raises(NotAllowed, match="has this number"):
        vault.patients.add_all([*news, replace(patient, id="again")], "00")
    assert vault.events() == before
    assert vault.patients.add_all(news, "00") == tuple(news)
    assert vault.events(1)[0].act == "patient.import"
    assert vault.events(1)[0].details == {"patients": 5, "sha256": "00"}
    assert vault.verify().ok
