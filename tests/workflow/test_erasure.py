from pathlib import Path

import pytest

from clinoscope.domain.erasure import Reason
from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.records import Vault, restore
from clinoscope.workflow import audit, backups, erasure, exams

PASSWORD = "a long enough one"


def test_the_number_and_the_password_are_asked_for(vault: Vault, patient: Patient, lesion: Picture) -> None:
    exams.take(vault, patient, "skin/lesion-photo", lesion)
    for typed, password, error in (("", PASSWORD, NotAllowed), (patient.identifier, "wrong", WrongPassword)):
        with pytest.raises(error):
            erasure.erase(vault, patient.id, Reason.REQUEST, typed, password)
    assert erasure.extent(vault, patient.id).exams == 1
    done = erasure.erase(vault, patient.id, Reason.REQUEST, f" {patient.identifier}", PASSWORD)
    assert (done.exams, done.pictures) == (1, 1)
    assert erasure.done_words(done).startswith("Erased. The log keeps")
    (entry,) = [entry for entry in audit.entries(vault, audit.Filter()) if entry.words == "Erased a patient"]
    assert (entry.tone, entry.about) == ("danger", "")
    assert entry.details == "The person asks for it · 1 exam, 1 picture, 0 lab values"
    assert vault.verify().ok


def test_it_is_noted_beside_the_backups_at_once(vault: Vault, patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    backups.choose(vault, tmp_path / "stick")
    made = backups.run(vault)
    erasure.erase(vault, patient.id, Reason.RETENTION, patient.identifier, PASSWORD)
    assert len(list((tmp_path / "stick" / "clinoscope-erased").iterdir())) == 1
    vault.close()
    restore(made, tmp_path / "back")
    with Vault.open(tmp_path / "back", "Ada", PASSWORD) as back:
        assert back.patients.search("") == ()


def test_every_reason_has_its_words() -> None:
    assert [reason for reason, _ in erasure.REASONS] == list(Reason)
