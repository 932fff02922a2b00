from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.access import Role
from clinoscope.ui.pages.health_section import HealthSection
from clinoscope.ui.shell import Shell


@pytest.fixture
def section(host: QWidget, shell: Shell, at_once: None) -> HealthSection:
    made = HealthSection(host, shell, lambda: "")
    made.show()
    return made


@pytest.fixture
def lost(shell: Shell, tmp_path: Path) -> Path:
    """The folder of a backup that holds one more picture than the vault, which should hold it, too."""
    vault = shell.open_vault
    sha256 = vault.pictures.put(b"a picture")
    vault.backup(tmp_path / "stick")
    vault.pictures.path(sha256).unlink()
    return tmp_path / "stick"


def test_a_sound_vault_is_told_and_nothing_is_to_mend(section: HealthSection) -> None:
    section.check.click()
    assert section.checked.text().startswith("Everything is as it was written. 0 exams, 0 pictures")
    assert not section.mend.isVisible()


def test_a_lost_picture_is_told_and_put_back_from_the_backups(section: HealthSection, lost: Path) -> None:
    section.check.click()
    assert section.checked.property("tone") == "danger"
    assert section.mend.isVisible()
    section.mend_from(lost)
    assert section.checked.text().startswith("Pictures put back: 1. None is lost any more.")
    assert section.checked.property("tone") == "ink"
    assert not section.mend.isVisible()
    section.check.click()
    assert section.checked.property("tone") == "ink"


def test_a_backup_without_it_is_told_and_another_can_be_tried(
    section: HealthSection, lost: Path, tmp_path: Path
) -> None:
    section.check.click()
    (tmp_path / "empty").mkdir()
    section.mend_from(tmp_path / "empty")
    assert "Still lost: 1. Try another backup." in section.checked.text()
    assert section.mend.isVisible()


def test_who_may_not_back_up_is_not_asked_to(section: HealthSection, shell: Shell, lost: Path) -> None:
    shell.open_vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    shell.open_vault.custody.set_roles(shell.open_vault.user.id, [Role.AUDITOR])
    section.check.click()
    assert section.checked.property("tone") == "danger"
    assert not section.mend.isVisible()
