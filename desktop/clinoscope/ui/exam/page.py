"""The exam page: choose, capture, region, reading, sign, report. Steps know nothing of each other; this does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.access import Act
from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.region import Region
from clinoscope.domain.task import Task
from clinoscope.ui.exam import drops, keys, words, work
from clinoscope.ui.exam.acts import Acts
from clinoscope.ui.exam.bench import Bench
from clinoscope.ui.exam.choose_step import ChooseStep
from clinoscope.ui.exam.head import Head
from clinoscope.ui.exam.report_view import ReportView
from clinoscope.ui.exam.saver import Done, Failed, Saver
from clinoscope.ui.exam.step import Step, resumed_at
from clinoscope.ui.exam.taking import Taking
from clinoscope.ui.page import Page
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.workflow.consent import Standing, before_exam, standing


class ExamPage(Page):
    """Entered with ``patient_id`` (and ``mode`` or None) for a new exam, or with ``exam`` for one that is there."""

    shows_patient = True

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.step = Step.CHOOSE
        self.patient: Patient | None = None
        self.task: Task | None = None
        self._visit = 0
        self._reached = Step.CAPTURE
        self._saver: Saver | None = None
        self._opened: work.Opened | None = None
        self._regions: work.Regions | None = None
        self.consent = Standing()
        self.setAcceptDrops(True)
        self._rooms = QStackedWidget(self)
        self.head = Head(self)
        self.choose = ChooseStep(self._rooms)
        self.acts = Acts(self)
        self.taking = Taking(self)
        self._blank = QWidget(self._rooms)
        for room in (self._blank, self.choose):
            self._rooms.addWidget(room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._rooms)
        self.choose.chosen.connect(self._on_chosen)
        self.choose.smear_chosen.connect(self.acts.to_bench)
        self.choose.consent_wanted.connect(self.acts.note_consent)
        self.head.step_wanted.connect(lambda index: self.go_to(Step(index)))
        self.head.discard_wanted.connect(self.acts.ask_discard)

    @functools.cached_property
    def bench(self) -> Bench:
        """Made in a turn of its own after ``enter``: with the page it would hold the window up for too long."""
        made = Bench(self.shell, self._rooms)
        self._rooms.addWidget(made)
        capture, region, reading, acts = made.capture, made.region, made.reading, self.acts
        self.taking.listen_to(capture)
        capture.settings_wanted.connect(acts.show_camera)
        capture.pages_found.connect(acts.ask_page)
        region.changed.connect(self._keep_region)
        region.done.connect(self.read)
        region.said.connect(self.shell.say)
        reading.reviewed.connect(self._keep_review)
        reading.sign_wanted.connect(acts.ask_sign)
        reading.about_wanted.connect(acts.show_about)
        reading.heat.wanted.connect(acts.explain)
        reading.report_wanted.connect(acts.show_report)
        reading.amend_wanted.connect(acts.ask_amend)
        reading.version_wanted.connect(acts.open_version)
        reading.said.connect(self.shell.say)
        return made

    @functools.cached_property
    def report(self) -> ReportView:
        """Made when the first report is shown."""
        made = ReportView(self._rooms)
        self._rooms.addWidget(made)
        made.back_wanted.connect(lambda: self.show_step(Step.READING))
        made.patient_wanted.connect(self.to_patient)
        made.said.connect(self.shell.say)
        made.left.connect(self.acts.note_report)
        made.warned.connect(self.shell.warn)
        made.whole_wanted.connect(self.acts.show_report)
        made.picture_wanted.connect(self.acts.save_picture)
        return made

    # coming and going

    def enter(self, **what: object) -> None:
        """Begin a new exam of ``patient_id`` (``mode`` or None), or show ``exam``."""
        exam = what.get("exam")
        self._visit += 1
        self._saver = self._opened = None
        self.taking.forget()
        # Nothing of the exam before may be seen while the next one is being opened.
        self._rooms.setCurrentWidget(self._blank)
        self.head.hide()
        if "bench" in self.__dict__:
            self.bench.canvas.clear_overlays()
            self.bench.show_picture(None)
        else:
            QTimer.singleShot(0, self, lambda: self.bench)
        vault = self.shell.open_vault
        if isinstance(exam, Exam):
            self.run(
                work.reopen, vault, exam, done=self._on_reopened, failed=lambda error: self.acts.not_opened(exam, error)
            )
            return
        only = str(what["mode"]) if what.get("mode") else None
        self.run(work.begin, vault, what["patient_id"], done=lambda begun: self._show_choice(begun, only))

    def leave(self) -> None:
        """Let go of the camera; what is not saved yet is being saved."""
        self._visit += 1
        if "bench" in self.__dict__:
            self.bench.capture.pause()
            self.bench.region.flush()
            self.bench.reading.flush()
        self.taking.forget()
        self.acts.close_panel()
        if self._saver is not None:
            self._saver.part()

    @property
    def opened(self) -> work.Opened | None:
        """The picture in hand, with what is painted of it."""
        return self._opened

    @property
    def exam(self) -> Exam | None:
        """The exam in hand, as it was kept last."""
        return self._saver.exam if self._saver is not None else None

    @property
    def busy(self) -> bool:
        """Whether something is being taken or saved."""
        return self.taking.under_way or (self._saver is not None and not self._saver.idle)

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], object],
        failed: Failed | None = None,
    ) -> None:
        """Work on a worker for this visit: an answer that comes after the page moved on is dropped."""
        visit = self._visit
        run_task(
            self,
            function,
            *args,
            done=lambda made: done(made) if visit == self._visit else None,
            failed=None if failed is None else lambda error: failed(error) if visit == self._visit else None,
        )

    def change(self, change: Callable[[Exam], Exam], done: Done | None = None, failed: Failed | None = None) -> None:
        """Change the exam in hand, behind every change asked for before."""
        if self._saver is not None:
            self._saver.change(change, done, failed)

    def to_patient(self) -> None:
        if self.patient is not None:
            self.shell.go("patient", patient_id=self.patient.id)

    def back(self) -> None:
        """Esc: one step back."""
        exam = self.exam
        if self.acts.close_panel():
            return
        if self.bench.reading.comment.hasFocus():
            self.bench.canvas.setFocus()
        elif self.step is Step.REPORT:
            self.show_step(Step.READING)
        elif self.step is Step.CHOOSE or (exam is not None and exam.state is not ExamState.DRAFT):
            self.to_patient()
        elif self.step is Step.CAPTURE:
            self._back_from_capture()
        else:
            self.go_to(Step(self.step - 1))

    def _back_from_capture(self) -> None:
        if self.exam is not None:  # its picture stays with the draft; the steps lead forward to it again
            self.to_patient()
        elif self.patient is not None:
            self.enter(patient_id=self.patient.id)

    # the steps

    def show_step(self, step: Step) -> None:
        """Show a step's room and keys; the step itself has been made ready before."""
        if step is not Step.CAPTURE:
            self.bench.capture.pause()
        if step is not Step.REGION:
            self.bench.region.end()
        self.step = step
        self._reached = max(self._reached, min(step, Step.SIGN))
        exam = self.exam
        signed = exam is not None and exam.state is not ExamState.DRAFT
        self.keys = keys.of_step(step, signed, self.task)
        on_bench = step in (Step.CAPTURE, Step.REGION, Step.READING, Step.SIGN)
        self.head.setVisible(on_bench)
        if self.task is not None:
            self.head.show_exam(self.task, exam)
        if on_bench:
            self.head.stepper.set(int(step), int(self._reached))
        room = self.choose if step is Step.CHOOSE else self.report if step is Step.REPORT else self.bench
        sides = {Step.CAPTURE: self.bench.capture, Step.REGION: self.bench.region, Step.READING: self.bench.reading}
        if step in sides:  # before its room: a capture step that shows for a moment opens the camera
            self.bench.show_side(sides[step])
        self._rooms.setCurrentWidget(room)

    def go_to(self, step: Step) -> None:
        """Go to a finished step, as the stepper asks."""
        exam = self.exam
        if step > self._reached or step is self.step:
            return
        self.acts.close_panel()
        self.bench.region.flush()
        self.bench.reading.flush()
        if step is Step.CAPTURE:
            self.taking.retake()
        elif step is Step.REGION and exam is not None:
            self.show_region(exam)
        elif step is Step.READING:
            self.back_to_reading()
        elif step is Step.SIGN:
            self.acts.ask_sign()

    def _show_choice(self, begun: work.Begun, mode: str | None) -> None:
        self.patient = begun.patient
        self.shell.set_context(begun.patient)
        self.task = None
        self._reached = Step.CAPTURE
        self.show_step(Step.CHOOSE)
        self.consent = begun.consent
        may_note = self.shell.may(Act.PATIENT_WRITE)
        self.choose.show_choice(begun.last_task, mode, before_exam(self.consent), may_note=may_note)

    def consent_noted(self) -> None:
        """Look again at what the patient agreed to; the choice stays as it is."""
        if self.patient is not None:
            self.run(standing, self.shell.open_vault, self.patient.id, done=self._show_consent)

    def _show_consent(self, found: Standing) -> None:
        self.consent = found
        self.choose.tell(before_exam(found))

    def _on_chosen(self, task: Task) -> None:
        if not self.acts.may_take(task):
            return
        self.task = task
        self.pass_refusal()
        self.taking.retake()

    def pass_refusal(self) -> None:
        """An exam that the patient refused is begun: whoever does it stands in the log."""
        refused = self.consent.said(Purpose.CLINICAL) is Consented.REFUSED
        if refused and self.patient is not None:
            self.run(work.pass_refusal, self.shell.open_vault, self.patient.id, done=lambda _: None)

    def show_region(self, exam: Exam) -> None:
        """Show the picture in hand with the region of its exam."""
        if self._opened is None or self.task is None:
            return
        self.show_step(Step.REGION)
        self.bench.show_picture(self._opened)
        self.bench.region.begin(self.task, exam.region, self._opened.automatic, exam.quality, words.taken(exam))
        self.bench.region.show_kept(self.task, exam)

    def _keep_region(self, region: Region | None) -> None:
        regions = self._regions
        if regions is not None:
            vault = self.shell.open_vault
            self.change(lambda exam: regions.keep(vault, exam, region), done=self._on_region_kept)

    def _on_region_kept(self, exam: Exam) -> None:
        # What rested on a reading goes and comes back with it; the region stays, also from Capture.
        without = min(self._reached, max(self.step, Step.REGION))
        self._reached = without if exam.reading is None else max(self._reached, Step.READING)
        self.head.stepper.set(int(self.step), int(self._reached))
        self.bench.region.show_kept(modes.task(exam.task), exam)

    def read(self) -> None:
        """Make the reading, or show the one there is."""
        opened, exam = self._opened, self.exam
        if opened is None or exam is None or self.task is None:
            return
        self.show_step(Step.READING)
        self.bench.reading.begin_wait(self.task)
        self.bench.canvas.setFocus()
        vault, picture = self.shell.open_vault, opened.picture
        self.change(lambda draft: work.read(vault, draft, picture), done=self.show_reading, failed=self._not_read)

    def back_to_reading(self) -> None:
        """Show the picture that is kept again, with all that was said about it."""
        if self._opened is not None:
            self.bench.show_picture(self._opened)
            self.read()

    def _not_read(self, error: KnownError) -> None:
        self.shell.warn(str(error))
        if self.exam is not None:
            self.show_region(self.exam)

    def show_reading(self, exam: Exam) -> None:
        """Show the reading of the exam in hand with what stands beside it."""
        if self.step is Step.READING:
            self.run(work.beside, self.shell.open_vault, exam, done=lambda beside: self._show_reading(exam, beside))

    def _show_reading(self, exam: Exam, beside: work.Beside) -> None:
        if self.step not in (Step.READING, Step.REPORT) or self.task is None or exam.reading is None:
            return
        self.show_step(self.step)
        reading = self.bench.reading
        reading.begin(self.task, exam, beside.earlier, beside.versions)
        self.acts.limit_reading(self.task)
        # Without its package a signed exam still shows all that was signed.
        vault, gone = self.shell.open_vault, reading.heat.offer_none
        self.run(work.trust, vault, exam, done=reading.show_trust, failed=lambda _: gone())

    def _keep_review(self, answer: str, comment: str) -> None:
        vault = self.shell.open_vault
        self.change(lambda exam: work.review(vault, exam, answer, comment))

    def show_pdf(self, pdf: bytes, exam: Exam) -> None:
        """Show a report's pages. Its file name carries no patient data."""
        name = f"report-{exam.id[:8]}-v{exam.version}.pdf"
        self.report.show_pdf(pdf, name, f"Report · {modes.task(exam.task).name}")
        self.show_step(Step.REPORT)

    # an exam that is kept

    def _on_reopened(self, found: work.Reopened) -> None:
        opened = found.opened
        exam = opened.exam
        self.patient = found.patient
        self.shell.set_context(found.patient)
        self.task = modes.task(exam.task)
        self.hold(opened)
        step = resumed_at(exam.reading is not None, exam.quality is None or exam.quality.ok)
        if step is Step.READING or exam.state is not ExamState.DRAFT:
            self.bench.show_picture(opened)
            self.show_step(Step.READING)
            self.show_reading(exam)
            self.bench.canvas.setFocus()
        elif step is Step.REGION:
            self.show_region(exam)
        elif exam.quality is not None:
            self.show_step(Step.CAPTURE)
            self.bench.capture.prepare(self.task)
            self.bench.show_picture(opened)
            self.bench.capture.show_failed(exam.quality)

    def hold(self, opened: work.Opened) -> None:
        """Take a picture and its exam in hand: the steps behind the picture are to be reached anew."""
        self._reached = Step.CAPTURE
        if self._saver is not None:
            self._saver.part()
        self._opened, self._regions = opened, work.Regions(opened.picture)
        self._saver = Saver(opened.exam, lambda error: self.shell.warn(str(error), "danger"))
        self._saver.saved.connect(lambda exam: self.head.show_exam(modes.task(exam.task), exam))

    # drop, keys

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.step is Step.CAPTURE and drops.carries_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.step is Step.CAPTURE:
            event.acceptProposedAction()
            self.bench.capture.offer(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.press(self, event):
            super().keyPressEvent(event)
