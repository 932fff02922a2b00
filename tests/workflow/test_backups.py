from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.workflow import backups, exams, people


@pytest.fixture
def stick(vault: Vault, tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    backups.choose(vault, tmp_path / "stick")
    return tmp_path / "stick"


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    class Clock:
        @staticmethod
        def now(zone: tzinfo) -> datetime:
            return datetime.now(zone) + by

    monkeypatch.setattr(backups, "datetime", Clock)


def test_nothing_is_due_until_a_folder_is_chosen(vault: Vault) -> None:
    assert backups.status(vault).folder == ""
    assert not backups.due(vault)
    assert not backups.due(vault, leaving=True)


def test_it_is_due_when_something_changed_and_a_day_has_passed(
    vault: Vault, stick: Path, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backups.due(vault)
    backups.run(vault)
    assert not backups.due(vault)
    assert not backups.due(vault, leaving=True)
    people.look_at(vault, patient.id)
    assert not backups.due(vault, leaving=True), "that somebody looked is no change"
    vault.settings.set("a", 1)
    assert backups.due(vault, leaving=True)
    assert not backups.due(vault)
    later(monkeypatch, timedelta(hours=25))
    assert backups.due(vault)


def test_each_is_tried_and_the_status_says_so(vault: Vault, stick: Path, patient: Patient, lesion: Picture) -> None:
    exams.take(vault, patient, "skin/lesion-photo", lesion)
    assert backups.status(vault).tested is None
    backups.run(vault)
    found = backups.status(vault)
    assert (found.tested, found.pictures, found.changed, found.folder) == (True, 1, False, str(stick))
    assert [event.details.get("whole") for event in vault.events(1)] == [True], "the first is read whole"


def test_a_stick_that_is_not_there_is_told_and_no_folder_made(vault: Vault, stick: Path) -> None:
    stick.rmdir()
    with pytest.raises(VaultError, match="connect the disk"):
        backups.run(vault)
    assert not stick.exists()
    with pytest.raises(VaultError, match="connect the disk"):  # nor by hand: it would be on the disk it saves from
        backups.backup(vault, stick)
    assert not stick.exists()
    assert backups.backup(vault, stick.with_name("another")).is_dir(), "another folder is made"


def test_a_folder_inside_the_vault_is_refused(vault: Vault) -> None:
    with pytest.raises(VaultError, match="inside the vault"):
        backups.choose(vault, vault.folder / "backups")


def test_what_today_should_say(
    vault: Vault, tmp_path: Path, patient: Patient, lesion: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backups.warning(vault) == "", "there is nothing to lose yet"
    exams.take(vault, patient, "skin/lesion-photo", lesion)
    assert backups.warning(vault) == "", "not in the first minutes"
    later(monkeypatch, timedelta(hours=1))
    assert "no backup yet" in backups.warning(vault)
    made = backups.backup(vault, tmp_path / "stick")
    assert backups.warning(vault) == ""
    later(monkeypatch, timedelta(days=9))
    assert backups.warning(vault) == "", "nothing changed since"
    vault.settings.set("a", 1)
    assert backups.warning(vault).startswith("The last backup is 9 days old. Connect its disk")
    (made / "records.db").write_bytes(b"gone")
    with pytest.raises(VaultError):
        vault.try_backup(made, whole=True)
    assert "would not come back" in backups.warning(vault)


def test_the_check_is_noted(vault: Vault) -> None:
    assert backups.verify(vault).ok
    assert vault.events(1)[0].details == {"problems": 0}
