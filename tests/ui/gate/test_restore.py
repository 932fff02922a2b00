from pathlib import Path

import pytest

from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.ui.gate.gate import Gate
from clinoscope.ui.gate.restore import Restore, free_beside
from clinoscope.ui.shell import Shell


@pytest.fixture
def stick(shell: Shell, ada: Patient, tmp_path: Path) -> Path:
    shell.open_vault.backup(tmp_path / "stick")
    return tmp_path / "stick"


def test_the_newest_backup_of_a_folder_comes_back_beside_the_vault(
    shell: Shell, stick: Path, tmp_path: Path, at_once: None
) -> None:
    page, done = Restore(shell, tmp_path / "vault"), []
    page.restored.connect(done.append)
    assert not page.button.isEnabled()
    page.take(stick)
    page.button.click()
    assert done == [tmp_path / "vault restored"]
    with Vault.open(done[0], "Grace Mensah", "three quiet rivers") as again:
        assert again.patients.get("p1") == ada_of(shell)


def ada_of(shell: Shell) -> Patient:
    return shell.open_vault.patients.get("p1")


def test_what_is_no_backup_is_said(shell: Shell, tmp_path: Path, at_once: None) -> None:
    page = Restore(shell, tmp_path / "vault")
    page.take(tmp_path)
    assert "no backup in this folder" in page.wrong.text()
    assert not page.button.isEnabled()


def test_a_damaged_backup_is_said_and_leaves_nothing(shell: Shell, stick: Path, tmp_path: Path, at_once: None) -> None:
    (made,) = stick.glob("clinoscope-2*")
    (made / "records.db").write_bytes(b"half")
    page = Restore(shell, tmp_path / "vault")
    page.take(made)
    page.button.click()
    assert "damaged" in page.wrong.text()
    assert not (tmp_path / "vault restored").exists()


def test_a_free_folder_is_found(tmp_path: Path) -> None:
    assert free_beside(tmp_path / "vault") == tmp_path / "vault"
    for name in ("vault", "vault restored"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("x")
    assert free_beside(tmp_path / "vault") == tmp_path / "vault restored 2"


def test_both_ways_in_lead_there_and_back(shell: Shell, tmp_path: Path, at_once: None) -> None:
    gate = Gate(shell, tmp_path / "vault")
    assert gate.login is not None
    gate.login.restore_wanted.emit()
    assert gate.currentWidget() is gate.restore
    gate.restore.back_wanted.emit()  # type: ignore[union-attr]
    assert gate.currentWidget() is gate.login
    first = Gate(shell, tmp_path / "nothing")
    assert first.first is not None
    first.first.restore_wanted.emit()
    assert first.currentWidget() is first.restore
    gate.deleteLater()
    first.deleteLater()
