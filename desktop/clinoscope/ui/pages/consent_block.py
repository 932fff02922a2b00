"""What the patient agreed to, beneath the lab values: what counts, what was said before, noting an answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.consent import Consent, Consented, Purpose
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import in_words, parse_birth, today
from clinoscope.ui.pages.lab_block import WIDTH
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Task, run_task
from clinoscope.ui.widgets.buttons import LinkButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.fields import Field
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import consent
from clinoscope.workflow.consent import Standing

NAMES = {Purpose.CLINICAL: "Exam", Purpose.TRAINING: "Pictures for training"}
_SAID = {Consented.GIVEN: "Given", Consented.REFUSED: "Refused", Consented.NOT_ASKED: "Not asked"}


class ConsentForm(QWidget):
    """``noted`` once the answers that changed are in the vault; ``left`` when it is put away."""

    noted = Signal()
    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._patient: Patient | None = None
        self._found = Standing()
        options = tuple((said.value, words) for said, words in _SAID.items())
        self.choices = {purpose: Choice(name, options) for purpose, name in NAMES.items()}
        self.day = Field("Said on", check=_day_error, help_text=" ")
        self.day.edited.connect(self._echo)
        self.note = Field("Note", placeholder="Number of the paper form")
        self.save_button = QuietButton("Keep")
        self.cancel = QuietButton("Cancel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for purpose, name in NAMES.items():
            column.addWidget(label(name, "small", "secondary", weight="medium"))
            column.addWidget(self.choices[purpose])
        row, foot = QHBoxLayout(), QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.day, 2, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.note, 3, Qt.AlignmentFlag.AlignTop)
        foot.setSpacing(8)
        foot.addWidget(self.save_button)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        column.addLayout(row)
        column.addLayout(foot)
        for field in (self.day, self.note):
            field.submitted.connect(self.save)
        self.save_button.clicked.connect(self.save)
        self.cancel.clicked.connect(self.left)

    def open_for(self, patient: Patient, found: Standing) -> None:
        """With what counts now, said today."""
        self._patient, self._found = patient, found
        for purpose, choice in self.choices.items():
            choice.take(found.said(purpose).value)
        self.day.set_text(today().isoformat())
        self.note.set_text("")
        self._echo()
        self.show()
        self.choices[Purpose.CLINICAL].setFocus()

    def save(self) -> None:
        """Note every answer that is another one now."""
        patient, vault = self._patient, self._shell.open_vault
        if patient is None or not self.save_button.isEnabled() or not self.day.ok():
            return
        day, words = parse_birth(self.day.text(), today()) or today(), self.note.text()
        chosen = {purpose: Consented(choice.value()) for purpose, choice in self.choices.items()}
        changed = {purpose: said for purpose, said in chosen.items() if said is not self._found.said(purpose)}

        def note() -> None:
            for purpose, said in changed.items():
                consent.note(vault, patient, purpose, said, day, words)

        if changed:
            run_task(self, note, done=lambda _: self.noted.emit(), failed=self._refused, busy=self.save_button)
        else:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _refused(self, error: KnownError) -> None:
        if isinstance(error, NotAllowed):  # the day, against the clock and the birth date
            self.day.set_error(str(error))
            self.day.setFocus()
        else:
            self._shell.warn(str(error), "danger")

    def _echo(self) -> None:
        try:
            day = parse_birth(self.day.text(), today())
        except ValueError:
            day = None
        self.day.set_help(in_words(day) if day else " ")


class ConsentBlock(QWidget):
    """The consents of the patient given to ``show_for``; ``erase_wanted`` for who may erase patients."""

    erase_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._patient: Patient | None = None
        self._found = Standing()
        self._task: Task | None = None
        self._with_earlier = False
        self.setFixedWidth(WIDTH)
        self.change = QuietButton("Note", icon="ph.pencil-simple", tip="Note a consent (Ctrl+G)")
        self.change.setAccessibleName("Note a consent")
        self.change.clicked.connect(self._open_form)
        self.shortcut = QShortcut(QKeySequence("Ctrl+G"), self, self._open_form)
        head = QHBoxLayout()
        head.addWidget(label("Consent", "heading"), 1)
        head.addWidget(self.change)
        self.form = ConsentForm(shell)
        self.form.noted.connect(self._noted)
        self.form.left.connect(self._close_form)
        self.form.hide()
        self.lines = {purpose: label("", "small", wrap=True) for purpose in Purpose}
        self.earlier = label("", "small", "secondary", wrap=True)
        self.more = LinkButton("")
        self.more.clicked.connect(self._switch_earlier)
        self.erase = LinkButton("Erase this patient…")
        self.erase.clicked.connect(self.erase_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.form)
        for line in (*self.lines.values(), self.earlier):
            column.addWidget(line)
        for link in (self.more, self.erase):
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        for before, after in ((self.change, self.form), (self.form.cancel, self.more), (self.more, self.erase)):
            QWidget.setTabOrder(before, after)

    def show_for(self, patient: Patient, found: Standing) -> None:
        """What a patient agreed to; a form that is open for another patient is put away."""
        if self._patient is None or self._patient.id != patient.id:
            self.form.hide()
            self._with_earlier = False
        self._patient = patient
        self.change.setVisible(self._shell.may(Act.PATIENT_WRITE))
        self.erase.setVisible(self._shell.may(Act.PATIENT_ERASE))
        self._show(found)

    def reload(self) -> None:
        """Read them again."""
        vault, patient = self._shell.vault, self._patient
        if vault is None or patient is None:
            return
        if self._task is not None:
            self._task.cancel()
        self._task = run_task(self, consent.standing, vault, patient.id, done=self._show)

    def _show(self, found: Standing) -> None:
        self._task = None
        self._found = found
        for purpose, line in self.lines.items():
            line.setText(f"{NAMES[purpose]}: {words(found.of(purpose))}")
        count = len(found.earlier)
        self.more.setVisible(bool(count))
        self.more.setText("Hide earlier answers" if self._with_earlier else f"Show {count} earlier")
        told = [f"{NAMES[one.purpose]}: {words(one)}" for one in found.earlier]
        self.earlier.setText("\n".join(told))
        self.earlier.setVisible(self._with_earlier and bool(count))

    def _switch_earlier(self) -> None:
        self._with_earlier = not self._with_earlier
        self._show(self._found)

    def _open_form(self) -> None:
        if self._patient is not None and self._shell.may(Act.PATIENT_WRITE):
            self.form.open_for(self._patient, self._found)

    def _close_form(self) -> None:
        self.form.hide()
        self.change.setFocus()

    def _noted(self) -> None:
        self._close_form()
        self._shell.say("Noted.")


def words(found: Consent | None) -> str:
    """``given, 1 Mar 2026 (form 17), noted by Grace Mensah``; ``not asked yet`` where nothing was noted."""
    if found is None:
        return "not asked yet"
    note = f" ({found.note})" if found.note else ""
    return f"{_SAID[found.said].lower()}, {in_words(found.day)}{note}, noted by {found.by.name}"


def _day_error(text: str) -> str:
    try:
        return "" if parse_birth(text, today()) else "Type the day."
    except ValueError as error:
        return str(error)
