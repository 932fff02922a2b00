"""What the patient agreed to, beneath the lab values: what counts, what was said before, noting an answer."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.consent import Purpose
from clinoscope.domain.record import Patient
from clinoscope.ui.consent_panel import NAMES, ConsentPanel, words
from clinoscope.ui.pages.lab_block import WIDTH
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest
from clinoscope.ui.widgets.buttons import LinkButton, QuietButton
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import consent
from clinoscope.workflow.consent import Standing


class ConsentBlock(QWidget):
    """The consents of the patient given to ``show_for``; ``host`` is the page over which the panel slides in.

    ``erase_wanted`` for who may erase patients.
    """

    erase_wanted = Signal()

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__()
        self._host, self._shell = host, shell
        self._patient: Patient | None = None
        self._found = Standing()
        self._latest = Latest(self)
        self.setFixedWidth(WIDTH)
        self.change = QuietButton("Note a consent…", icon="ph.pencil-simple", tip="Note a consent (Ctrl+G)")
        self.change.clicked.connect(self._open_panel)
        self.shortcut = QShortcut(QKeySequence("Ctrl+G"), self, self._open_panel)
        head = QHBoxLayout()
        head.addWidget(label("Consent", "heading"), 1)
        head.addWidget(self.change)
        self.lines = {purpose: label("", "small", wrap=True) for purpose in Purpose}
        self.erase = LinkButton("Erase this patient…")
        self.erase.clicked.connect(self.erase_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(head)
        for line in self.lines.values():
            column.addWidget(line)
        column.addWidget(self.erase, 0, Qt.AlignmentFlag.AlignLeft)

    @functools.cached_property
    def panel(self) -> ConsentPanel:
        """Made when a consent is first noted: with the page it would hold the window up for too long."""
        return ConsentPanel(self._host, self._shell)

    def show_for(self, patient: Patient, found: Standing) -> None:
        """What a patient agreed to."""
        self._patient = patient
        self.change.setVisible(self._shell.may(Act.PATIENT_WRITE))
        self.erase.setVisible(self._shell.may(Act.PATIENT_ERASE))
        self._show(found)

    def reload(self) -> None:
        """Read them again."""
        vault, patient = self._shell.vault, self._patient
        if vault is not None and patient is not None:
            self._latest.run(consent.standing, vault, patient.id, done=self._show)

    def _show(self, found: Standing) -> None:
        self._found = found
        for purpose, line in self.lines.items():
            line.setText(f"{NAMES[purpose]}: {words(found.of(purpose))}")

    def _open_panel(self) -> None:
        if self._patient is not None and self._shell.may(Act.PATIENT_WRITE):
            self.panel.show_for(self._patient, self._found)
            self.panel.open_panel(self.panel.first)
