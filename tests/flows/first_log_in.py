"""A fresh program: log in at once, while it is still bringing in what it needs. Prints the longest blocks.

``python tests/flows/first_log_in.py VAULT PREFERENCES SECONDS``: SECONDS after the window is painted the password is
given. Run by ``test_first_log_in.py``: only a process of its own has everything still to import.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from hands import PASSWORD, USER, Hands
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_watchdog import Watchdog

from clinoscope.ui import app as ui_app
from clinoscope.ui import first_paint, preload, tasks


def main(vault: Path, preferences: Path, seconds: float) -> None:
    app = QApplication([])
    window = ui_app.build(app, vault, preferences, catch_bugs=False)
    begun: list[preload.Preload] = []
    first_paint.after(window, lambda: begun.append(preload.Preload()))
    window.show()
    while not begun:
        QTest.qWait(2)
    hands = Hands(window, Watchdog())
    hands.wait(seconds * 1000)
    login = window.gate.login
    assert login is not None
    login.name.edit.setText(USER)
    login.password.edit.setText(PASSWORD)
    hands.click(login.button)
    began = time.monotonic()
    hands.until(lambda: not window.locked() and window.shell.place == "today", "Today is up", 20)
    took = time.monotonic() - began
    hands.settle()
    hands.until(lambda: begun[0].wait(0), "all is brought in", 60)
    blocks = sorted(hands.watchdog.blocks, reverse=True)[:5]
    print(json.dumps({"blocks": blocks, "tasks": tasks.running(), "seconds": took}))
    window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
