"""One patient: all exams on a time line that can be read from across the room."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Exam, ExamState, Merge, Patient
from clinoscope.ui.dates import in_words
from clinoscope.ui.page import Page
from clinoscope.ui.pages.consent_block import ConsentBlock
from clinoscope.ui.pages.lab_block import LabBlock
from clinoscope.ui.pages.lane import Lane
from clinoscope.ui.pages.layout import heading, notice, page_column
from clinoscope.ui.pages.merged_block import MergedBlock
from clinoscope.ui.pages.patient_panel import PatientPanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.thumbs import Thumbs
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import consent, labs, people
from clinoscope.workflow.consent import Standing

if TYPE_CHECKING:
    from clinoscope.domain.erasure import Erasure
    from clinoscope.ui.pages.erase_panel import ErasePanel

Found = tuple[Patient, tuple[Exam, ...], tuple[LabValue, ...], tuple[Merge, ...], Standing]


class PatientPage(Page):
    """Opening an exam shows exactly what was signed."""

    shows_patient = True
    keys = (
        ("Tab  ← →", "Through the exams"),
        ("Enter", "Open the exam"),
        ("T", "Tick the exam to compare it"),
        ("C", "Compare the two ticked, or the two newest"),
        ("Ctrl+E", "New exam"),
        ("Ctrl+B", "Add a lab value"),
        ("Ctrl+G", "Note a consent"),
        ("Ctrl+D", "Patient details"),
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._thumbs = Thumbs(self)
        self._patient_id = ""
        self._numbers: Mapping[str, str] = {}
        """Under which number the records stand that were merged into the patient's, by their ids."""
        self._latest = Latest(self)
        self.lanes: list[Lane] = []
        self.details = QuietButton("Patient details", icon="ph.identification-card", tip="Patient details (Ctrl+D)")
        self.details.clicked.connect(self._details)
        # Not the button's own shortcut: that one presses it for 100 ms, and the first letters would be lost.
        self.shortcut = QShortcut(QKeySequence("Ctrl+D"), self, self._details)
        column = page_column(self, widest=1600, bleed=8)
        self.merged = MergedBlock(self, shell)
        head, self._title = heading("Time line", self.merged.merge, self.details)
        head.setContentsMargins(8, 0, 8, 0)
        column.addLayout(head)
        self._facts = label("", "body", "secondary", wrap=True)
        self._facts.setContentsMargins(8, 0, 8, 0)
        column.addWidget(self._facts)
        column.addWidget(self.merged)
        self._stack = QStackedWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.empty = EmptyState("ph.clock-counter-clockwise", "No exams yet", "New exam")
        self.empty.button.clicked.connect(self._new_exam)
        self._waiting = QWidget()
        for part in (self._waiting, self._scroll, self.empty):
            self._stack.addWidget(part)
        self.labs = LabBlock(shell)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._stack, 1)
        self.consent = ConsentBlock(self, shell)
        self.consent.erase_wanted.connect(self._ask_erase)
        self._erase: ErasePanel | None = None
        beside = QVBoxLayout()
        beside.setSpacing(24)
        beside.addWidget(self.labs, 1)
        beside.addWidget(self.consent)
        row.addLayout(beside)
        column.addLayout(row, 1)
        foot = notice()
        foot.setContentsMargins(8, 0, 8, 0)
        column.addWidget(foot)
        shell.changed.connect(self._on_changed)

    @functools.cached_property
    def panel(self) -> PatientPanel:
        """Made when the details are first asked for: with the page it would hold the window up for too long."""
        made = PatientPanel(self, self.shell)
        made.saved.connect(self._saved)
        return made

    def enter(self, **what: object) -> None:
        patient_id = str(what["patient_id"])
        if patient_id != self._patient_id:
            self._stack.setCurrentWidget(self._waiting)
        self._patient_id = patient_id
        run_task(self, people.look_at, self.shell.open_vault, patient_id)
        self._load()

    def leave(self) -> None:
        self.hide_panels()
        self._latest.forget()  # what comes late would take the keyboard from the page that is up then

    def _load(self) -> None:
        vault, patient_id = self.shell.open_vault, self._patient_id

        def look() -> Found:
            values = labs.of_patient(vault, patient_id, voided=True)
            return (
                vault.patients.get(patient_id),
                people.exams_of(vault, patient_id),
                values,
                people.merges_of(vault, patient_id),
                consent.standing(vault, patient_id),
            )

        self._latest.run(look, done=self._show)

    def _show(self, found: Found) -> None:
        patient, exams, values, merges, standing = found
        self._patient_id = patient.id  # of a record that was merged, the kept one
        self.shell.set_context(patient)
        self._numbers = self.merged.show_for(patient, merges)
        self.labs.show_for(patient, values, self._numbers)
        self.consent.show_for(patient, standing)
        facts = [f"Born {in_words(patient.born)}" if patient.born else "", patient.note]
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        self._facts.setVisible(bool(self._facts.text()))
        shown = [exam for exam in reversed(exams) if exam.state is not ExamState.VOIDED]
        if not shown:
            self._stack.setCurrentWidget(self.empty)
            may_take = self.shell.may(Act.EXAM_TAKE)
            self.empty.button.setVisible(may_take)
            (self.empty.button if may_take else self.details).setFocus()
            return
        self._lay_out(shown)
        self._stack.setCurrentWidget(self._scroll)
        self.lanes[0].cards[-1].setFocus()

    def _lay_out(self, exams: list[Exam]) -> None:
        """One lane per task, the task seen last on top."""
        by_task: dict[str, list[Exam]] = {}
        for exam in exams:
            by_task.setdefault(exam.task, []).append(exam)
        content = QWidget()
        content.setObjectName("ScrollBody")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        ticked = frozenset().union(*(lane.ticks.ids() for lane in self.lanes))
        self.lanes = []
        for lane_exams in sorted(by_task.values(), key=lambda group: group[-1].created_at, reverse=True):
            lane = Lane(lane_exams, self._numbers)
            lane.opened.connect(self._open)
            lane.compared.connect(self._compare)
            lane.ticks.restore(ticked)
            self.lanes.append(lane)
            column.addWidget(lane)
            for exam in lane_exams:
                self._want(lane, exam)
        column.addStretch(1)
        self._scroll.setWidget(content)

    def _want(self, lane: Lane, exam: Exam) -> None:
        def give(image: QImage) -> None:
            if lane in self.lanes:
                lane.give_picture(exam, image)

        self._thumbs.want(self.shell.open_vault, exam, give)

    def _open(self, exam: Exam) -> None:
        self.shell.go("exam", exam=exam)

    def _compare(self, exams: tuple[Exam, Exam]) -> None:
        self.shell.go("compare", exams=exams)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_C and not event.modifiers():
            pair = self._pair_for_key()
            if pair is not None:
                self._compare(pair)
                return
        super().keyPressEvent(event)

    def _pair_for_key(self) -> tuple[Exam, Exam] | None:
        """Of the lane that has two ticks, else of the one that has the keyboard."""
        ticked = [lane for lane in self.lanes if len(lane.ticks.ids()) == 2]
        here = [lane for lane in self.lanes if any(card.hasFocus() for card in lane.cards)]
        chosen = ticked or here
        return chosen[0].ticks.pair() if chosen else None

    def _new_exam(self) -> None:
        self.shell.go("exam", patient_id=self._patient_id, mode=None)

    def _details(self) -> None:
        if self.shell.patient is not None:
            self.panel.open_for(self.shell.patient)

    def _ask_erase(self) -> None:
        if self.shell.patient is None:
            return
        if self._erase is None:  # few ever open it, and the page is not to wait for what it imports
            from clinoscope.ui.pages.erase_panel import ErasePanel

            self._erase = ErasePanel(self, self.shell)
            self._erase.erased.connect(self._erased)
        self._erase.open_for(self.shell.patient)

    def _erased(self, made: Erasure) -> None:
        from clinoscope.workflow import erasure

        self._patient_id = ""
        self.shell.set_context(None)
        self.shell.go("people")
        self.shell.say(erasure.done_words(made))

    def _saved(self, patient: Patient) -> None:
        self.shell.say("Saved.")
        self.shell.set_context(patient)

    def _on_changed(self, kind: str) -> None:
        if self._erase is not None and self._erase.busy:
            return  # there is nobody to show any more
        if self.isVisible() and kind in ("exams", "patients"):
            self._load()
        elif self.isVisible() and kind == "labs":
            self.labs.reload()
        elif self.isVisible() and kind == "consents":
            self.consent.reload()
