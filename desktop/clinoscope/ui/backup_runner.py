"""Backups by themselves: looked for now and then while somebody is logged in, and when the window closes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clinoscope.domain.errors import KnownError
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task

FIRST = 60_000
EVERY = 15 * 60_000
"""Milliseconds after log-in, and between two looks. A look costs a few milliseconds on a worker."""


class BackupRunner(QObject):
    """``finished`` once a last backup is made or could not be: the window may close."""

    finished = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._working = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        shell.opened.connect(self._start)
        shell.closed.connect(self._timer.stop)

    def _start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(FIRST)

    def look(self) -> None:
        """Back up if it is time."""
        self._timer.setInterval(EVERY)
        self._run(leaving=False)

    def last(self) -> bool:
        """Whether something is left to back up before the window closes; then it is begun, and ``finished`` comes."""
        from clinoscope.workflow import backups

        vault = self._shell.vault
        if vault is None or self._working:
            return False
        try:
            if not backups.due(vault, leaving=True):
                return False
        except KnownError:
            return False
        self._run(leaving=True)
        return True

    def _run(self, *, leaving: bool) -> None:
        vault = self._shell.vault
        if vault is None or self._working:
            return
        self._working = True

        def work() -> Path | None:
            from clinoscope.workflow import backups

            return backups.run(vault) if backups.due(vault, leaving=leaving) else None

        run_task(self, work, done=self._done, failed=self._failed)

    def _done(self, path: Path | None) -> None:
        self._working = False
        if path is not None:
            self._shell.say("Backed up, and tried: it comes back.")
        self.finished.emit()

    def _failed(self, error: KnownError) -> None:
        self._working = False
        if self._shell.vault is not None:
            self._shell.warn(f"No backup was made. {error}")
        self.finished.emit()
