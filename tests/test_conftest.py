"""The nets of conftest.py, each with a test that must fall into it and a neighbour that must not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

CAUGHT = {
    "left behind: Thread 'stray'": "threading.Thread(target=time.sleep, args=(9,), name='stray', daemon=True).start()",
    "left behind: QTimer 'stray'": "global timer; timer = QTimer(objectName='stray'); timer.start(1000)",
    "left behind: QWidget 'stray'": "global window; window = QWidget(objectName='stray'); window.show()",
    "Qt's log was not silent:\n  default: look here": "qWarning('look here')",
    "a test wanted to reach 192.0.2.1": "socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "a test wanted to reach example.invalid": "socket.getaddrinfo('example.invalid', 80)",
    "UserWarning: careless": "warnings.warn('careless')",
}
FINE = [
    "thread = threading.Thread(target=time.sleep, args=(0.01,)); thread.start()",
    "timer = QTimer(); timer.start(1000); timer.stop()",
    "window = QWidget(); window.show(); window.close(); window.deleteLater()",
    "QTimer().start(1000)",
    "with socket.create_server(('127.0.0.1', 0)) as s: socket.create_connection(s.getsockname()).close()",
    "assert os.environ['XDG_DATA_HOME'] != os.path.expanduser('~/.local/share')",
]
HEAD = """
import os, socket, threading, time, warnings
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
"""


def outcome(folder: Path, statements: list[str]) -> str:
    """What pytest says of one test per statement, run beside a copy of our conftest."""
    (folder / "ui").mkdir()
    for name in ("conftest.py", "qt_log_allowed.txt"):
        shutil.copy(HERE / name, folder)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    tests = "".join(f"def test_{number}():\n    {statement}\n" for number, statement in enumerate(statements))
    (folder / "ui" / "test_nets.py").write_text(HEAD + tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "ui"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100).stdout


@pytest.mark.timeout(150)
def test_what_must_not_be_is_caught(tmp_path: Path) -> None:
    said = outcome(tmp_path, list(CAUGHT.values()))
    missing = [words for words in CAUGHT if words not in said]
    assert not missing, said
    assert said.count("\nFAILED ") + said.count("\nERROR ") == len(CAUGHT), said


def test_what_may_be_is_left_alone(tmp_path: Path) -> None:
    said = outcome(tmp_path, FINE)
    assert f"{len(FINE)} passed" in said, said
