import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Patient
from clinoscope.records import Topic, Vault, restore

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
DRAWN = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)


def test_a_value_comes_back_as_it_was_added_by_the_one_who_is_logged_in(vault: Vault, lab: LabValue) -> None:
    east = timezone(timedelta(hours=5))
    added = vault.labs.add(replace(lab, drawn_at=DRAWN.astimezone(east), added_by=replace(vault.user, id="x")))
    assert added.added_by == vault.user
    assert abs(added.added_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert replace(added, added_at=lab.added_at, added_by=lab.added_by) == lab
    assert added.drawn_at.utcoffset() == timedelta(0)
    assert vault.labs.of_patient(lab.patient_id) == (added,)
    assert vault.labs.get("l1") == added


def test_the_value_drawn_last_comes_first_and_only_the_patients_own(vault: Vault, lab: LabValue) -> None:
    vault.patients.add(Patient(id="p2", identifier="2", name="B"))
    for lab_id, days, patient in (("a", 1, "p1"), ("b", 3, "p1"), ("c", 2, "p1"), ("d", 9, "p2")):
        vault.labs.add(replace(lab, id=lab_id, drawn_at=DRAWN + timedelta(days=days), patient_id=patient))
    assert [value.id for value in vault.labs.of_patient("p1")] == ["b", "c", "a"]


def test_a_wrong_value_is_voided_with_who_when_and_why_and_stays(vault: Vault, lab: LabValue) -> None:
    vault.labs.add(lab)
    gone = vault.labs.void("l1", "  another   patient's ")
    assert gone.void is not None
    assert (gone.void.by, gone.void.reason) == (vault.user, "another patient's")
    assert vault.labs.of_patient(lab.patient_id) == ()
    assert vault.labs.of_patient(lab.patient_id, voided=True) == (gone,)
    with pytest.raises(NotAllowed, match="voided already"):
        vault.labs.void("l1", "again")


def test_voiding_needs_a_reason_and_a_value(vault: Vault, lab: LabValue) -> None:
    vault.labs.add(lab)
    with pytest.raises(NotAllowed, match="needs a reason"):
        vault.labs.void("l1", " ")
    with pytest.raises(VaultError, match="no such lab value"):
        vault.labs.void("l2", "why")
    with pytest.raises(VaultError, match="no such lab value"):
        vault.labs.get("l2")


def test_an_unknown_patient_has_no_values(vault: Vault, lab: LabValue) -> None:
    with pytest.raises(VaultError, match="add the patient first"):
        vault.labs.add(replace(lab, patient_id="p9"))


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_a_number_that_is_none_is_a_bug(vault: Vault, lab: LabValue, number: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        vault.labs.add(replace(lab, value=number))


def test_every_write_is_announced_and_logged_without_the_value(vault: Vault, lab: LabValue) -> None:
    heard: list[frozenset[Topic]] = []
    vault.listen(heard.append)
    vault.labs.add(lab)
    vault.labs.void("l1", "typed wrong")
    assert heard == [frozenset({Topic.LABS})] * 2
    void, add = vault.events(2)
    assert [(event.act, event.subject, set(event.details)) for event in (add, void)] == [
        ("lab.add", "l1", {"sha256"}),
        ("lab.void", "l1", {"sha256"}),
    ]
    assert "12.5" not in str(add.details) + str(void.details)


def test_a_backup_brings_values_back(vault: Vault, lab: LabValue, tmp_path: Path) -> None:
    vault.labs.add(lab)
    vault.labs.add(replace(lab, id="l2"))
    vault.labs.void("l2", "twice")
    kept = vault.labs.of_patient(lab.patient_id, voided=True)
    restore(vault.backup(tmp_path / "stick"), tmp_path / "again")
    with Vault.open(tmp_path / "again", NAME, PASSWORD) as again:
        assert again.labs.of_patient(lab.patient_id, voided=True) == kept
        assert again.verify().ok
