"""What slides in to read the clinic's own labelled pictures: what they must be, how far it is, how it ended."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind, Task
from clinoscope.ui.dates import time_left
from clinoscope.ui.file_dialogs import ask_folder, ask_open
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Told, run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.layouts import clear
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.labelled import Progress
    from clinoscope.workflow.models import Installed


_NAMED = 4
"""So many pictures that could not be opened are named."""


class LabelledRun(Panel):
    """Runs one at a time; it goes on while the panel is closed.

    A kind of run says what it takes (``explain``), does it on a worker (``work``), and shows what came out
    (``show_made``) in ``outcome``, ``found``, ``place`` and the ``act`` button. ``stopped`` is said of one that was
    stopped, ``columns`` are those of a list beside path and label, ``where`` asks where what is made goes.
    """

    stopped = ""
    columns = ""
    where = ""

    def __init__(self, host: QWidget, shell: Shell, title: str) -> None:
        super().__init__(host, title, width=520)
        self._shell = shell
        self._task: Task | None = None
        self._stop = threading.Event()
        self._busy = False
        self._first: tuple[float, int] | None = None
        self._unread: list[str] = []
        self.name = label("", "heading", wrap=True)
        self.needs = label("", "body", "secondary", wrap=True)
        self.form = label(
            f"A list is a CSV file with the columns path and label, and where you have it {self.columns}. A folder "
            "holds one folder for each label, named as the label.",
            "body",
            "secondary",
            wrap=True,
        )
        self.asked = label("", "body", "secondary", wrap=True)
        self.list = QuietButton("Choose a list (CSV)…", icon="ph.table")
        self.list.clicked.connect(self._choose_list)
        self.folder = QuietButton("Choose a folder…", icon="ph.folder-open")
        self.folder.clicked.connect(self._choose_folder)
        self.doing = label("", "body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.problem = label("", "body", "danger", wrap=True)
        self.outcome = label("", "title", wrap=True)
        self.place = label("", "small", "secondary", wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act = PrimaryButton("")
        self.found = QVBoxLayout()
        self.found.setSpacing(12)
        for part in (self.name, self.needs, self.form, self.asked, self.list, self.folder, self.doing, self.bar):
            self.body.addWidget(part)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.outcome)
        self.body.addLayout(self.found)
        self.body.addWidget(self.place)
        self.body.addStretch(1)
        self.cancel = QuietButton("Close")
        self.cancel.clicked.connect(self._cancel)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.act)  # in sight however long what came out is
        shell.closed.connect(self.stop)

    @abstractmethod
    def explain(self, task: Task) -> None:
        """Put into words what a run of a task takes, in ``needs`` and ``asked``."""

    @abstractmethod
    def work(self, task: Task, source: Path, out: Path, progress: Progress, vault: Vault) -> Any:
        """Do it, on a worker. Raises KnownError, and what ``progress`` raises."""

    @abstractmethod
    def show_made(self, made: Any) -> None:
        """Show what ``work`` gave."""

    def open_for(self, entry: Installed) -> None:
        """Come up for a package; while one runs, with that one."""
        if not self._busy:
            task = modes.task(entry.task)
            self._task = task
            self.name.setText(f"{modes.mode_of(task.id).name} · {task.name}, {entry.shown}")
            self.list.setHidden(task.kind is Kind.COUNT)
            for part in (self.needs, self.form, self.folder):
                part.setVisible(part is self.needs or task.kind is Kind.CLASSIFY)
            self.explain(task)
            self._clear()
        self.open_panel(self.cancel if self._busy or self.list.isHidden() else self.list)

    def begin(self, source: Path, out: Path) -> None:
        """Run on the list or folder ``source`` and write what comes out to ``out``."""
        if self._busy or self._task is None or self._shell.vault is None:
            return
        self._stop = threading.Event()
        told, stop, task, vault = Told(), self._stop, self._task, self._shell.vault
        told.progress.connect(self._show_progress)

        def progress(done: int, of: int, about: str) -> None:
            if stop.is_set():
                raise KnownError(self.stopped)
            told.progress.emit(done, of, about)

        self._clear()
        self._set_busy(True)
        run_task(self, self.work, task, source, out, progress, vault, done=self._ended, failed=self._failed)

    def stop(self) -> None:
        """End the run after the picture it is at."""
        self._stop.set()

    def _choose_list(self) -> None:
        ask_open(self, "The list of labelled pictures", "CSV (*.csv *.txt *.tsv)", self._choose_place)

    def _choose_folder(self) -> None:
        ask_folder(self, "The folder with a folder for each label", self._choose_place)

    def _choose_place(self, source: Path) -> None:
        ask_folder(self, self.where, lambda out: self.begin(source, out))

    def _show_progress(self, done: int, of: int, about: str) -> None:
        if not self._busy:
            return
        if about:
            self._unread.append(about)
        if self._first is None:  # the first picture waits for the model as well: it says nothing of the others
            self._first = time.monotonic(), done
        began, before = self._first
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        left = time_left(time.monotonic() - began, done - before, of - done)
        self.doing.setText(f"{done} of {of} pictures read{left}")

    def _ended(self, made: Any) -> None:
        self._set_busy(False)
        for part in (self.needs, self.form, self.asked, self.list, self.folder):  # what came out stands first
            part.hide()
        self.show_made(made)
        self._show_unread()

    def _failed(self, error: KnownError) -> None:
        self._set_busy(False)
        self.problem.setText(str(error))
        self.problem.show()
        self._show_unread()
        self.list.setFocus()

    def _show_unread(self) -> None:
        """Which pictures could not be opened, and why; of many the first few."""
        more = len(self._unread) - _NAMED
        lines = [*self._unread[:_NAMED], *([f"And {more} more."] if more > 0 else [])]
        if lines:
            self.found.addWidget(label("\n".join(["Could not be opened:", *lines]), "small", "secondary", wrap=True))

    def _cancel(self) -> None:
        if self._busy:
            self.stop()
            self.doing.setText("Stopping…")
        else:
            self.close_panel()

    def _clear(self) -> None:
        for part in (self.problem, self.outcome, self.place, self.act, self.doing, self.bar):
            part.hide()
        clear(self.found)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._first = None
        if busy:
            self._unread = []
        self.bar.setRange(0, 0)
        self.doing.setText("Opening the model and the pictures")
        self.doing.setVisible(busy)
        self.bar.setVisible(busy)
        self.cancel.setText("Stop" if busy else "Close")
        for part in (self.list, self.folder):
            part.setEnabled(not busy)
        if busy and self.isVisible():
            self.cancel.setFocus()
