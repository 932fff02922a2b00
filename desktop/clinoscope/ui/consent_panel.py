"""Noting what a patient agreed to, from the right: over the patient's page, and before an exam is begun."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinoscope.domain.consent import Consent, Consented, Purpose
from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import in_words
from clinoscope.ui.day_field import DayField
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.fields import Field, all_ok, titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import consent
from clinoscope.workflow.consent import Standing

NAMES = {Purpose.CLINICAL: "Exam", Purpose.TRAINING: "Pictures for training"}
_ALONE = "A note goes with an answer, and no answer has changed."
_SAID = {Consented.GIVEN: "Given", Consented.REFUSED: "Refused", Consented.NOT_ASKED: "Not asked"}


class ConsentPanel(Panel):
    """``noted`` once the answers that changed are in the vault. What was said before stands beneath."""

    noted = Signal()

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Consent", width=400)
        self._shell = shell
        self._patient: Patient | None = None
        self._found = Standing()
        options = tuple((said.value, words) for said, words in _SAID.items())
        self.choices = {purpose: Choice(name, options) for purpose, name in NAMES.items()}
        for purpose, name in NAMES.items():
            self.body.addWidget(titled(name, self.choices[purpose]))
        self.day = DayField("Said on", "Type the day.")
        self.note = Field("Note", placeholder="Number of the paper form")
        self.earlier = label("", "small", "secondary", wrap=True)
        for part in (self.day, self.note, self.earlier):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.button = PrimaryButton("Save")
        self.end_with(self.button)
        for field in (self.day, self.note):
            field.submitted.connect(self.save)
        self.button.clicked.connect(self.save)

    @property
    def first(self) -> QWidget:
        """What gets the keyboard as it opens."""
        return self.choices[Purpose.CLINICAL]

    def show_for(self, patient: Patient, found: Standing) -> None:
        """What counts now, said today."""
        self._patient, self._found = patient, found
        for purpose, choice in self.choices.items():
            choice.take(found.said(purpose).value)
        self.day.show_today()
        self.note.set_text("")
        told = [f"{NAMES[one.purpose]}: {words(one)}" for one in found.earlier]
        self.earlier.setText("\n".join(["Said before", *told]))
        self.earlier.setVisible(bool(told))

    def save(self) -> None:
        """Note every answer that is another one now."""
        patient, vault = self._patient, self._shell.open_vault
        if patient is None or not self.button.isEnabled() or not all_ok(self.day):
            return
        day, note_text = self.day.day(), self.note.text()
        chosen = {purpose: Consented(choice.value()) for purpose, choice in self.choices.items()}
        changed = {purpose: said for purpose, said in chosen.items() if said is not self._found.said(purpose)}

        def note() -> None:
            for purpose, said in changed.items():
                consent.note(vault, patient, purpose, said, day, note_text)

        if changed:
            run_task(self, note, done=self._kept, failed=self._refused, busy=self.button)
        elif note_text.strip():
            self.note.set_error(_ALONE)  # not to be lost without a word
            self.note.setFocus()
        else:
            self.close_panel()

    def _kept(self, _: object) -> None:
        self.close_panel()
        self._shell.say("Noted.")
        self.noted.emit()

    def _refused(self, error: KnownError) -> None:
        self.day.refuse(error, self._shell)


def words(found: Consent | None) -> str:
    """``given, 1 Mar 2026 (form 17), noted by Grace Mensah``; ``not asked yet`` where nothing was noted."""
    if found is None:
        return "not asked yet"
    note = f" ({found.note})" if found.note else ""
    return f"{_SAID[found.said].lower()}, {in_words(found.day)}{note}, noted by {found.by.name}"
