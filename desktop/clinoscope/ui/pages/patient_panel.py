"""The panel that adds a patient or changes what is known about one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient, Sex
from clinoscope.ui import theme
from clinoscope.ui.dates import in_words, parse_birth, today
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.fields import Field
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label

_SEXES = (("F", "Female"), ("M", "Male"), ("X", "Other"), ("", "Not known"))


class PatientPanel(Panel):
    """``saved(Patient)`` once it is in the vault."""

    saved = Signal(object)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Add patient", width=440)
        self._shell = shell
        self._changing: Patient | None = None
        self.name = Field("Name", check=lambda text: "" if text.strip() else "Type the patient's name.")
        self.identifier = Field(
            "Number",
            check=lambda text: "" if text.strip() else "Type the clinic's number for this patient.",
        )
        self.born = Field("Born", placeholder="1990-05-17", check=_birth_error, help_text=" ")
        self.born.edited.connect(self._echo_birth)
        self.sex = Choice("Sex", _SEXES)
        self.note = QPlainTextEdit()
        self.note.setFont(theme.font())
        self.note.setFixedHeight(88)
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName("Note")
        for part in (self.name, self.identifier, self.born):
            self.body.addWidget(part)
            part.submitted.connect(self.save)
        self.body.addLayout(_titled("Sex", self.sex))
        self.body.addLayout(_titled("Note", self.note))
        self.body.addStretch(1)
        self.button = PrimaryButton("Add patient")
        self.button.clicked.connect(self.save)
        cancel = QuietButton("Cancel")
        cancel.clicked.connect(self.close_panel)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(self.button)

    def open_new(self, name: str = "") -> None:
        """Empty, with the next free number."""
        self._fill(None, "Add patient", Patient(id="", identifier="", name=name))
        run_task(self, self._shell.open_vault.patients.suggest_identifier, done=self._suggest)
        self.open_panel(self.name.edit)

    def open_for(self, patient: Patient) -> None:
        """With what is known about ``patient``."""
        self._fill(patient, "Patient details", patient)
        self.button.setText("Save")
        self.button.setVisible(self._shell.may(Act.PATIENT_WRITE))
        self.open_panel(self.name.edit)

    def save(self) -> None:
        """Check every field; store when all is right."""
        if not self.button.isEnabled():
            return
        if not all([self.name.ok(), self.identifier.ok(), self.born.ok()]):
            return
        vault = self._shell.open_vault
        fields: dict[str, Any] = {
            "name": self.name.text().strip(),
            "identifier": self.identifier.text().strip(),
            "born": parse_birth(self.born.text(), today()),
            "sex": Sex(self.sex.value()),
            "note": self.note.toPlainText().strip(),
        }

        def store() -> Patient:
            from clinoscope.workflow import exams, people

            if self._changing is None:
                return exams.new_patient(vault, **fields)
            return people.change(vault, replace(self._changing, **fields))

        run_task(self, store, done=self._stored, failed=self._refused, busy=self.button)

    def _fill(self, changing: Patient | None, title: str, patient: Patient) -> None:
        self._changing = changing
        self.title.setText(title)
        self.button.setText("Add patient" if changing is None else "Save")
        self.name.set_text(patient.name)
        self.identifier.set_text(patient.identifier)
        self.born.set_text(patient.born.isoformat() if patient.born else "")
        self._echo_birth(self.born.text())
        self.sex.take(patient.sex.value)
        self.note.setPlainText(patient.note)

    def _suggest(self, number: str) -> None:
        if not self.identifier.text():
            self.identifier.set_text(number)

    def _echo_birth(self, text: str) -> None:
        """Say what was understood, so that 5/6 is never taken for the wrong month."""
        now = today()
        try:
            born = parse_birth(text, now)
        except ValueError:
            born = None
        if born is None:
            self.born.set_help(" ")
            return
        age = Patient(id="", identifier="", name="", born=born).age(now)
        self.born.set_help(f"{in_words(born)} · {age} years old")

    def _stored(self, patient: Patient) -> None:
        self.close_panel()
        self.saved.emit(patient)

    def _refused(self, error: KnownError) -> None:
        if isinstance(error, NotAllowed):  # the number is taken
            self.identifier.set_error(str(error))
            self.identifier.setFocus()
        else:
            self._shell.warn(str(error), "danger")


def _birth_error(text: str) -> str:
    try:
        parse_birth(text, today())
    except ValueError as error:
        return str(error)
    return ""


def _titled(name: str, part: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(label(name, "small", "secondary", weight="medium"))
    column.addWidget(part)
    return column
