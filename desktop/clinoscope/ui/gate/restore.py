"""A backup put back, before anybody is logged in: on a new computer, or beside a vault that is damaged."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui import theme
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.gate.column import Column
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton, QuietButton
from clinoscope.ui.widgets.text import ElidedLabel, label, tell
from clinoscope.workflow import session

_LINE = (
    "Every file is checked on the way. The vault that is here now is not touched: the backup goes into a new folder."
)


class Restore(Column):
    """``restored(folder)`` once the vault lies there; passwords are those of the day of the backup."""

    restored = Signal(Path)
    back_wanted = Signal()

    def __init__(self, shell: Shell, folder: Path) -> None:
        super().__init__("Restore a backup", _LINE, width=480)
        self._shell = shell
        self._source: Path | None = None
        self._target = free_beside(folder)
        self.choose = QuietButton("Choose the backup…", icon="ph.folder-open")
        self.choose.clicked.connect(self._choose)
        self._what = ElidedLabel("A folder whose name begins with clinoscope-", "small", "secondary")
        self.body.addWidget(self.choose)
        self.body.addWidget(self._what)
        self.body.addWidget(self._place_row())
        self.wrong = label("", "small", "danger", wrap=True)
        self.wrong.hide()
        self.body.addWidget(self.wrong)
        self.button = PrimaryButton("Restore")
        self.button.setEnabled(False)
        self.button.clicked.connect(self._try)
        self.body.addWidget(self.button)
        back = LinkButton("Back")
        back.clicked.connect(self.back_wanted)
        self.body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)

    def start(self) -> None:
        self.choose.setFocus()

    def take(self, source: Path) -> None:
        """The backup that was chosen; the newest in it where a folder of backups was."""
        # On a worker: a stick may take its time to show what lies on it.
        run_task(self, session.newest_backup, source, done=lambda found: self._took(source, found), busy=self.choose)

    def _took(self, source: Path, found: Path | None) -> None:
        self._source = found
        self._say("" if found else "There is no backup in this folder: choose one that begins with clinoscope-.")
        self._what.setText(str(found or source))
        self.button.setEnabled(found is not None)
        if found:
            self.button.setFocus()

    def take_target(self, folder: Path) -> None:
        """Where the vault will lie."""
        self._target = folder
        self._place.setText(str(folder))

    def _place_row(self) -> QWidget:
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("Into", "small", "secondary"))
        self._place = ElidedLabel(str(self._target), "small", "secondary")
        change = LinkButton("Change…")
        change.setFont(theme.font("small", "medium"))
        change.setAccessibleName("Change where the vault will lie")
        change.clicked.connect(self._choose_target)
        row.addWidget(self._place, 1)
        row.addWidget(change)
        return part

    def _choose(self) -> None:
        ask_folder(self, "Which backup", self.take)

    def _choose_target(self) -> None:
        ask_folder(self, "Where the vault will lie", self._put_into, str(self._target.parent))

    def _put_into(self, folder: Path) -> None:
        self.take_target(free_beside(folder / "Clinoscope vault"))

    def _try(self) -> None:
        if self._source is None or not self.button.isEnabled():
            return
        self._say("")
        self.button.setText("Restoring…")
        target = self._target
        run_task(
            self,
            session.restore,
            self._source,
            target,
            done=lambda _: self._done(target),
            failed=self._refused,
            busy=self.button,
        )

    def _done(self, folder: Path) -> None:
        self.button.setText("Restore")
        self.restored.emit(folder)
        self._shell.say("Restored. Log in with the password of that day.")

    def _refused(self, error: KnownError) -> None:
        self.button.setText("Restore")
        self._say(str(error))

    def _say(self, words: str) -> None:
        tell(self.wrong, words, "danger")


def free_beside(folder: Path) -> Path:
    """The folder itself where there is nothing yet, else one beside it with another name."""
    names = (f"{folder.name} restored{f' {number}' if number > 1 else ''}" for number in count(1))
    path = folder
    while path.exists() and (not path.is_dir() or any(path.iterdir())):
        path = folder.with_name(next(names))
    return path
