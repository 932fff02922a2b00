"""Is the vault open in another copy of the program? Asked each second, so that no password is typed for nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clinoscope.ui.tasks import Latest
from clinoscope.workflow import session

_AGAIN = 1000  # milliseconds


class Elsewhere(QObject):
    """Tells when it changes; ``held`` is what it told last."""

    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.held = False
        self._folder = Path()
        self._latest = Latest(self)  # on a worker: the vault may lie on a slow disk
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN)
        self._again.timeout.connect(self._look)

    def watch(self, folder: Path) -> None:
        """Begin to look, or look at once."""
        self._folder = folder
        self._look()

    def stop(self) -> None:
        """Nobody is at the login, or this copy opens the vault itself."""
        self._again.stop()
        self._latest.forget()

    def _look(self) -> None:
        self._latest.run(session.vault_in_use, self._folder, done=self._answered)

    def _answered(self, held: bool) -> None:
        self._again.start()
        if held != self.held:
            self.held = held
            self.changed.emit(held)
