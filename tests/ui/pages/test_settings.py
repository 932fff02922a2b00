from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.access import Role
from clinoscope.domain.record import Patient
from clinoscope.ui import theme
from clinoscope.ui.pages.settings import SettingsPage
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell
from clinoscope.workflow.export_dataset import Exported, LabelBy


@pytest.fixture
def page(shell: Shell, at_once: None, wait_for: Callable[[Callable[[], object]], bool]) -> SettingsPage:
    made = SettingsPage(shell)
    made.resize(1000, 700)
    made.show()
    made.enter()
    assert wait_for(lambda: made.whole)
    return made


def test_changes_are_kept_at_once(page: SettingsPage, shell: Shell) -> None:
    page.looks.setFocus()
    for _ in range(2):
        QTest.keyClick(page.looks.focusProxy(), Qt.Key.Key_Right)
    assert theme.is_dark()
    page.less_motion.setChecked(True)
    page.lock.setCurrentIndex(page.lock.findData(0))
    kept = PreferencesFile(shell.preferences.folder).value
    assert (kept.appearance, kept.less_motion, kept.auto_lock_minutes) == ("dark", True, 0)


def test_the_check_tells_what_it_looked_at(page: SettingsPage, shell: Shell, ada: Patient) -> None:
    page.health.check.click()
    assert page.health.checked.text().startswith(
        "Everything is as it was written. 0 exams, 0 pictures, 0 lab values and "
    )


def test_who_comes_back_finds_the_keyboard_where_it_was(page: SettingsPage) -> None:
    assert page.focusWidget() is page.looks.focusProxy()
    page.health.check.setFocus()
    page.leave()
    page.hide()
    page.show()
    page.enter()
    assert page.focusWidget() is page.health.check
    page.health.check.hide()
    page.enter()
    assert page.focusWidget() is page.looks.focusProxy()


def test_it_says_where_the_vault_is_and_who_is_logged_in(page: SettingsPage, shell: Shell) -> None:
    assert page.place.text() == str(shell.open_vault.folder)
    assert page.user.text() == "Grace Mensah"


def test_an_export_is_said_where_it_began(page: SettingsPage) -> None:
    page.export.click()
    assert page.export_panel is not None
    assert page.export_panel.isVisible()
    done = Exported(Path("/stick/set"), "skin/rash", LabelBy.REVIEW, 12, 5, {"mpox": 12}, {"why": 3}, 0, 7)
    page.export_panel.exported.emit(done)
    assert "12 pictures of 5 patients" in page.exported.text()
    assert "3 left out" in page.exported.text()
    QTest.qWait(10)
    assert page.exported.visibleRegion().boundingRect().height() == page.exported.height(), (
        "no line lies below the fold"
    )
    page.leave()
    assert not page.export_panel.isVisible()


def test_only_what_the_user_may_do_is_shown(page: SettingsPage, shell: Shell) -> None:
    shell.open_vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    shown = (page.users, page.log, page.code, page.backups.back_up, page.health.check, page.export)
    assert all(button.isVisible() for button in shown)
    assert not page.emergency.isVisible()
    shell.open_vault.custody.set_roles(shell.open_vault.user.id, [Role.ASSISTANT])
    page.enter()
    assert not any(button.isVisible() for button in shown)
    assert page.emergency.isVisible()


def test_what_a_laboratory_sets_for_smears_are_panels_that_go_with_the_page(page: SettingsPage) -> None:
    for button in (page.smears.ranges, page.smears.comments, page.smears.keys):
        button.click()
    panels = (page.smears.ranges_panel, page.smears.comments_panel, page.smears.keys_panel)
    assert [panel is not None and panel.isVisible() for panel in panels] == [True] * 3
    page.leave()
    assert [panel is not None and panel.isVisible() for panel in panels] == [False] * 3
