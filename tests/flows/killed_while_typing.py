"""A program that is killed a moment after somebody typed a comment and gave no answer.

``python tests/flows/killed_while_typing.py VAULT PREFERENCES COMMENT SECONDS``: opens the one draft of the vault,
types, and kills itself (SIGKILL where there is one) so many seconds after the last key. Run by ``test_exam.py``.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hands import Hands
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from window_watchdog import Watchdog

from clinoscope.ui import app as ui_app


def main(vault: Path, preferences: Path, comment: str, seconds: float) -> None:
    app = QApplication([])
    window = ui_app.build(app, vault, preferences, catch_bugs=False)
    window.show()
    window.activateWindow()
    hands = Hands(window, Watchdog())
    hands.log_in()
    hands.on("today")
    ((draft, _patient),) = window.shell.open_vault.exams.drafts()
    window.shell.go("exam", exam=draft)
    hands.on("exam")
    hands.click(window.page.bench.reading.comment)
    hands.type(comment)
    # QTest.qWait keeps Python's lock while it waits, and so the workers from saving; the program's own loop does not.
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
