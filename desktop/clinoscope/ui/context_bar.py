"""Who the work is about. Always visible once a patient is open."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.record import Patient, Sex
from clinoscope.ui import theme
from clinoscope.ui.dates import today
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import IconButton, LinkButton, PrimaryButton
from clinoscope.ui.widgets.text import ElidedLabel

HEIGHT = 56


def details(patient: Patient, on: date) -> str:
    """``F · 34 y · 2187-4``: what is known of sex, age and number."""
    age = patient.age(on)
    parts = (patient.sex.value, "" if age is None else f"{age} y", patient.identifier)
    return " · ".join(part for part in parts if part)


def spoken(patient: Patient, on: date) -> str:
    """The same for a screen reader."""
    sex = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other", Sex.UNKNOWN: "sex not known"}[patient.sex]
    age = patient.age(on)
    return f"{patient.name}, {sex}, {'age not known' if age is None else f'{age} years'}, {patient.identifier}"


class ContextBar(QWidget):
    """``Ada Okafor · F · 34 y · 2187-4   + New exam``."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._in_exam = False
        self.setObjectName("ContextBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._name = LinkButton("")
        self._name.setProperty("tone", "ink")
        self._name.setFont(theme.font("heading"))
        self._name.setToolTip("Open the patient")
        self._name.clicked.connect(self._open)
        self._details = ElidedLabel("", tone="secondary")
        self.new_exam = PrimaryButton("New exam", icon="ph.plus", tip="New exam (Ctrl+E)")
        self.new_exam.clicked.connect(self._new_exam)
        self._search = IconButton("ph.magnifying-glass", "Find a patient (Ctrl+F)")
        self._search.clicked.connect(lambda: shell.go("people", search=True))
        self._close = IconButton("ph.x", "Close the patient")
        self._close.clicked.connect(self._put_away)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(26, 0, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._details, 1)
        layout.addWidget(self.new_exam)
        layout.addWidget(self._search)
        layout.addWidget(self._close)
        self.hide()

    def show_patient(self, patient: Patient | None) -> None:
        if patient is None:
            self.hide()
            return
        now = today()
        self._name.setText(patient.name)
        self._details.setText(details(patient, now))
        self.setAccessibleName(spoken(patient, now))
        self.show()

    def show_place(self, place: str) -> None:
        """New exam is the thing to do on the patient's page only, and nothing to offer in the middle of an exam."""
        self._in_exam = place in ("exam", "smear")
        self.show_access()
        self.new_exam.set_kind("primary" if place == "patient" else "quiet")

    def show_access(self) -> None:
        """A new exam is offered to who may take one."""
        self.new_exam.setVisible(not self._in_exam and self._shell.may(Act.EXAM_TAKE))

    def _open(self) -> None:
        if self._shell.patient is not None:
            self._shell.go("patient", patient_id=self._shell.patient.id)

    def _new_exam(self) -> None:
        if self._shell.patient is not None:
            self._shell.go("exam", patient_id=self._shell.patient.id, mode=None)

    def _put_away(self) -> None:
        self._shell.set_context(None)
        self._shell.go("people")
