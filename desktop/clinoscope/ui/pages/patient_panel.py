"""The panel that adds a patient or changes what is known about one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient, Sex
from clinoscope.ui import theme
from clinoscope.ui.dates import in_words, parse_birth, today
from clinoscope.ui.pages.likely_block import LikelyBlock
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.fields import Field, all_ok, titled
from clinoscope.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.duplicates import Likely
    from clinoscope.workflow.numbers import Rule

_QUIET = 300
"""Milliseconds without a key before it is looked who is there already."""
ALL_THE_SAME = "Add all the same"
_SEXES = (("F", "Female"), ("M", "Male"), ("X", "Other"), ("", "Not known"))


class PatientPanel(Panel):
    """``saved(Patient)`` once it is in the vault; ``opened(Patient)`` when the one meant is there already."""

    saved = Signal(object)
    opened = Signal(object)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Add patient", width=440)
        self._shell = shell
        self._changing: Patient | None = None
        self._rule: Rule | None = None
        self._offered = ""
        self._seen: tuple[str, ...] | None = None
        """Who was shown as likely the same when somebody pressed the button; None before that."""
        self._latest = Latest(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_QUIET)
        self._later.timeout.connect(self._look)
        self.name = Field("Name", check=lambda text: "" if text.strip() else "Type the patient's name.")
        self.identifier = Field("Number", check=self._number_error)
        self.identifier.edit.editingFinished.connect(self._look_at_number)
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
            part.edited.connect(self._typed)
        self.sex.changed.connect(self._typed)
        self.likely = LikelyBlock()
        # In a turn of its own: the page that it leads to is made then, and the press is answered first.
        self.likely.opened.connect(self._open, Qt.ConnectionType.QueuedConnection)
        self.body.addWidget(titled("Sex", self.sex))
        self.body.addWidget(titled("Note", self.note))
        self.body.addStretch(1)
        self.below.addWidget(self.likely)
        self.button = PrimaryButton("Add patient")
        self.button.clicked.connect(self.save)
        self.end_with(self.button)

    def open_new(self, name: str = "") -> None:
        """Empty, with the next free number."""
        self._fill(None, "Add patient", Patient(id="", identifier="", name=name))
        run_task(self, _numbering, self._shell.open_vault, done=self._suggest)
        self.open_panel(self.name.edit)
        self._typed()

    def open_for(self, patient: Patient) -> None:
        """With what is known about ``patient``."""
        self._fill(patient, "Patient details", patient)
        self.button.setText("Save")
        self.button.setVisible(self._shell.may(Act.PATIENT_WRITE))
        run_task(self, _numbering, self._shell.open_vault, done=self._suggest)
        self.open_panel(self.name.edit)

    def close_panel(self) -> None:
        self._forget()
        super().close_panel()

    def save(self) -> None:
        """Check every field; store when all is right."""
        if not self.button.isEnabled():
            return
        if not all_ok(self.name, self.identifier, self.born):
            return
        vault, changing, seen, typed = self._shell.open_vault, self._changing, self._seen, self._typed_person()
        fields: dict[str, Any] = {
            "name": self.name.text().strip(),
            "identifier": self.identifier.text().strip(),
            "born": typed.born,
            "sex": typed.sex,
            "note": self.note.toPlainText().strip(),
        }

        def store() -> Patient | tuple[Likely, ...]:
            from clinoscope.workflow import duplicates, exams, people

            if changing is not None:
                return people.change(vault, replace(changing, **fields))
            found = duplicates.likely(vault, typed)
            ids = tuple(likely.patient.id for likely in found)
            if set(ids) - set(seen or ()):
                return found
            return exams.new_patient(vault, ids, **fields)

        self._forget()
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
        self._rule, self._offered, self._seen = None, "", None
        self.likely.show_found(())

    def _suggest(self, numbering: tuple[Rule, str, str]) -> None:
        self._rule, offered, example = numbering
        self.identifier.edit.setPlaceholderText(example)
        if self._changing is None and not self.identifier.text():
            self._offered = offered
            self.identifier.set_text(offered)

    def _number_error(self, text: str) -> str:
        """What keeps the number from being stored: a clinic that is strict, or nothing typed."""
        if not text.strip():
            return "Type the clinic's number for this patient."
        return self._about_number(text) if self._rule is not None and self._rule.strict else ""

    def _about_number(self, text: str) -> str:
        """What is wrong with a number that was typed; nothing with one that was there already."""
        if self._rule is None or (self._changing is not None and text.strip() == self._changing.identifier):
            return ""
        from clinoscope.workflow import numbers

        return numbers.wrong(self._rule, text)

    def _look_at_number(self) -> None:
        if self.identifier.text().strip():
            wrong = self._about_number(self.identifier.text())
            strict = self._rule is not None and self._rule.strict
            self.identifier.set_help("" if strict else wrong, "amber")
            self.identifier.set_error(wrong if strict else "")

    def _typed(self, _text: str = "") -> None:
        """Look who is there already, once the keys are quiet."""
        self._seen = None
        if self._changing is None:
            self.button.setText("Add patient")
            self._later.start()

    def _typed_person(self) -> Patient:
        try:
            born = parse_birth(self.born.text(), today())
        except ValueError:
            born = None
        number = self.identifier.text().strip()
        return Patient(
            id="",
            identifier="" if number == self._offered else number,
            name=self.name.text(),
            born=born,
            sex=Sex(self.sex.value()),
        )

    def _look(self) -> None:
        from clinoscope.workflow import duplicates

        self._forget()
        if not self.isVisible():
            return
        vault, typed = self._shell.open_vault, self._typed_person()
        self._latest.run(duplicates.likely, vault, typed, done=self.likely.show_found)

    def _forget(self) -> None:
        self._later.stop()
        self._latest.forget()

    def _open(self, patient: Patient) -> None:
        self.close_panel()
        self.opened.emit(patient)

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

    def _stored(self, stored: Patient | tuple[Likely, ...]) -> None:
        if isinstance(stored, tuple):  # somebody is likely there already: one more press adds all the same
            self.likely.show_found(stored)
            self._seen = tuple(likely.patient.id for likely in stored)
            self.button.setText(ALL_THE_SAME)
            self.button.setFocus()
            return
        self.close_panel()
        self.saved.emit(stored)

    def _refused(self, error: KnownError) -> None:
        if isinstance(error, NotAllowed):  # the number is taken
            self.identifier.set_error(str(error))
            self.identifier.setFocus()
        else:
            self._shell.warn(str(error), "danger")


def _numbering(vault: Vault) -> tuple[Rule, str, str]:
    """How patients are numbered, the number that is offered, and what one looks like."""
    from clinoscope.workflow import numbers

    held = numbers.rule(vault)
    return held, numbers.suggested(vault), numbers.example(held) if held.mask else ""


def _birth_error(text: str) -> str:
    try:
        parse_birth(text, today())
    except ValueError as error:
        return str(error)
    return ""
