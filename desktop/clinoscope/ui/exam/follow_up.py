"""Taking the same view as at an earlier visit: the ghost over the live picture and the one thing to do.

Off at a first visit. Where the live picture lies against the earlier one is looked for a few times a second on a
worker, in the newest frame, never two at once.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from clinoscope.domain.alignment import Alignment
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.task import Task
from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.capture_step import CaptureStep
from clinoscope.ui.exam.follow_block import STEP, FollowBlock
from clinoscope.ui.exam.ghost import Ghost, ghost_of, ghost_overlay
from clinoscope.ui.exam.overlays import sentence_overlay
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.tasks import Task as Work
from clinoscope.workflow import follow
from clinoscope.workflow.follow import Hint

EVERY = 400
"""Milliseconds between looks: as often as a hand follows, for a quarter of one core."""
NOT_SHOWN = "The earlier picture cannot be shown. "
LAYERS = ("ghost", "follow")


def found_in(ghost: Ghost, task: Task, pixels: Pixels) -> Alignment | None:
    """Where the earlier picture lies in a frame: by its details, else about, by the region that is found in it."""
    found = follow.find(ghost.last, pixels)
    if found is None and follow.regions_tell(task):
        from clinoscope.ui.exam.live import find_live_region

        return follow.by_region(ghost.last, find_live_region(task, pixels))
    return found


class FollowUp(QObject):
    """One per exam page; ``begin`` when the live picture comes up, ``end`` when it goes."""

    def __init__(self, shell: Shell, canvas: PictureCanvas, capture: CaptureStep) -> None:
        super().__init__(capture)
        self._shell, self._canvas, self._capture = shell, canvas, capture
        self.block = FollowBlock()
        capture.add_block(self.block)
        self.ghost: Ghost | None = None
        self.hint = Hint.UNKNOWN
        self._task: Task | None = None
        self._latest = Latest(self)
        self._looking: Work | None = None
        self._shown: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._look)
        capture.paused.connect(self.end)
        self.block.chosen.connect(self._load)
        self.block.changed.connect(self._on_changed)
        kept = shell.preferences.value
        self.block.set_how(kept.ghost, kept.ghost_strength, kept.ghost_edges)

    def begin(self, patient: Patient | None, task: Task, exam: Exam | None) -> None:
        """Look for earlier visits of a patient; ``exam`` is the draft in hand, None before its first picture."""
        self.end()
        self._task = task
        if patient is not None and follow.follows(task):
            vault = self._shell.open_vault
            self._latest.run(follow.earlier, vault, patient.id, task, exam, done=self._on_visits)

    def end(self) -> None:
        """Nothing earlier is shown any more."""
        self._latest.forget()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._timer.stop()
        self.ghost = None
        self.block.show_visits(())
        self._clear()

    def toggle(self) -> None:
        """Show or hide the ghost."""
        if self.block.isVisible():
            self.block.on.toggle()

    def strengthen(self, steps: int) -> None:
        """Show the ghost stronger, or with a negative number weaker."""
        if self.block.isVisible() and self.block.on.isChecked():
            self.block.strength.setValue(self.block.strength.value() + steps * STEP)

    # inside

    def _on_visits(self, exams: tuple[Exam, ...]) -> None:
        self.block.show_visits(exams)
        if exams:
            self._load(exams[0])

    def _load(self, exam: Exam) -> None:
        self.ghost = None
        self._clear()
        vault = self._shell.open_vault
        self._latest.run(ghost_of, vault, exam, done=self._on_ghost, failed=self._on_no_ghost)

    def _on_ghost(self, ghost: Ghost) -> None:
        self.ghost = ghost
        self._look()
        self._timer.start()

    def _on_no_ghost(self, error: KnownError) -> None:
        self._timer.stop()
        self.block.say(NOT_SHOWN + str(error))

    def _on_changed(self) -> None:
        on, strength = self.block.on.isChecked(), self.block.strength.value()
        self._shell.preferences.change(ghost=on, ghost_strength=strength, ghost_edges=self.block.edges)
        if self.ghost is not None:
            self._look()

    def _look(self) -> None:
        """Show what is to be shown, and look at the newest frame unless one is being looked at."""
        ghost, pixels = self.ghost, self._capture.newest()
        if ghost is None or pixels is None or not self.block.on.isChecked():
            self._clear()
            return
        self._show(ghost)
        self._capture.set_guided(False)  # two outlines that differ would say two things
        if self._looking is None:
            size = (pixels.shape[1], pixels.shape[0])
            assert self._task is not None
            self._looking = run_task(
                self, found_in, ghost, self._task, pixels, done=lambda found: self._on_found(ghost, found, size)
            )

    def _on_found(self, ghost: Ghost, found: Alignment | None, size: tuple[int, int]) -> None:
        self._looking = None
        if ghost is not self.ghost or self._task is None or not self._shown:
            return
        self.hint = follow.hint(ghost.last, found, size, matched=self.hint is Hint.MATCHES)
        words = follow.words(self.hint, self._task)
        self.block.on.setAccessibleDescription(words)
        self._canvas.set_overlay("follow", sentence_overlay(words, theme.font("body", "medium")))

    def _show(self, ghost: Ghost) -> None:
        how = (ghost, self.block.strength.value(), self.block.edges)
        if how != self._shown or not self._canvas.has_overlay("ghost"):
            self._shown = how
            self._canvas.set_overlay("ghost", ghost_overlay(ghost, self._frame, how[1], how[2]))

    def _frame(self) -> tuple[int, int] | None:
        raster = self._canvas.raster
        return (raster.width, raster.height) if raster is not None else None

    def _clear(self) -> None:
        self._shown = ()
        self._capture.set_guided(True)
        self.hint = Hint.UNKNOWN
        self.block.say("")
        for layer in LAYERS:
            if self._canvas.has_overlay(layer):
                self._canvas.set_overlay(layer, None)
