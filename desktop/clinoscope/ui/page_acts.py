"""What the pages of an exam and of a smear share: one panel at a time, amending, and what follows a discard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Exam
from clinoscope.ui.exam.panels import AmendPanel
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import Panel
from clinoscope.workflow import exams

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage
    from clinoscope.ui.smear.page import SmearPage


class PageActs(QObject):
    """One per page; at most one panel is open."""

    def __init__(self, host: ExamPage | SmearPage) -> None:
        super().__init__(host)
        self._host = host
        self.panel: Panel | None = None

    def close_panel(self) -> bool:
        """Close the panel that is open; False when there is none."""
        if self.panel is None:
            return False
        self.panel.close_panel()
        return True

    def open_panel(self, panel: Panel, focus: QWidget | None) -> None:
        """Open a panel in the place of the one before."""
        self.close_panel()
        self.panel = panel
        panel.closed.connect(lambda: self._forget(panel))
        panel.open_panel(focus)

    def amend(self, exam: Exam, place: str) -> None:
        """Ask for the reason, then open the next version as a draft at ``place``."""
        host = self._host
        vault = host.shell.open_vault
        panel = AmendPanel(host)

        def amended(draft: Exam) -> None:
            self.close_panel()
            host.shell.go(place, exam=draft)

        def refused(error: KnownError) -> None:
            if self.panel is panel:
                panel.refuse(error)
            else:  # it was closed meanwhile, and is gone
                host.shell.warn(str(error))

        panel.wanted.connect(
            lambda reason: run_task(host, exams.amend, vault, exam, reason, done=amended, failed=refused)
        )
        self.open_panel(panel, panel.reason)

    def discarded(self, panel: Panel) -> None:
        """The draft was given up: say so, and back to the patient."""
        panel.close_panel()
        self._host.shell.say("Draft discarded.")
        self._host.to_patient()

    def _forget(self, panel: Panel) -> None:
        if self.panel is panel:
            self.panel = None
        panel.deleteLater()
