"""Who is past the clinic's rule: each is looked at by a person, who keeps them for a reason or erases them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.erasure import Erasure, Reason
from clinoscope.domain.errors import KnownError
from clinoscope.ui.dates import in_words
from clinoscope.ui.pages.erase_panel import ErasePanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import DangerButton, LinkButton, QuietButton
from clinoscope.ui.widgets.fields import Field
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import hairline, label
from clinoscope.workflow import erasure, retention
from clinoscope.workflow.retention import Due

_STAYS = "Kept, for the reason that you gave. It is in the log."
_NO_MORE = "No longer kept: the clinic's rule holds again. It is in the log."
SHOWN = 50
"""So many at once: each is to be looked at, and the rest come when the list is opened again."""


class DueRow(QWidget):
    """One patient, with what can be done."""

    def __init__(self, panel: RetentionPanel, due: Due) -> None:
        super().__init__()
        self._panel, self.due = panel, due
        patient = due.patient
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(f"{patient.name} · {patient.identifier}", "body", weight="semibold", wrap=True))
        times = f"Last here {in_words(due.last)}, kept until {in_words(due.until)}"
        column.addWidget(label(times, "small", "secondary", wrap=True))
        self.kept = label(f"Kept, because: {due.kept}" if due.kept else "", "small", "amber", wrap=True)
        column.addWidget(self.kept)
        self.kept.setVisible(bool(due.kept))
        self.reason = Field("Keep, because")
        self.reason.submitted.connect(self._keep)
        self.reason.hide()
        column.addWidget(self.reason)
        look = LinkButton("Open")
        look.clicked.connect(lambda: panel.look_at(due))
        self.keep = QuietButton("Keep no more" if due.kept else "Keep…")
        self.keep.clicked.connect(self._keep_no_more if due.kept else self._ask)
        self.erase = DangerButton("Erase…")
        self.erase.clicked.connect(lambda: panel.ask_erase(due))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.erase, self.keep, look):
            button.setAccessibleName(f"{button.text()} {patient.name}")
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.erase.setVisible(not due.kept)
        column.addWidget(hairline())

    def _ask(self) -> None:
        if self.reason.isVisible():
            self._keep()
            return
        self.reason.show()
        self.keep.setText("Keep")
        self.keep.setAccessibleName(f"Keep {self.due.patient.name}")
        self.reason.setFocus()

    def _keep(self) -> None:
        self._panel.run(self, retention.keep, _STAYS, self.due.patient.id, self.reason.text())

    def _keep_no_more(self) -> None:
        self._panel.run(self, retention.keep_no_more, _NO_MORE, self.due.patient.id)

    def refuse(self, error: KnownError) -> None:
        """Say what is missing, or what went wrong."""
        if self.reason.isHidden():
            self._panel.warn(error)
            return
        self.reason.set_error(str(error))
        self.reason.setFocus()


class RetentionPanel(Panel):
    """Made anew each time with who is past the rule then."""

    def __init__(self, host: QWidget, shell: Shell, due: tuple[Due, ...]) -> None:
        super().__init__(host, "Past the clinic's rule", width=440)
        self._shell = shell
        self.rows = [DueRow(self, one) for one in sorted(due, key=lambda one: bool(one.kept))[:SHOWN]]
        for row in self.rows:
            self.body.addWidget(row)
        more = len(due) - len(self.rows)
        if more:
            self.body.addWidget(label(f"{more} more when these are done.", "small", "secondary", wrap=True))
        self.done = label("All of these are done.", "body", "secondary", wrap=True)
        self.body.addWidget(self.done)
        self.done.hide()
        self.body.addStretch(1)
        self.erase = ErasePanel(host, shell)
        self.erase.erased.connect(self._erased)

    def look_at(self, due: Due) -> None:
        """Open the patient's page."""
        self.close_panel()
        self._shell.go("patient", patient_id=due.patient.id)

    def ask_erase(self, due: Due) -> None:
        """The number and the password are asked for, for each patient."""
        self.erase.open_for(due.patient, Reason.RETENTION)

    def run(self, row: DueRow, use_case: Callable[..., object], words: str, *args: str) -> None:
        """Do it and say so in ``words``; the list is made anew when it is opened next."""
        vault = self._shell.open_vault
        run_task(self, use_case, vault, *args, done=lambda _: self._done(row, words), failed=row.refuse)

    def warn(self, error: KnownError) -> None:
        """Say it above the page: there is no field that it is about."""
        self._shell.warn(str(error), "danger")

    def _erased(self, made: Erasure) -> None:
        for row in self.rows:
            if row.due.patient.id == made.patient_id:
                self._done(row, erasure.done_words(made))

    def _done(self, row: DueRow, words: str) -> None:
        """The line goes; the keyboard, when it was in it, goes to the next one."""
        here = QApplication.focusWidget()
        was_in = here is not None and row.isAncestorOf(here)
        row.hide()
        place = self.rows.index(row)
        left = [one for one in (*self.rows[place:], *reversed(self.rows[:place])) if not one.isHidden()]
        self.done.setVisible(not left)
        if was_in:
            (left[0].keep if left else self).setFocus(Qt.FocusReason.OtherFocusReason)
        self._shell.say(words)
