"""The few fields that add a lab value, in the page and not over it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import parse_time
from clinoscope.ui.day_field import DayField
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.workflow import labs


class LabForm(QWidget):
    """``added(LabValue)`` once it is in the vault; ``left`` when it is put away. Enter adds, Esc puts away."""

    added = Signal(object)
    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._patient: Patient | None = None
        self.kind = Combo("Kind")
        self.kind.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for entry in labs.kinds():
            self.kind.addItem(entry.name, entry.id)
        self.value = Field("Value", help_text=" ", check=self._value_error)
        self.unit = Combo("Unit")
        self.unit.setFixedWidth(104)
        self.day = DayField("Drawn on", "Type the day the blood was drawn.")
        self.time = Field("At", placeholder="14:30", check=_time_error, help_text=" ")
        self.add = QuietButton("Add value")
        self.cancel = QuietButton("Cancel")
        first, second, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.kind, 1)
        first.addWidget(self.unit)
        second.addWidget(self.day, 3)
        second.addWidget(self.time, 2)
        foot.addWidget(self.add)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for row in (first, second, foot):
            row.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self.value)  # in the order of the eye: Tab follows it
        column.addLayout(second)
        column.addLayout(foot)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.unit.currentIndexChanged.connect(self._echo)
        self.value.edited.connect(self._echo)
        for field in (self.value, self.day, self.time):
            field.submitted.connect(self.save)
        self.add.clicked.connect(self.save)
        self.cancel.clicked.connect(self.left)
        self._kind_chosen()

    def open_for(self, patient: Patient) -> None:
        """Empty, drawn today."""
        self._patient = patient
        self.value.set_text("")
        self.time.set_text("")
        self.day.show_today()
        self._echo()
        self.show()
        self.value.setFocus()

    def save(self) -> None:
        """Check every field; store when all is right."""
        patient, vault = self._patient, self._shell.open_vault
        if patient is None or not self.add.isEnabled():
            return
        if not all_ok(self.value, self.day, self.time):
            return
        chosen = (self.kind.currentData(), self.value.text(), self.unit.currentText())
        drawn = (self.day.day(), parse_time(self.time.text()))
        run_task(
            self, labs.add, vault, patient, *chosen, *drawn, done=self.added.emit, failed=self._refused, busy=self.add
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _refused(self, error: KnownError) -> None:
        self.day.refuse(error, self._shell)

    def _kind_chosen(self) -> None:
        self.unit.clear()
        for unit in labs.kind(self.kind.currentData()).units:
            self.unit.addItem(unit.name)
        self._echo()

    def _echo(self) -> None:
        """Say what was understood: the value in the kind's own unit, or that it is a rare one."""
        self.value.set_error("")
        self.value.set_help(" ")
        if not self.value.text().strip():
            return
        kind = labs.kind(self.kind.currentData())
        try:
            typed = labs.parse(kind.id, self.value.text(), self.unit.currentText())
        except NotAllowed:
            return  # half typed; it is looked at again when it is added
        if typed.caution:
            self.value.set_help(typed.caution, "amber")
        elif typed.given_unit != kind.unit:
            self.value.set_help(f"= {typed.value:.{kind.decimals}f} {kind.unit}")

    def _value_error(self, text: str) -> str:
        try:
            labs.parse(self.kind.currentData(), text, self.unit.currentText())
        except NotAllowed as error:
            return str(error)
        return ""


def _time_error(text: str) -> str:
    try:
        parse_time(text)
    except ValueError as error:
        return str(error)
    return ""
