"""Who may do what, in the real window and with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hands import Hands
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clinoscope.domain.access import Role
from clinoscope.domain.record import Patient
from clinoscope.records import Vault

ASSISTANT, CHIEF, PASSWORD = "Kofi Asante", "Max Chief", "a green kite over the bay"


def with_users(folder: Path) -> None:
    with Vault.open(folder, Hands.user, Hands.password) as vault:
        vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor"))
        vault.custody.add_user(ASSISTANT, PASSWORD, [Role.ASSISTANT])
        vault.custody.add_user(CHIEF, PASSWORD, [Role.ADMINISTRATOR])


def test_a_user_is_added_with_the_keyboard_alone(logged_in: Any) -> None:
    hands = logged_in
    hands.ctrl(Qt.Key.Key_Comma)
    hands.on("settings")
    while QApplication.focusWidget() is not hands.window.page.users:
        hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Return)
    hands.on("users")
    hands.ctrl(Qt.Key.Key_U)
    hands.wait(250)
    hands.type("Kofi")
    hands.press(Qt.Key.Key_Return)
    hands.type(PASSWORD)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: len(hands.window.page.rows.rows()) == 2, "the user is in the list")
    hands.press(Qt.Key.Key_Escape)
    hands.on("settings")


def test_an_assistant_sees_what_an_assistant_may_do(open_window: Callable[[Path], Any], vault_folder: Path) -> None:
    with_users(vault_folder)  # before: the login would see that somebody has the vault open
    hands = open_window(vault_folder)
    hands.log_in(ASSISTANT, PASSWORD)
    hands.on("today")
    hands.ctrl(Qt.Key.Key_F)
    hands.on("people")
    assert hands.window.page.add.isVisible()
    hands.press(Qt.Key.Key_Return)
    hands.on("patient")
    assert hands.window.frame.context_bar.new_exam.isVisible()
    assert not hands.window.page.labs.add.isVisible()
    hands.ctrl(Qt.Key.Key_Comma)
    hands.on("settings")
    assert not hands.window.page.users.isVisible()


def test_who_may_not_see_patients_lands_in_the_settings_and_can_in_an_emergency(
    open_window: Callable[[Path], Any], vault_folder: Path
) -> None:
    with_users(vault_folder)  # before: the login would see that somebody has the vault open
    hands = open_window(vault_folder)
    hands.log_in(CHIEF, PASSWORD)
    hands.on("settings")
    assert not hands.window.frame.rail.button("people").isVisible()
    hands.ctrl(Qt.Key.Key_F)
    hands.settle()
    assert hands.window.shell.place == "settings"
    assert "you may not look at patients" in hands.window.frame.banner.text()
    hands.click(hands.window.page.emergency)
    hands.wait(250)
    hands.type("Nobody else is here")
    hands.press(Qt.Key.Key_Return)
    hands.on("people")
    assert hands.window.frame.rail.button("people").isVisible()
    assert "Emergency access for 30 minutes" in hands.window.frame.banner.text()
    hands.ctrl(Qt.Key.Key_Comma)
    hands.on("settings")
    hands.click(hands.window.page.log)
    hands.on("audit")
    assert ("Emergency", "danger") in [row.chip for row in hands.window.page.rows.rows()]


def test_whoever_mistypes_at_a_locked_window_logs_nobody_out(
    open_window: Callable[[Path], Any], vault_folder: Path
) -> None:
    with_users(vault_folder)  # before: the login would see that somebody has the vault open
    hands = open_window(vault_folder)
    hands.log_in()
    hands.on("today")
    hands.ctrl(Qt.Key.Key_F)
    hands.on("people")
    hands.type("oka")
    hands.settle()
    page, vault = hands.window.page, hands.window.shell.vault
    hands.ctrl(Qt.Key.Key_L)
    hands.settle()
    hands.log_in(ASSISTANT, "not the password")
    hands.settle()
    assert hands.window.locked()
    assert hands.window.shell.vault is vault
    hands.log_in()
    hands.on("people")
    assert hands.window.page is page, "everything is as it was left"
    hands.ctrl(Qt.Key.Key_L)
    hands.settle()
    hands.log_in(ASSISTANT, PASSWORD)
    hands.until(lambda: not hands.window.locked(), "the other one is in")
    hands.settle()
    assert hands.window.shell.user.name == ASSISTANT
