"""The same vault opened twice: the second window says so, and is let in once the first is gone, however it went."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinoscope.records.lock import IN_USE

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
def other(hands: Any, vault_folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another copy of the program, with a patient just saved."""
    command = [sys.executable, "-c", OTHER, str(vault_folder), hands.user, hands.password]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as copy:
        assert copy.stdout is not None
        assert copy.stdout.readline() == "open\n"
        yield copy
        copy.kill()


def test_the_second_window_waits_and_goes_on_after_a_kill(hands: Any, other: subprocess.Popen[str]) -> None:
    hands.log_in()
    login = hands.window.gate.login
    hands.until(lambda: login.password.error(), "it says why")
    assert login.password.error() == IN_USE
    assert hands.window.locked()
    other.kill()
    other.wait()
    hands.log_in()
    hands.on("today")
    vault = hands.window.shell.open_vault
    assert vault.patients.get("p1").name == "Ada Okafor", "what was saved is there"
    assert vault.verify().ok
