"""From looking through a camera to a picture that is kept: what the exam page does on its capture step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Exam
from clinoscope.domain.task import Task
from clinoscope.ui.exam import work
from clinoscope.ui.exam.capture_step import CaptureStep
from clinoscope.ui.exam.panels import ReplacePanel
from clinoscope.ui.exam.step import Step

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage


class Taking(QObject):
    """One per exam page. ``under_way`` while a picture is being taken, or waits for a word whether to keep it."""

    def __init__(self, page: ExamPage) -> None:
        super().__init__(page)
        self._page = page
        self.under_way = False
        self._asking: ReplacePanel | None = None

    def listen_to(self, capture: CaptureStep) -> None:
        """Do what the capture step asks for."""
        capture.still_wanted.connect(self._take)
        capture.used.connect(self.use_anyway)
        capture.retaken.connect(self.retake)
        capture.source_chosen.connect(lambda address: self._remember(work.LAST_SOURCE, address))
        capture.auto.chosen.connect(lambda on: self._remember(work.AUTO, on))
        capture.sources_wanted.connect(self._look_for_cameras)

    def retake(self) -> None:
        """Live again, for the first picture or another one."""
        page, task = self._page, self._page.task
        if task is None:
            return
        page.show_step(Step.CAPTURE)
        page.bench.colour.show_picture(None)
        page.bench.capture.prepare(task)
        page.run(work.sources, page.shell.open_vault, task.mode, done=lambda found: self._show_live(task, found))

    def forget(self) -> None:
        """The page is left, or entered anew: a picture that waits for a word is not kept."""
        self.under_way = False
        self._asking = None

    def use_anyway(self) -> None:
        """Go on with a picture that failed its check; the exam keeps that it did."""
        page = self._page
        if page.exam is not None and page.bench.capture.failed:
            page.show_region(page.exam)

    def _show_live(self, task: Task, sources: work.Sources) -> None:
        page = self._page
        if page.step is Step.CAPTURE and not self.under_way:
            page.bench.capture.begin(task, sources)
            page.bench.follow.begin(page.patient, task, page.exam)

    def _look_for_cameras(self) -> None:
        page = self._page
        if page.task is not None:
            show = page.bench.capture.show_sources
            page.run(work.sources, page.shell.open_vault, page.task.mode, done=show)

    def _remember(self, key: str, value: object) -> None:
        """For the mode of the task in hand."""
        page = self._page
        if page.task is not None:
            page.run(page.shell.open_vault.settings.set, key + page.task.mode, value, done=lambda _: None)

    def _take(self, source: Callable[[], Picture]) -> None:
        page = self._page
        if self.under_way or page.patient is None or page.task is None:
            return
        self.under_way = True
        exam = page.exam
        if exam is not None and work.says_something(exam):
            # Taken now and kept later: the patient moves on while somebody reads the question.
            page.run(work.waiting, source, done=lambda made: self._ask(exam, made), failed=self._on_not_taken)
        else:
            self._keep(source)

    def _keep(self, source: Callable[[], Picture]) -> None:
        page = self._page
        if page.patient is None or page.task is None:
            return
        wanted = (page.shell.open_vault, page.patient, page.task.id, page.exam, source)
        page.run(work.take, *wanted, done=self._on_taken, failed=self._on_not_taken)

    def _ask(self, exam: Exam, made: work.Waiting) -> None:
        """A new picture would take with it what was said about the one before: only at somebody's word."""
        page = self._page
        panel = ReplacePanel(page, modes.task(exam.task), exam)
        panel.wanted.connect(lambda: self._replace(panel, made.picture))
        panel.closed.connect(lambda: self._on_closed(panel))
        page.bench.capture.pause()
        page.bench.canvas.show_raster(made.raster)
        page.acts.open_panel(panel, panel.keep)
        self._asking = panel

    def _replace(self, panel: ReplacePanel, picture: Picture) -> None:
        self._asking = None
        panel.close_panel()
        self._keep(lambda: picture)

    def _on_closed(self, panel: ReplacePanel) -> None:
        """Thought better of: back to the picture that was read."""
        if self._asking is panel:
            self.forget()
            self._page.back_to_reading()

    def _on_taken(self, opened: work.Opened) -> None:
        page, exam = self._page, opened.exam
        self.under_way = False
        page.bench.reading.forget_typed()
        page.hold(opened)
        page.bench.show_picture(opened)
        if exam.quality is not None and not exam.quality.ok:
            page.bench.capture.show_failed(exam.quality)
            page.head.show_exam(modes.task(exam.task), exam)
        else:
            page.show_region(exam)

    def _on_not_taken(self, error: KnownError) -> None:
        self.under_way = False
        self._page.bench.capture.refuse(error)
