"""The smear bench: the field on the left, the gallery in the middle, the differential on the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.ui.exam import drops, report_view
from clinoscope.ui.exam.report_view import ReportView
from clinoscope.ui.page import Page
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import keys, state
from clinoscope.ui.smear.acts import Acts
from clinoscope.ui.smear.decisions import Decisions
from clinoscope.ui.smear.desk import OFFERED, Desk
from clinoscope.ui.smear.intake import MODE, Intake
from clinoscope.ui.smear.reader import Reader
from clinoscope.ui.smear.state import Opened, State
from clinoscope.ui.tasks import run_task
from clinoscope.ui.work_queue import WorkQueue
from clinoscope.workflow.smear.bench import CLOSED, Bench
from clinoscope.workflow.smear.second import SECOND, UNREAD

SIGNED = "This smear is signed. Amend it to change anything."
BLIND = "You read this smear blind: its fields, its sheet and adding cells are the first reader's."


class SmearPage(Page):
    """Entered with ``patient_id`` for a new smear, or with ``exam`` for one that is there."""

    shows_patient = True
    keys = keys.KEYS

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.bench: Bench | None = None
        self.patient: Patient | None = None
        self.state: State | None = None
        self._visit = 0
        self._here: Bench | None = None
        self._queue = WorkQueue(lambda error: shell.warn(str(error), "danger"))
        self.setAcceptDrops(True)
        self._rooms = QStackedWidget(self)
        self.desk = Desk(self._crops, self._field, self._rooms)
        self.gallery = self.desk.gallery
        self._rooms.addWidget(self.desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rooms)
        self.acts = Acts(self)
        self.decisions = Decisions(self)
        self.intake = Intake(self)
        self.reader = Reader(self)
        self._connect()

    def _connect(self) -> None:
        desk, side, decisions = self.desk, self.desk.side, self.decisions
        self.gallery.class_wanted.connect(decisions.decide)
        self.gallery.confirm_wanted.connect(decisions.confirm)
        self.gallery.look_wanted.connect(desk.toggle_close)
        desk.undo.clicked.connect(decisions.undo)
        desk.redo.clicked.connect(decisions.redo)
        desk.reference.clicked.connect(self.show_reference)
        desk.own_class.clicked.connect(self.acts.ask_classes)
        desk.adding_changed.connect(self._show_keys)
        desk.add_cell.clicked.connect(self.add_cell)
        desk.take_away.clicked.connect(self.take_away)
        desk.add.wanted.connect(self.acts.add_cell)
        desk.discard.clicked.connect(self.acts.ask_discard)
        side.sheet_wanted.connect(self.show_sheet)
        side.sign_wanted.connect(self.finish)
        side.report_wanted.connect(self.show_report)
        side.amend_wanted.connect(self.acts.ask_amend)
        side.differences_wanted.connect(decisions.show_differences)
        side.open_wanted.connect(decisions.go_to_open)

    # coming and going

    @cached_property
    def report(self) -> ReportView:
        """The sheets of the report, made when they are first wanted."""
        report = ReportView(self._rooms)
        report.whole.hide()  # a smear has no one picture to show or to save
        report.picture.hide()
        report.back_wanted.connect(self._leave_report)
        report.patient_wanted.connect(self.to_patient)
        report.said.connect(self.shell.say)
        report.left.connect(self.acts.note_report)
        report.warned.connect(self.shell.warn)
        self._rooms.addWidget(report)
        return report

    def enter(self, **what: object) -> None:
        """Begin a smear for ``patient_id``, or show ``exam``."""
        self._visit += 1
        self.desk.allowed = frozenset(act for act in OFFERED if self.shell.may(act, MODE))
        before, busy = self.bench, self.busy
        self.bench = self.state = None
        self.reader.begin()
        self._rooms.setCurrentWidget(self.desk)
        self.desk.begin()
        self.intake.begin()
        self._show_keys()
        vault, exam = self.shell.open_vault, what.get("exam")
        if isinstance(exam, Exam):
            # What came in or was read meanwhile is known to the bench that is still at it, and to no other one.
            same = before if before is not None and busy and state.holds(before, exam) else None
            self.run(state.open_smear, vault, exam, same, done=self._on_opened)
        else:
            self.run(state.begin, vault, str(what["patient_id"]), done=self._on_opened)

    def leave(self) -> None:
        """Let go of the microscope; what is not saved yet is being saved."""
        self._visit += 1
        self._here = None
        self.desk.end()
        self.acts.close_panel()

    @property
    def busy(self) -> bool:
        """Whether something is being kept or read."""
        return self.reader.busy or not self._queue.idle

    @property
    def files(self) -> int:
        """Files that are still to be taken in."""
        return self._queue.later

    def drop_files(self) -> int:
        """Take in no more of them; how many are left out."""
        return self._queue.drop_later()

    @property
    def signed(self) -> bool:
        return self.state is not None and self.state.exam.state is not ExamState.DRAFT

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], object],
        failed: Callable[[KnownError], object] | None = None,
    ) -> None:
        """Work on a worker for this visit: an answer that comes after the page moved on is dropped."""
        visit = self._visit
        refused = failed or (lambda error: self.shell.warn(str(error), "danger"))
        run_task(
            self,
            function,
            *args,
            done=lambda value: done(value) if visit == self._visit else None,
            failed=lambda error: refused(error) if visit == self._visit else None,
        )

    def change(
        self,
        act: Callable[[Bench], object],
        done: Callable[[Any], object] | None = None,
        failed: Callable[[KnownError], object] | None = None,
        *,
        later: bool = False,
    ) -> None:
        """Queue an act on the bench, then show how it stands. ``done`` gets what the act gave back.

        ``later``: all that people do meanwhile goes first.
        """
        bench = self.bench
        if bench is None:
            return

        def work_on() -> tuple[object, State]:
            return act(bench), state.look(bench)

        def kept(made: tuple[object, State]) -> None:
            if self._here is bench:
                self.show_state(made[1])
                if done is not None:
                    done(made[0])

        self._queue.put(work_on, kept, failed, later=later)

    def _on_opened(self, opened: Opened) -> None:
        self.bench = self._here = opened.bench
        self.patient = opened.patient
        self.shell.set_context(opened.patient)
        self.show_state(opened.state)
        self._show_models()
        self.read_on()
        self.gallery.setFocus()
        if not opened.state.fields and not self.signed:
            self.desk.add_files.setFocus()

    def show_state(self, found: State) -> None:
        """Show how the smear stands, unless something newer is shown."""
        assert self.bench is not None, "there is a state of an open bench only"
        before = self.state
        if before is not None and found.serial < before.serial:
            return  # it would hide cells that are there already, and take the keyboard from them
        self.state = found
        self.desk.side.files, self.desk.side.left = self.files, self.reader.left
        self.desk.show_state(found, self.bench.reader)
        mine = self.bench.reader != SECOND and not self.signed
        self.intake.tell_strange(found.strange if mine else ())
        if found.bands and self.desk.add_files.hasFocus() and before is not None and not before.bands:
            self.gallery.setFocus()  # where there was nothing but to add fields there are cells to sort
        if before is None or before.models != found.models:
            self._show_models()

    def _show_models(self) -> None:
        if self.state is not None:
            vault, models = self.shell.open_vault, self.state.models
            self.run(state.standing, vault, models, done=self.desk.side.show_models)

    # reading

    def read_on(self) -> None:
        """Read the fields that wait, one after the other, while the person goes on."""
        self.reader.read_on()

    # fields

    def set_aside(self) -> None:
        """Set the field of the current cell aside with its cells, after asking once; the sheet takes it in again."""
        cell = self.gallery.current
        if cell is not None and not self.refuse_but_sorting(Act.EXAM_REVIEW):
            self.acts.ask_aside(cell.field)

    def add_cell(self) -> None:
        """Let the user draw a box around a white cell that was not found."""
        if not self.refuse_but_sorting(Act.EXAM_REVIEW) and not self.desk.show_adding():
            self.shell.say("No field is read yet: a missed cell is added on its field.")

    def take_away(self) -> None:
        """Take the current cell away, where it was added by hand."""
        cell = self.gallery.current
        if cell is not None and not self.refuse_but_sorting(Act.EXAM_REVIEW):
            self.acts.take_away(cell)

    # what may be done

    def refuse(self, act: Act) -> bool:
        """Whether nothing can be changed any more, or the user may not do ``act``; says so."""
        words = self._closed() or ("" if self.shell.may(act, MODE) else self.shell.why_not(act))
        if words:
            self.shell.say(words)
        return bool(words)

    def _closed(self) -> str:
        """Why nothing can be changed any more; "" while something can."""
        if self.signed or self.bench is None:
            return SIGNED if self.signed else ""
        return CLOSED if self.bench.reader == SECOND and self.bench.sheet.second_done is not None else ""

    def refuse_but_sorting(self, act: Act) -> bool:
        """As ``refuse``, and to the second reader, who sorts cells and does nothing else."""
        if self.bench is None or self.bench.reader != SECOND or self.signed:
            return self.refuse(act)
        self.shell.say(BLIND)
        return True

    # panels, report

    def show_sheet(self) -> None:
        """What is written about the smear."""
        if self.bench is not None and not self.refuse_but_sorting(Act.EXAM_REVIEW):
            self.acts.show_sheet()

    def show_reference(self) -> None:
        self.acts.show_reference()

    def finish(self) -> None:
        """Sign, close the blind reading, or show the report of what is signed."""
        if self.bench is None or self.state is None:
            return
        if self.signed:
            self.show_report()
        elif self.files:
            told = many(self.files, "file is", "files are")
            self.shell.say(f"{told} still being taken in: wait, or stop with Esc.")
        elif self.bench.reader == SECOND:
            self._finish_second(self.state)
        elif self.state.hindrances:
            self.shell.say(self.state.hindrances[0])
        elif not self.refuse(Act.EXAM_SIGN):
            self.acts.ask_sign()

    def _finish_second(self, found: State) -> None:
        left = found.differential.unreviewed
        if found.waiting:
            self.shell.say(UNREAD)
        elif left:
            self.shell.say(many(left, "cell is not reviewed yet.", "cells are not reviewed yet."))
        else:
            self.change(lambda bench: bench.finish_second(), lambda _: self.shell.say("Your blind reading is closed."))

    def toggle_printed(self) -> None:
        """Put the chosen cells on the report's gallery page, or take them off it."""
        numbers = {cell.number for cell in self.gallery.chosen}
        if not numbers or self.refuse_but_sorting(Act.EXAM_REVIEW):
            return

        def act(bench: Bench) -> bool:
            before = set(bench.sheet.chosen)
            on = not numbers <= before
            bench.edit(chosen=tuple(sorted(before | numbers if on else before - numbers)))
            return on

        self.change(act, lambda on: self.shell.say("On the report's gallery page." if on else "Off the gallery page."))

    def show_report(self) -> None:
        """Make the report and show its pages."""
        from clinoscope.workflow import exams

        if self.state is not None:
            exam = self.state.exam
            self.run(exams.report, self.shell.open_vault, exam, done=lambda pdf: self._show_pdf(pdf, exam))

    def _show_pdf(self, pdf: bytes, exam: Exam) -> None:
        self.desk.show_cells()
        self._rooms.setCurrentWidget(self.report)
        self._show_keys()
        self.report.show_pdf(pdf, f"report-{exam.id[:8]}-v{exam.version}.pdf", "Report · Blood smear")

    def _leave_report(self) -> None:
        self._rooms.setCurrentWidget(self.desk)
        self._show_keys()
        self.gallery.setFocus()

    def _show_keys(self) -> None:
        """What ``?`` shows: the keys of what one looks at."""
        at_desk = self._rooms.currentWidget() is self.desk
        self.keys = (keys.ADDING if self.desk.adding else keys.KEYS) if at_desk else report_view.KEYS

    def to_patient(self) -> None:
        if self.patient is not None:
            self.shell.go("patient", patient_id=self.patient.id)

    def lighten(self, by: int) -> None:
        """Tiles brighter or darker."""
        self.gallery.show_light(min(max(self.gallery.light + by, -100), 100))

    def space(self) -> None:
        """Add the field in view, or go back from the field to the cells."""
        if self.desk.collecting:
            self.desk.collect.take()
        else:
            self.desk.toggle_close()

    def back(self) -> None:
        """One step back: the panel, the field, the microscope; from the cells themselves it stops reading."""
        if self.acts.close_panel() or self.desk.back():
            return
        if self.reader.going and self.desk.side.progress.toggle.isVisible():
            self.reader.stop()
        self.gallery.setFocus()

    # the two doors of the gallery into the vault

    def _crops(self, numbers: list[int]) -> dict[int, bytes]:
        return self.bench.crops(numbers) if self.bench is not None else {}

    def _field(self, number: int) -> Picture:
        assert self.bench is not None, "a field is looked at on an open bench only"
        return self.bench.field_picture(number)

    # drop, keys

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if drops.carries_picture(event.mimeData()) and not self.signed:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.intake.offer(event.mimeData())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._rooms.currentWidget() is not self.desk:
            if event.key() == Qt.Key.Key_Escape:
                self._leave_report()
        elif self.acts.panel is not None:
            # What is typed beside an open panel is not meant for the cells under it; Esc closes it wherever one is.
            self.back() if event.key() == Qt.Key.Key_Escape else super().keyPressEvent(event)
        elif self.desk.adding:
            # what is typed while a box is drawn sorts no cell behind it
            self.desk.add.press(event) or super().keyPressEvent(event)
        elif not keys.press(self, event):
            # Wherever the keyboard is on the bench, a letter sorts; while fields are taken nobody looks at the cells.
            super().keyPressEvent(event) if self.desk.collecting else self.desk.pass_on(event)
