"""People: find as you type, open, add."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import today, when
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, page_column
from clinoscope.ui.pages.patient_panel import PatientPanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.fields import SearchField
from clinoscope.ui.widgets.found import Found
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.rows import Column, Header, Row, RowList
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import people

if TYPE_CHECKING:
    from clinoscope.ui.pages.import_panel import ImportPanel

SHOWN = 50
_QUIET = 150
"""Milliseconds without a key before the last exams are looked up."""
_COLUMNS = (
    Column("Name"),
    Column("Sex", 48),
    Column("Age", 56, right=True),
    Column("Number", 140),
    Column("Last exam", 150, right=True),
)


_NEWEST = f"The {SHOWN} that were added or changed last. Type a name, number or birth date to find anybody else."
_NARROWER = f"The first {SHOWN}. Type more to find anybody else."


class PeoplePage(Page):
    """The search field has the keyboard; the arrow keys move through the list beneath without leaving it."""

    keys = (("↑ ↓", "Through the list"), ("Enter", "Open the patient"), ("Esc", "Clear the search"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._latest = Latest(self)
        self.answered = 0
        """How many searches have been shown so far."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_QUIET)
        self._later.timeout.connect(self._look_for_exams)
        self.search = SearchField("Name, number or birth date")
        self.search.setFixedHeight(44)
        self.add = PrimaryButton("Add patient", icon="ph.plus", tip="Add a patient (Ctrl+N)")
        self.add.clicked.connect(self._add)
        column = page_column(self)
        self.take_in = QuietButton("Import…", icon="ph.table", tip="Import a list of patients from a file")
        self.take_in.clicked.connect(self._import)
        head, _title = heading("People", self.take_in, self.add)
        column.addLayout(head)
        column.addWidget(self.search)
        self.rows = RowList(_COLUMNS, "Patients")
        self.rows.opened.connect(self._open)
        self.search.wanted.connect(self._look)
        self._found = Found(self.search, self.rows)
        table = QWidget()
        inner = QVBoxLayout(table)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(Header(self.rows))
        inner.addWidget(self.rows, 1)
        self.more = label("", "small", "secondary", wrap=True)
        inner.addWidget(self.more)
        self.nobody = EmptyState("ph.users", "No patients yet", "Add the first patient")
        self.nobody.button.clicked.connect(self._add)
        self.not_found = EmptyState("ph.magnifying-glass", "Nobody found", "Add as a new patient")
        self.not_found.button.clicked.connect(self._add)
        self._stack = QStackedWidget()
        for part in (table, self.nobody, self.not_found):
            self._stack.addWidget(part)
        column.addWidget(self._stack, 1)
        self.panel = PatientPanel(self, shell)
        self.panel.saved.connect(self._saved)
        self.panel.opened.connect(self._go)
        self.import_panel: ImportPanel | None = None
        shell.changed.connect(self._on_changed)

    def enter(self, **what: object) -> None:
        self.search.setFocus()
        self.search.selectAll()
        self._look(self.search.text().strip())
        if what.get("add"):
            self._add()

    def leave(self) -> None:
        self._later.stop()
        self.hide_panels()

    def _offer_adding(self) -> None:
        """Only to who may add patients."""
        may = self.shell.may(Act.PATIENT_WRITE)
        for button in (self.add, self.nobody.button, self.not_found.button):
            button.setVisible(may)
        self.take_in.setVisible(self.shell.may(Act.PATIENT_IMPORT))

    def _import(self) -> None:
        if self.import_panel is None:
            from clinoscope.ui.pages.import_panel import ImportPanel

            self.import_panel = ImportPanel(self, self.shell)
        self.import_panel.open_empty()

    def _add(self) -> None:
        if not self.shell.may(Act.PATIENT_WRITE):
            self.shell.warn(self.shell.why_not(Act.PATIENT_WRITE))
            return
        typed = self.search.text().strip()
        self.panel.open_new(name=typed if not any(sign.isdigit() for sign in typed) else "")

    def _saved(self, patient: Patient) -> None:
        self.search.clear()
        self.shell.say("Patient added.")
        self._go(patient)

    def _on_changed(self, kind: str) -> None:
        if self.isVisible() and kind in ("patients", "exams"):
            self._look(self.search.text().strip())

    def _look(self, text: str) -> None:
        self._later.stop()
        vault = self.shell.open_vault
        self.rows.loading()
        self._latest.run(people.search, vault, text, SHOWN, done=lambda found: self._show(text, found))

    def _show(self, text: str, patients: tuple[Patient, ...]) -> None:
        self.answered += 1
        now = today()
        self._stack.setCurrentIndex(0 if patients else 2 if text else 1)
        self.add.set_kind("primary" if patients else "quiet")  # else the button in the middle is the one
        self._offer_adding()
        self.more.setText(_NARROWER if text else _NEWEST)
        self.more.setVisible(len(patients) == SHOWN)
        if patients:
            self._later.start()
        self._found.show(text, [_row(patient, now) for patient in patients])

    def _look_for_exams(self) -> None:
        """When each was last seen, once the keys are quiet."""
        patients = tuple(str(row.key) for row in self.rows.rows())
        self._latest.run(people.last_seen, self.shell.open_vault, patients, done=self._show_last)

    def _show_last(self, last: dict[str, datetime]) -> None:
        now = datetime.now(UTC)
        for row in self.rows.rows():
            if str(row.key) in last:
                moment = when(last[str(row.key)], now)
                self.rows.change_row(row.key, texts=(*row.texts[:4], moment))

    def _open(self, row: Row) -> None:
        assert isinstance(row.what, Patient)
        self._go(row.what)

    def _go(self, patient: Patient) -> None:
        self.shell.set_context(patient)
        self.shell.go("patient", patient_id=patient.id)


def _row(patient: Patient, now: date) -> Row:
    age = patient.age(now)
    return Row(
        key=patient.id,
        texts=(patient.name, patient.sex.value, "" if age is None else f"{age} y", patient.identifier, ""),
        what=patient,
    )
