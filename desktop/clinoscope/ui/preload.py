"""Bring in what the first acts need while the person types the password.

Imports hold Python's lock while a module runs, so each step is one module, with a rest between
two steps in which the window's thread can work. Large shared libraries are read ahead
(``clinoscope.cold``), so that loading them is short.
"""

from __future__ import annotations

import gc
import sys
import threading
import time

from clinoscope import cold

STEPS = (
    "_socket",
    "numpy",
    "msgspec",
    "cryptography.hazmat.primitives.ciphers.aead",
    "argon2",
    "sqlite_utils",
    "sqlcipher3",
    "clinoscope.records",
    "qtawesome",
    "clinoscope.modes",
    "clinoscope.ui.rail",
    "clinoscope.ui.context_bar",
    "clinoscope.ui.pages.today",
    "clinoscope.ui.pages.people",
    "clinoscope.ui.pages.patient",
    "clinoscope.ui.system_lock",
    "clinoscope.workflow.agreement",
    "clinoscope.inference.packages",
    "anyascii",
    "clinoscope.workflow.exams",
    "PIL.Image",
    "cv2",
    "cv2_enumerate_cameras",
    "clinoscope.workflow.capture",
    "clinoscope.workflow.look",
    "ai_edge_litert.interpreter",
    "clinoscope.ui.exam.page",
    "clinoscope.ui.smear.page",
    "clinoscope.ui.pages.settings",
    "clinoscope.ui.pages.models",
    "clinoscope.ui.pages.smears",
    "clinoscope.ui.compare.page",
    "numpy.ma",
    "numpy.random",
    "clinoscope.workflow.acceptance",
    "clinoscope.inference.install",
    "clinoscope.inference.classify",
    "clinoscope.regions.alignment",
    "clinoscope.reports",
)
"""In the order they are wanted. By name only: nothing of these rooms is used here."""
FIRST_PAGE = "clinoscope.ui.pages.today"
"""The last of the steps that the frame and its first page need."""

_REST = 0.01


class Preload:
    """The imports, on a thread of their own that begins at once and never keeps the program alive."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._stopped,), name="preload", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> bool:
        """End after the step at hand, so that the program never ends in the middle of an import."""
        self._stopped.set()
        return self.wait(seconds)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended by then."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def first_page() -> None:
    """Import what the frame and its first page need, if that has not happened yet. For a worker, at log-in.

    Who logs in at once would otherwise have the window's thread import it, or wait for a step that is half done.
    """
    for step in STEPS[: STEPS.index(FIRST_PAGE) + 1]:
        _bring_in(step)
    from clinoscope.workflow import permissions

    permissions.emergency_minutes()  # reads its table


def run(stopped: threading.Event | None = None) -> None:
    """Import every step, resting after each that was not there yet."""
    for step in STEPS:
        if stopped is not None and stopped.is_set():
            return
        if _bring_in(step):
            time.sleep(_REST)
    # Read here, the mode files (14 ms) are not read by the window's thread when the first exam is begun.
    from clinoscope import modes

    modes.all_modes()


def _bring_in(step: str) -> bool:
    """Import a step with its libraries read first; whether it was not there yet."""
    new = step not in sys.modules
    cold.read_ahead(step.partition(".")[0])
    # As a statement would: PySide reads the source of what a statement imports for the first time, and would else do
    # that in the window's thread.
    __import__(step, fromlist=["_"])
    if new:
        # What a step brings in stays for good. Put aside, it is not looked through by every full collection, which
        # would take 34 to 50 ms of the window's thread. (Collecting here first would cost just that.) Not again at
        # every log-in: what is garbage by then would never be freed.
        gc.freeze()
    return new
