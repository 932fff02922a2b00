"""Settings, health: whether the vault is as it was written, and lost pictures put back from the backups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.counts import of_records
from clinoscope.domain.errors import KnownError
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.pages.layout import at_left
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.text import label, tell_in_sight
from clinoscope.workflow import backups

if TYPE_CHECKING:
    from clinoscope.records import VerifyReport
    from clinoscope.records.repair import Checked


class HealthSection(QWidget):
    """``backups_at()`` is the folder in which the backups lie, "" when nobody chose one."""

    def __init__(self, host: QWidget, shell: Shell, backups_at: Callable[[], str]) -> None:
        super().__init__(host)
        self._shell, self._backups_at = shell, backups_at
        self.check = QuietButton("Check the vault")
        self.check.clicked.connect(self._check)
        self.checked = label("", "small", wrap=True, parent=self)
        self.checked.hide()
        self.mend = QuietButton("Put back lost pictures…")
        self.mend.clicked.connect(self._choose_mend)
        self.mend.hide()
        self._busy = QProgressBar(self)
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(at_left(self.check, self.mend))
        column.addWidget(self._busy)
        column.addWidget(self.checked)

    def mend_from(self, folder: Path) -> None:
        """Put back from the backups in ``folder`` what is lost, and say how many."""
        vault = self._shell.open_vault
        run_task(self, backups.mend, vault, folder, done=self._mended, failed=self._failed, busy=self.mend)

    def _check(self) -> None:
        tell_in_sight(self.checked, "", "ink")
        self._busy.show()
        vault = self._shell.open_vault
        run_task(self, backups.verify, vault, done=self._show, failed=self._failed, busy=self.check)

    def _show(self, report: VerifyReport) -> None:
        self._busy.hide()
        rows = of_records(report.exams, report.pictures, report.labs)
        looked = f"{rows} and {report.events} log entries looked at."
        self.mend.hide()
        if report.ok:
            tell_in_sight(self.checked, f"Everything is as it was written. {looked}", "ink")
        else:
            tell_in_sight(self.checked, "\n".join([*report.problems, looked]), "danger")
            self.mend.setVisible(self._shell.may(Act.BACKUP))

    def _choose_mend(self) -> None:
        ask_folder(self, "The folder with the backups", self.mend_from, self._backups_at())

    def _mended(self, found: Checked) -> None:
        words = f"Pictures put back: {len(found.mended)}. "
        left = len(found.missing) + len(found.altered)
        words += f"Still lost: {left}. Try another backup." if left else "None is lost any more."
        tell_in_sight(self.checked, " ".join([words, *found.database]), "ink" if found.ok else "danger")
        self.mend.setVisible(not found.ok)

    def _failed(self, error: KnownError) -> None:
        self._busy.hide()
        tell_in_sight(self.checked, str(error), "danger")
