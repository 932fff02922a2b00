"""Settings, backup: how it stands with the backups, making one now, and the folder where they go by themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.ui import theme
from clinoscope.ui.dates import when
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.pages.layout import at_left
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.text import label, set_tone, tell_in_sight
from clinoscope.workflow import backups


class BackupSection(QWidget):
    """``folder`` is where backups go by themselves, "" while they do not."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host)
        self._shell = shell
        self.folder = ""
        self.state = label("", wrap=True, parent=self)
        self.state.setMinimumHeight(theme.CONTROL)
        self.back_up = QuietButton("Back up now")
        self.back_up.clicked.connect(self._back_up_now)
        self.by_itself = QuietButton("Choose the folder…")
        self.by_itself.clicked.connect(self._choose_folder)
        self.outcome = label("", "small", wrap=True, parent=self)
        self.outcome.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addLayout(at_left(self.back_up, self.by_itself))
        column.addWidget(self.outcome)

    def refresh(self) -> None:
        """How it stands now, for who may see it."""
        if self._shell.may(Act.BACKUP):
            run_task(self, backups.status, self._shell.open_vault, done=self._show)

    def back_up_by_itself(self, folder: Path) -> None:
        """Back up into ``folder`` from now on, and once at once."""
        vault, then = self._shell.open_vault, lambda _: self.back_up_to(folder)
        run_task(self, backups.choose, vault, folder, done=then, failed=self._failed, busy=self.by_itself)

    def back_up_to(self, folder: Path) -> None:
        """Back up into ``folder``, try the copy, and say where it lies."""
        tell_in_sight(self.outcome, "Backing up, then trying whether it comes back…", "secondary")
        run_task(
            self,
            backups.backup,
            self._shell.open_vault,
            folder,
            done=self._done,
            failed=self._failed,
            busy=self.back_up,
        )

    def _choose_folder(self) -> None:
        ask_folder(self, "Where backups go by themselves", self.back_up_by_itself, self.folder)

    def _back_up_now(self) -> None:
        if self.folder:
            self.back_up_to(Path(self.folder))
            return
        ask_folder(self, "Where to put the backup", self.back_up_to)

    def _show(self, found: backups.Status) -> None:
        self.folder = found.folder
        words, tone = backup_words(found, datetime.now(UTC))
        self.state.setText(words)
        set_tone(self.state, tone)
        self.by_itself.setText("Another folder…" if found.folder else "Choose the folder…")

    def _done(self, path: Path) -> None:
        tell_in_sight(self.outcome, f"Backed up to {path}, and tried: it comes back. Keep it off this computer.", "ink")
        self.refresh()

    def _failed(self, error: KnownError) -> None:
        tell_in_sight(self.outcome, str(error), "danger")
        self.refresh()


def backup_words(found: backups.Status, now: datetime) -> tuple[str, str]:
    """How it stands with the backups, in a sentence or three, and its tone."""
    where = f"By itself every day and when the program ends, to {found.folder}." if found.folder else ""
    if found.made is None:
        return (where or "No backup yet. Choose a folder on another disk, and it is made by itself."), "ink"
    parts = [where or "Only when asked for.", f"The last one: {when(found.made, now)}"]
    parts[1] += ", and nothing has changed since." if not found.changed else "."
    if found.tested is False:
        return " ".join([*parts, "It would not come back: back up again, on another disk if you can."]), "danger"
    if found.tested:
        parts.append(f"Tried: it comes back, with {many(found.pictures, 'picture', 'pictures')}.")
    return " ".join(parts), "ink"
