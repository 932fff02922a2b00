"""Today: drafts to go on with, what was signed lately, and a word when clinicians agree less with a model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.ui import exam_words
from clinoscope.ui.dates import when
from clinoscope.ui.page import Page
from clinoscope.ui.pages.agreement_notice import AgreementNotice
from clinoscope.ui.pages.layout import heading, notice, page_column
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.thumbs import Thumbs
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.rows import Column, Row, RowList
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import backups, people

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.agreement import Drop

RECENT = 30
_ROW = 64
_COLUMNS = (Column("Patient", 320), Column("Exam", tone="ink"), Column("When", 136, right=True))

Found = tuple[list[tuple[Exam, Patient]], list[tuple[Exam, Patient]]]


class TodayPage(Page):
    """Enter opens a row: a draft where it stopped, a signed exam exactly as it was signed."""

    keys = (("Enter", "Open the exam"), ("Tab", "To the other list"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._thumbs = Thumbs(self)
        self.find_patient = PrimaryButton("Find a patient", icon="ph.magnifying-glass", tip="Find a patient (Ctrl+F)")
        self.find_patient.clicked.connect(lambda: shell.go("people", search=True))
        column = page_column(self)
        head, self._title = heading("Today", self.find_patient)
        column.addLayout(head)
        self.dropped = AgreementNotice(shell)
        column.addWidget(self.dropped)
        self.backup = label("", "body", "amber", wrap=True)
        self.backup.hide()
        column.addWidget(self.backup)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        column.addWidget(notice())
        self._drafts_title, self.drafts = label("To go on with", "heading"), self._list("Drafts")
        self._signed_title, self.signed = label("Signed lately", "heading"), self._list("Signed lately")
        lists = QWidget()
        inner = QVBoxLayout(lists)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self._drafts_title)
        inner.addWidget(self.drafts)
        inner.addSpacing(16)
        inner.addWidget(self._signed_title)
        inner.addWidget(self.signed, 1)
        inner.addStretch(0)
        self.empty = EmptyState(
            "ph.sun-horizon",
            "Nothing here yet",
            "Add a patient",
            "Exams that you begin or sign show up here.",
        )
        self.empty.button.clicked.connect(lambda: shell.go("people", add=True))
        self._stack.addWidget(lists)
        self._stack.addWidget(self.empty)
        shell.changed.connect(self._on_changed)

    def enter(self, **what: object) -> None:
        self._load()

    def _on_changed(self, kind: str) -> None:
        if self.isVisible() and kind in ("exams", "patients"):
            self._load()

    def _load(self) -> None:
        vault = self.shell.open_vault
        self.drafts.loading()
        self.signed.loading()

        def look() -> Found:
            return list(people.drafts(vault)), list(people.signed_lately(vault, RECENT))

        run_task(self, look, done=self._show)
        run_task(self, _drops, vault, done=self.dropped.show_drops)
        run_task(self, backups.warning, vault, done=self._show_backup)

    def _show(self, found: Found) -> None:
        drafts, signed = found
        self._stack.setCurrentIndex(0 if drafts or signed else 1)
        # With nothing here yet, adding a patient is the one thing to do next.
        may_add = self.shell.may(Act.PATIENT_WRITE)
        self.empty.button.setVisible(may_add)
        self.find_patient.set_kind("primary" if drafts or signed or not may_add else "quiet")
        for title, rows, pairs in (
            (self._drafts_title, self.drafts, drafts),
            (self._signed_title, self.signed, signed),
        ):
            title.setVisible(bool(pairs))
            rows.setVisible(bool(pairs))
            rows.show_rows([_row(exam, patient) for exam, patient in pairs])
            for exam, _patient in pairs:
                self._want(rows, exam)
        # Up to four drafts are shown whole; more of them scroll, so that the signed exams stay in sight.
        self.drafts.setFixedHeight(_ROW * min(len(drafts), 4) + 2)
        nothing = self.empty.button if may_add else self.find_patient
        self._take_keyboard(self.drafts if drafts else self.signed if signed else nothing)

    def _show_backup(self, warning: str) -> None:
        self.backup.setText(warning)
        self.backup.setVisible(bool(warning))

    def _take_keyboard(self, part: QWidget) -> None:
        """The keyboard goes to what there is to do, unless a person has it somewhere on this page already."""
        focus: QWidget | None = self.window().focusWidget()
        # A stack whose page had the keyboard gives it to the next page itself, where no key means anything.
        held = focus is not None and focus.isVisible() and focus.focusPolicy() != Qt.FocusPolicy.NoFocus
        if self.isVisible() and (focus is None or not held or not self.isAncestorOf(focus)):
            part.setFocus()

    def _want(self, rows: RowList, exam: Exam) -> None:
        def give(image: QImage) -> None:
            rows.change_row((exam.id, exam.version), image=image)

        self._thumbs.want(self.shell.open_vault, exam, give)

    def _list(self, name: str) -> RowList:
        rows = RowList(_COLUMNS, name, height=_ROW, pictures=True)
        rows.opened.connect(self._open)
        return rows

    def _open(self, row: Row) -> None:
        exam, patient = cast("tuple[Exam, Patient]", row.what)
        self.shell.set_context(patient)
        self.shell.go("exam", exam=exam)


def _drops(vault: Vault) -> tuple[Drop, ...]:
    from clinoscope.workflow import agreement

    return agreement.drops(vault)


def _row(exam: Exam, patient: Patient) -> Row:
    moment = exam.signature.at if exam.signature else exam.created_at
    draft = exam.state is ExamState.DRAFT
    parts: tuple[str, ...] = (exam_words.answer(exam), exam_words.read_by(exam))
    if draft:
        parts = (exam_words.step(exam),)
    elif exam.review is not None and not exam.review.agrees:  # what was signed comes before what was overruled
        parts = (exam_words.clinician(exam), f"read as {exam_words.answer(exam)}")
    said = " · ".join((exam_words.task_name(exam), *parts))
    return Row(
        key=(exam.id, exam.version),
        texts=(patient.name, said, when(moment, datetime.now(UTC))),
        below=patient.identifier,
        chip=exam_words.state_chip(exam),
        what=(exam, patient),
    )
