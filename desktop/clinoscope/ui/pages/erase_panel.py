"""The panel that erases a patient: what goes, what stays, why, the number typed, the password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.erasure import Erasure, Extent, Reason
from clinoscope.domain.errors import KnownError, WrongPassword
from clinoscope.domain.record import Patient
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import DangerButton
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import Field, all_ok, titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label, tell
from clinoscope.workflow import erasure

_GOES = "Name, number, birth date, note and consents go{what}. It cannot be undone."
_STAYS = "The log keeps that a patient was erased, when, by whom and why, and no name."


class ErasePanel(Panel):
    """``erased(Erasure)`` once it is done."""

    erased = Signal(object)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Erase patient", width=440)
        self._shell = shell
        self._patient: Patient | None = None
        self.who = label("", "body", weight="semibold", wrap=True)
        self.goes = label("", "body", wrap=True)
        self.reason = Combo("Why")
        for reason, words in erasure.REASONS:
            self.reason.addItem(words, reason.value)
        self.typed = Field("The patient's number", check=lambda text: "" if text.strip() else erasure.NOT_TYPED)
        self.password = Field("Your password", password=True, check=lambda text: "" if text else "Type your password.")
        self.problem = label("", "small", "danger", wrap=True)
        stays = label(f"{_STAYS} {erasure.BACKUPS}", "small", "secondary", wrap=True)
        why = titled("Why", self.reason)
        for part in (self.who, self.goes, stays, why, self.typed, self.password, self.problem):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.button = DangerButton("Erase for good")
        self.button.clicked.connect(self._try)
        self.cancel = self.end_with(self.button, "Keep the patient")
        self.password.submitted.connect(self._try)
        self._wait = Countdown(self.button, "The password is not right.", self.password.set_error)

    @property
    def busy(self) -> bool:
        """Whether somebody is being erased."""
        return not self.cancel.isEnabled()

    def open_for(self, patient: Patient, reason: Reason = Reason.REQUEST) -> None:
        """With what erasing ``patient`` would take."""
        self._patient = patient
        self.who.setText(f"{patient.name} · {patient.identifier}")
        self.goes.setText("")
        self.reason.setCurrentIndex(self.reason.findData(reason.value))
        self.typed.set_text("")
        self.password.set_text("")
        self._say("")
        run_task(self, erasure.extent, self._shell.open_vault, patient.id, done=self._show_extent)
        self.open_panel(self.reason)

    def close_panel(self) -> None:
        """Not while somebody is being erased."""
        if not self.busy:
            self.password.set_text("")
            super().close_panel()

    def _show_extent(self, found: Extent) -> None:
        self.goes.setText(extent_words(found))

    def _try(self) -> None:
        patient = self._patient
        if patient is None or self._wait.running or not self.button.isEnabled():
            return
        if not all_ok(self.typed, self.password):
            return
        reason = Reason(self.reason.currentData())
        wanted = (self._shell.open_vault, patient.id, reason, self.typed.text(), self.password.text())
        self.cancel.setEnabled(False)
        self._say("Erasing… This takes as long as writing the records anew.", "secondary")
        run_task(self, erasure.erase, *wanted, done=self._done, failed=self._failed, busy=self.button)

    def _done(self, made: Erasure) -> None:
        self.cancel.setEnabled(True)
        self._say("")
        self.close_panel()
        self.erased.emit(made)

    def _failed(self, error: KnownError) -> None:
        self.cancel.setEnabled(True)
        self._say("")
        if isinstance(error, WrongPassword):
            self._wait.start(error)
            self.password.edit.selectAll()
            self.password.setFocus()
        elif str(error) == erasure.NOT_TYPED:
            self.typed.set_error(str(error))
            self.typed.setFocus()
        else:
            self._say(str(error))

    def _say(self, words: str, tone: str = "danger") -> None:
        tell(self.problem, words, tone)


def extent_words(found: Extent) -> str:
    """What goes, in a sentence or three."""
    what = ", ".join(
        many(count, name, f"{name}s")
        for count, name in ((found.exams, "exam"), (found.pictures, "picture"), (found.labs, "lab value"))
        if count
    )
    words = _GOES.format(what=f", and {what}" if what else "")
    if found.signed:
        words += f" {found.signed} of the exams {'is' if found.signed == 1 else 'are'} signed."
    if found.shared:
        words += f" Pictures that are in another patient's exam, too, stay there: {found.shared}."
    return words
