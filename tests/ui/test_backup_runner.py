from pathlib import Path

import pytest

from clinoscope.domain.record import Patient
from clinoscope.ui.backup_runner import BackupRunner
from clinoscope.ui.shell import Shell
from clinoscope.workflow import backups


@pytest.fixture
def runner(shell: Shell, at_once: None) -> BackupRunner:
    return BackupRunner(shell)


@pytest.fixture
def stick(shell: Shell, tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    backups.choose(shell.open_vault, tmp_path / "stick")
    return tmp_path / "stick"


def test_it_backs_up_when_it_is_time_and_not_twice(runner: BackupRunner, shell: Shell, stick: Path) -> None:
    said: list[str] = []
    shell.said.connect(said.append)
    runner.look()
    runner.look()
    assert len(list(stick.glob("clinoscope-2*"))) == 1
    assert said == ["Backed up, and tried: it comes back."]


def test_the_last_one_is_made_only_when_something_changed(
    runner: BackupRunner, shell: Shell, stick: Path, ada: Patient
) -> None:
    ended: list[int] = []
    runner.finished.connect(lambda: ended.append(1))
    assert runner.last()
    assert ended
    assert not runner.last()
    shell.open_vault.settings.set("a", 1)
    assert runner.last()


def test_without_a_folder_nothing_happens(runner: BackupRunner, shell: Shell) -> None:
    runner.look()
    assert not runner.last()
    assert shell.open_vault.latest("vault.backup") is None


def test_a_stick_that_is_gone_is_said(runner: BackupRunner, shell: Shell, stick: Path) -> None:
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))
    stick.rmdir()
    runner.look()
    assert warned == [f"No backup was made. {backups.GONE}"]
