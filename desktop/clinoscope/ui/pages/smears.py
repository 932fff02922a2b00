"""Smears: what is on the bench, what was signed lately."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.ui import exam_words
from clinoscope.ui.dates import when
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, notice, page_column
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.thumbs import Thumbs
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.rows import Column, Header, Row, RowList
from clinoscope.workflow import people
from clinoscope.workflow.smear.tables import MODE

SHOWN = 100
_COLUMNS = (Column("Patient", 320), Column("Smear", tone="ink"), Column("When", 136, right=True))
BELONGS = "A smear belongs to a patient."
ASK = "Open a patient, then choose New exam and Differential count."


class SmearsPage(Page):
    """Enter opens a smear: a draft on the bench, a signed one exactly as it was signed."""

    keys = (("↑ ↓", "Through the list"), ("Enter", "Open the smear"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._thumbs = Thumbs(self)
        self.new = PrimaryButton("New smear", icon="ph.plus", tip="A smear of the open patient")
        self.new.clicked.connect(self._new)
        column = page_column(self)
        head, _title = heading("Smears", self.new)
        column.addLayout(head)
        self.rows = RowList(_COLUMNS, "Smears", height=64, pictures=True)
        self.rows.opened.connect(self._open)
        table = QWidget()
        inner = QVBoxLayout(table)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(Header(self.rows))
        inner.addWidget(self.rows, 1)
        self.empty = EmptyState("ph.circles-three", "No smears yet", "Find a patient", f"{BELONGS} {ASK}")
        self.empty.button.clicked.connect(self._new)
        self._stack = QStackedWidget()
        self._stack.addWidget(table)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)
        column.addWidget(notice())
        shell.changed.connect(self._on_changed)
        shell.context_changed.connect(self._offer)

    def enter(self, **what: object) -> None:
        self.rows.setFocus()
        self._load()

    def _on_changed(self, kind: str) -> None:
        if self.isVisible() and kind in ("exams", "patients"):
            self._load()

    def _load(self) -> None:
        self.rows.loading()
        run_task(self, people.smears, self.shell.open_vault, SHOWN, done=self._show)

    def _show(self, found: tuple[tuple[Exam, Patient], ...]) -> None:
        shown = list(found)
        self.rows.show_rows([_row(exam, patient) for exam, patient in shown], select_first=True)
        self._stack.setCurrentIndex(0 if shown else 1)
        may = self.shell.may(Act.EXAM_TAKE, MODE)
        self.new.setVisible(bool(shown) and may)
        self.empty.button.setVisible(may)
        self._offer()
        if not shown:
            self.empty.button.setFocus()
        for exam, _patient in shown:
            self._want(exam)

    def _offer(self) -> None:
        """What the button of the empty page does: it begins a smear of the open patient, or has one looked for."""
        here = self.shell.patient is not None
        ask = not here and self.shell.may(Act.EXAM_TAKE, MODE)
        self.empty.show_detail(f"{BELONGS} {ASK}" if ask else BELONGS)
        self.empty.button.setText("New smear" if here else "Find a patient")

    def _want(self, exam: Exam) -> None:
        def give(image: QImage) -> None:
            self.rows.change_row((exam.id, exam.version), image=image)

        self._thumbs.want(self.shell.open_vault, exam, give)

    def _open(self, row: Row) -> None:
        exam, patient = cast("tuple[Exam, Patient]", row.what)
        self.shell.set_context(patient)
        self.shell.go("smear", exam=exam)

    def _new(self) -> None:
        if self.shell.patient is not None:
            self.shell.go("smear", patient_id=self.shell.patient.id)
            return
        self.shell.go("people", search=True)
        self.shell.say(ASK)


def _row(exam: Exam, patient: Patient) -> Row:
    moment = exam.signature.at if exam.signature else exam.created_at
    said = exam_words.step(exam) if exam.state is ExamState.DRAFT else exam_words.answer(exam)
    return Row(
        key=(exam.id, exam.version),
        texts=(patient.name, said, when(moment, datetime.now(UTC))),
        below=patient.identifier,
        chip=exam_words.state_chip(exam),
        what=(exam, patient),
    )
