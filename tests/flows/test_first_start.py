"""From nothing to a vault, and back in: by password, by recovery code, after a lock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clinoscope.workflow import session

NEW = "a green kite over the bay"


def test_a_vault_is_made_and_its_code_must_be_kept(open_window: Callable[[Path], Any], tmp_path: Path) -> None:
    folder = tmp_path / "clinic" / "vault"
    hands = open_window(folder)
    gate = hands.window.gate
    hands.click(gate.first.button)
    assert gate.first.name.error() == "Type your name."
    hands.type(hands.user)  # the keyboard is at what is wrong first
    hands.press(Qt.Key.Key_Return)
    hands.type("short")
    hands.press(Qt.Key.Key_Return)
    assert gate.first.password.field.error() == "3 more characters."
    assert not folder.exists()

    hands.type("er than three rivers")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: gate.code is not None and gate.currentWidget() is gate.code, "the recovery code is shown", 30)
    code = gate.code.words.text()
    assert len(code.replace("-", "")) == 25
    hands.click(gate.code.copy_button)
    assert QApplication.clipboard().text() == code

    assert not gate.code.button.isEnabled(), "the way on stays shut until the tick"
    hands.tick(gate.code.tick)
    hands.click(gate.code.button)
    hands.on("today")
    assert hands.window.shell.user.name == hands.user
    assert gate.code.words.text() == "", "the code is gone once it is kept"
    assert session.vault_exists(folder)


def test_the_folder_is_refused_with_a_sentence(open_window: Callable[[Path], Any], tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "letter.txt").write_text("not ours", encoding="utf-8")
    hands = open_window(folder)
    first = hands.window.gate.first
    hands.click(first.name.edit)
    hands.type(hands.user)
    hands.press(Qt.Key.Key_Return)
    hands.type(hands.password)
    hands.click(first.button)
    hands.until(lambda: first.wrong.isVisible(), "what is wrong is said")
    assert "not empty" in first.wrong.text()
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_wrong_passwords_wait_longer_and_say_so(hands: Any) -> None:
    login = hands.window.gate.login
    for _ in range(3):
        hands.log_in(password="not this one")
        hands.until(lambda: login.password.error(), "the try is refused")
        hands.settle()
    hands.until(login.button.isEnabled, "the next try is open")
    hands.log_in(password="nor this one")
    hands.until(lambda: "Next try in" in login.password.error(), "the wait is counted down")
    assert not login.button.isEnabled()
    hands.until(login.button.isEnabled, "the wait is over", 10)
    hands.log_in()
    hands.on("today")


def test_the_recovery_code_lets_in_and_sets_a_new_password(hands: Any, recovery_code: str) -> None:
    gate = hands.window.gate
    hands.click(gate.login.forgot)
    recover = gate.recover
    hands.click(recover.code.edit)
    hands.type("0000-wrong")
    hands.press(Qt.Key.Key_Tab)
    hands.ctrl(Qt.Key.Key_A)
    hands.type(hands.user)
    hands.press(Qt.Key.Key_Tab)
    hands.type(NEW)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: recover.code.error(), "the mistyped code is refused")
    hands.settle()

    hands.click(recover.code.edit)
    hands.ctrl(Qt.Key.Key_A)
    hands.type(recovery_code.lower().replace("-", " "))
    hands.click(recover.button)
    hands.on("today")

    hands.window.shell.close_vault()
    hands.log_in(password=NEW)
    hands.on("today")


def test_locking_keeps_everything_and_the_name(logged_in: Any) -> None:
    hands = logged_in
    hands.ctrl(Qt.Key.Key_2)
    hands.on("people")
    hands.type("half a na")
    hands.ctrl(Qt.Key.Key_L)
    assert hands.window.locked()
    login = hands.window.gate.login
    assert login.name.text() == hands.user
    assert login.title.text() == "Locked"

    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.on("people")
    assert hands.window.page.search.text() == "half a na"
    hands.type("me")
    assert hands.window.page.search.text() == "half a name", "the keyboard is where it was"


def test_a_second_window_on_the_same_vault_is_refused(
    logged_in: Any, open_window: Callable[[Path], Any], vault_folder: Path
) -> None:
    second = open_window(vault_folder)
    login = second.window.gate.login
    second.until(lambda: login.title.text() == "Already open", "the second copy is refused")
    assert not login.password.isVisible()
    assert second.window.locked()
    assert not logged_in.window.locked()


def test_the_title_names_no_one(logged_in: Any) -> None:
    assert logged_in.window.windowTitle() == "Clinoscope"


def test_question_mark_shows_the_keys_and_any_key_hides_them(logged_in: Any) -> None:
    hints = logged_in.window.frame.hints
    logged_in.press("?")
    assert hints.isVisible()
    logged_in.press(Qt.Key.Key_Space)
    assert not hints.isVisible()


def test_question_mark_in_the_empty_search_field_shows_the_keys(logged_in: Any) -> None:
    logged_in.ctrl(Qt.Key.Key_F)
    logged_in.on("people")
    logged_in.press("?")
    assert logged_in.window.frame.hints.isVisible()
    logged_in.press(Qt.Key.Key_Escape)
    logged_in.type("a?")
    assert logged_in.window.page.search.text() == "a?", "in a text it is a letter like any other"


def test_the_keyboard_is_where_the_work_begins(hands: Any) -> None:
    login = hands.window.gate.login
    login.name.edit.setText("")
    hands.type(hands.user)
    hands.press(Qt.Key.Key_Return)
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.on("today")
    hands.press(Qt.Key.Key_Return)  # nothing is here yet: adding a patient is the one thing to do
    hands.on("people")
    assert hands.window.page.panel.isVisible()
