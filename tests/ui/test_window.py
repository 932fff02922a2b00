from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui import bugs
from clinoscope.ui.bug_panel import BugPanel
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell
from clinoscope.ui.window import Window


@pytest.fixture
def window(
    app: QApplication, tmp_path: Path, at_once: None, wait_for: Callable[[Callable[[], object]], bool]
) -> Window:
    vault, _code = Vault.create(tmp_path / "vault", "Grace Mensah", "three quiet rivers", cost=MINIMUM)
    made = Window(Shell(PreferencesFile(tmp_path / "preferences")), vault.folder)
    made.show()
    made.shell.enter_vault(vault)
    assert wait_for(lambda: made.page is not None)
    return made


def test_it_opens_at_today_and_locks(window: Window) -> None:
    assert not window.locked()
    assert window.shell.place == "today"
    window.shell.say("Ada is here.")
    window.shell.lock()
    assert window.locked()
    assert window.toast.text() == "", "nothing of a patient stands over the login"


def test_a_bug_is_told_calmly(window: Window, capsys: pytest.CaptureFixture) -> None:
    try:
        raise RuntimeError("x")
    except RuntimeError as error:
        bugs.report(error)
    (panel,) = window.findChildren(BugPanel)
    assert panel.isVisible()
    assert "RuntimeError" in panel.report
    assert "RuntimeError" in capsys.readouterr().err


def test_a_sentence_becomes_a_banner_and_goes_with_the_page(window: Window) -> None:
    bugs.show_sentence("The disk is full.")
    assert window.frame.banner.text() == "The disk is full."
    window.shell.go("people")
    assert window.frame.banner.text() == ""


def test_a_sentence_is_put_away_when_what_it_told_of_is_over(window: Window) -> None:
    window.shell.warn("The disk is full.")
    window.shell.unwarn("The camera is gone.")
    assert window.frame.banner.text() == "The disk is full.", "another sentence stays"
    window.shell.unwarn("The disk is full.")
    assert window.frame.banner.text() == ""


def test_it_locks_by_itself_when_nobody_is_there(window: Window) -> None:
    window.idle.timer.start(500)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert window.idle.timer.remainingTime() > 1000, "a key starts the wait again"
    window.idle.timer.start(20)
    QTest.qWait(60)
    assert window.locked()


def test_never_means_never(window: Window) -> None:
    window.shell.preferences.change(auto_lock_minutes=0)
    window.idle.start()
    assert not window.idle.timer.isActive()


def test_logging_out_takes_the_pages_down(window: Window) -> None:
    window.shell.say("Ada is here.")
    window.shell.close_vault()
    assert window.locked()
    assert window.page is None
    assert window.toast.text() == "", "nothing of a patient stands over the login"


def test_closing_closes_the_vault(window: Window) -> None:
    folder = window.shell.open_vault.folder
    window.close()
    Vault.open(folder, "Grace Mensah", "three quiet rivers").close()


def test_a_key_of_the_page_is_for_the_page_wherever_the_keyboard_is(window: Window) -> None:
    window.shell.go("users")
    rail = window.frame.rail.button("people")
    rail.setFocus()
    QTest.keyClick(rail, Qt.Key.Key_F9)
    assert window.shell.place == "users", "a key that means nothing there does nothing"
    QTest.keyClick(rail, Qt.Key.Key_Escape)
    assert window.shell.place == "settings", "Esc leads back from Users"
    rail.setFocus()
    QTest.keyClick(rail, Qt.Key.Key_Return)
    assert window.shell.place == "people", "Enter is the button's own"
