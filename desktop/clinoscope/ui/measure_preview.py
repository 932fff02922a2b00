"""What the live picture costs, for ``clinoscope bench capture``: the capture step of the exam page and nothing else."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from clinoscope.ui.exam.capture_step import CaptureStep

WARM, SECONDS = 2.0, 6.0
"""Seconds that are not measured, and those that are."""
_ROOM = (1366, 768)
"""Pixels: the smallest screen on which the window is whole."""


def run(app: QApplication, address: str, task_id: str) -> int:
    """Show a source live for some seconds; print the frames shown, the checks made, the seconds and those of the
    processor (all threads) as JSON. Returns 1 when nothing came."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    from clinoscope.ui import theme
    from clinoscope.ui.exam.live import wait_for_all

    theme.apply(app)
    window = QWidget()
    capture = _shown(window, address, task_id)
    live = capture.preview
    if live is None:
        return 1
    counts = {"frames": 0, "checks": 0}

    def count(what: str) -> None:
        counts[what] += 1

    live.frame_ready.connect(lambda: count("frames"))
    live.checked.connect(lambda _quality: count("checks"))
    begun: list[tuple[float, float]] = []

    def begin() -> None:
        counts.update(frames=0, checks=0)
        begun.append((time.monotonic(), time.process_time()))

    def end() -> None:
        (at, used) = begun[0]
        seconds, cpu = time.monotonic() - at, time.process_time() - used
        print(json.dumps({**counts, "seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3)}), flush=True)
        capture.pause()
        app.quit()

    QTimer.singleShot(round(1000 * WARM), begin)
    QTimer.singleShot(round(1000 * (WARM + SECONDS)), end)
    app.exec()
    wait_for_all()
    return 0 if counts["frames"] else 1


def _shown(window: QWidget, address: str, task_id: str) -> CaptureStep:
    """The capture step in a window of its own, looking through a source."""
    from clinoscope import modes
    from clinoscope.ui.exam.bench import Bench
    from clinoscope.ui.exam.work import Sources
    from clinoscope.ui.preferences import PreferencesFile
    from clinoscope.ui.shell import Shell

    with tempfile.TemporaryDirectory() as folder:  # the preferences of whoever measures stay as they are
        bench = Bench(Shell(PreferencesFile(Path(folder))), window)
    for part in (window, bench):
        part.resize(*_ROOM)
    window.show()
    task = modes.task(task_id)
    bench.capture.prepare(task)
    bench.capture.begin(task, Sources((), address))
    return bench.capture
