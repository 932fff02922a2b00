"""The same vault opened twice: the second window says so at once, and asks once the first is gone, however it went."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from PySide6.QtCore import Qt

from clinoscope.ui.gate.login import ELSEWHERE

OTHER = """
import sys
from pathlib import Path
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
vault = Vault.open(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor"))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def open_other(hands: Any, vault_folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Opens the vault in another copy of the program, with a patient just saved."""
    command = [sys.executable, "-c", OTHER, str(vault_folder), hands.user, hands.password]
    with ExitStack() as copies:

        def opened() -> subprocess.Popen[str]:
            copy = copies.enter_context(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True))
            copies.callback(copy.kill)
            return copy

        yield opened


def until_open(hands: Any, copy: subprocess.Popen[str]) -> None:
    """Until the other copy has the vault, and this window knows."""
    assert copy.stdout is not None
    assert copy.stdout.readline() == "open\n"
    login = hands.window.gate.login
    hands.until(lambda: login.title.text() == "Already open", "it says so by itself")
    assert login.line.text() == ELSEWHERE
    assert not any(part.isVisible() for part in (login.name, login.password, login.button, login.forgot, login.restore))
    assert hands.window.focusWidget() is login


def until_asked(hands: Any) -> None:
    """Until this window asks for the password again, the keyboard where it is needed."""
    login = hands.window.gate.login
    hands.until(login.password.isVisible, "it asks by itself")
    assert login.title.text() == "Log in"
    assert not login.line.isVisible()
    assert hands.window.focusWidget() is (login.password if login.name.text() else login.name).edit


def test_the_second_window_says_so_before_a_password_is_typed(hands: Any, open_other: Any, open_window: Any) -> None:
    copy = open_other()
    until_open(hands, copy)
    second = open_window(hands.window.gate.folder)
    login = second.window.gate.login
    second.until(lambda: login.title.text() == "Already open", "a window that comes up says so, too", seconds=2)
    copy.stdin.close()  # the other copy has nothing to do any more, and ends
    until_asked(hands)
    until_asked(second)


def test_it_asks_again_after_a_kill(hands: Any, open_other: Any) -> None:
    copy = open_other()
    until_open(hands, copy)
    copy.kill()
    until_asked(hands)
    hands.log_in()
    hands.on("today")
    vault = hands.window.shell.open_vault
    assert vault.patients.get("p1").name == "Ada Okafor", "what was saved is there"
    assert vault.verify().ok


def test_what_is_typed_stays_while_another_copy_comes_and_goes(hands: Any, open_other: Any) -> None:
    login = hands.window.gate.login
    hands.click(login.name.edit)
    hands.type(hands.user)
    hands.click(login.password.edit)
    hands.type(hands.password)
    copy = open_other()
    until_open(hands, copy)
    copy.kill()
    until_asked(hands)
    hands.press(Qt.Key.Key_Return)
    hands.on("today")


def test_its_own_vault_is_no_other_copys(logged_in: Any) -> None:
    logged_in.ctrl(Qt.Key.Key_L)
    login = logged_in.window.gate.login
    logged_in.until(login.isVisible, "it is locked")
    logged_in.wait(1200)
    assert login.title.text() == "Locked"
    assert login.password.isVisible()
