from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages.backup_section import BackupSection
from clinoscope.ui.shell import Shell


@pytest.fixture
def section(host: QWidget, shell: Shell, at_once: None) -> BackupSection:
    made = BackupSection(host, shell)
    made.show()
    made.refresh()
    return made


def test_a_backup_says_where_it_lies(section: BackupSection, tmp_path: Path) -> None:
    section.back_up_to(tmp_path / "stick")
    (made,) = (tmp_path / "stick").glob("clinoscope-*")
    assert str(made) in section.outcome.text()


def test_a_backup_that_fails_says_why(section: BackupSection, tmp_path: Path) -> None:
    (tmp_path / "stick").write_text("a file where the folder should be", encoding="utf-8")
    section.back_up_to(tmp_path / "stick")
    assert section.outcome.property("tone") == "danger"


def test_backups_by_themselves_are_chosen_made_and_tried(section: BackupSection, tmp_path: Path) -> None:
    assert "No backup yet" in section.state.text()
    (tmp_path / "stick").mkdir()
    section.back_up_by_itself(tmp_path / "stick")
    words = section.state.text()
    assert str(tmp_path / "stick") in words
    assert "nothing has changed since. Tried: it comes back, with 0 pictures." in words
    section.back_up.click()
    assert len(list((tmp_path / "stick").glob("clinoscope-2*"))) == 1, "two of one day: the newest stays"
