"""What slides in on the page of the models: install a package, remove one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from clinoscope.domain.errors import KnownError, PackageError
from clinoscope.ui.file_dialogs import ask_folder, ask_open
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Told, run_task
from clinoscope.ui.widgets.buttons import DangerButton, QuietButton
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.inference.install import Added
    from clinoscope.workflow.models import Installed

_EXPLAIN = (
    "A package is a zip file or a folder, on a USB stick for instance. It is copied, every file is checked and it "
    "is tried on a picture before it appears here. The model in use stays in use until you choose another."
)


class InstallPanel(Panel):
    """Asks for a zip file or a folder, shows how far it is, and can be stopped.

    Closing it stops nothing. ``installed`` carries the ``Added``; ``refused`` the sentence when nobody
    sees the panel any more.
    """

    installed = Signal(object)
    refused = Signal(str)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Install a model package", width=440)
        self._shell = shell
        self._stop = threading.Event()
        self._busy = False
        self.body.addWidget(label(_EXPLAIN, "body", "secondary", wrap=True))
        self.zip = QuietButton("Choose a zip file…", icon="ph.package")
        self.zip.clicked.connect(self._choose_zip)
        self.folder = QuietButton("Choose a folder…", icon="ph.folder-open")
        self.folder.clicked.connect(self._choose_folder)
        self.body.addWidget(self.zip)
        self.body.addWidget(self.folder)
        self.body.addWidget(label("Or drop it on this page.", "small", "secondary"))
        self.doing = label("", "body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.problem = label("", "body", "danger", wrap=True)
        for part in (self.doing, self.bar, self.problem):
            part.hide()
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.cancel = QuietButton("Close")
        self.cancel.clicked.connect(self._cancel)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)

    def open_empty(self) -> None:
        """Come up with nothing of the last time, unless that is still going on."""
        if not self._busy:
            self.problem.hide()
        self.open_panel(self.zip if not self._busy else self.cancel)

    def install(self, source: Path) -> None:
        """Install what was chosen or dropped; nothing happens while another one is being installed."""
        if self._busy:
            return
        self._stop = threading.Event()
        told, stop, vault = Told(), self._stop, self._shell.vault
        told.progress.connect(self._show_progress)

        def work() -> Added:
            from clinoscope.workflow import models

            def progress(doing: str, share: float) -> None:
                if stop.is_set() and share < 1:
                    raise PackageError("Stopped. Nothing was installed.")
                told.progress.emit(round(100 * share), 100, doing)

            return models.install(source, progress, vault=vault)

        self._set_busy(True)
        run_task(self, work, done=self._done, failed=self._failed)

    def _show_progress(self, done: int, of: int, doing: str) -> None:
        self.doing.setText(doing)
        self.bar.setRange(0, of)
        self.bar.setValue(done)

    def _done(self, added: Added) -> None:
        self._set_busy(False)
        self.close_panel()
        self.installed.emit(added)

    def _failed(self, error: KnownError) -> None:
        self._set_busy(False)
        if not self.isVisible():
            self.refused.emit(str(error))
            return
        self.problem.setText(str(error))
        self.problem.show()
        self.zip.setFocus()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.bar.setValue(0)
        self.doing.setText("Copying")
        self.doing.setVisible(busy)
        self.bar.setVisible(busy)
        self.problem.hide()
        self.cancel.setText("Stop" if busy else "Close")
        if busy and self.isVisible():
            self.cancel.setFocus()
        self.zip.setEnabled(not busy)
        self.folder.setEnabled(not busy)

    def _cancel(self) -> None:
        if self._busy:
            self._stop.set()
            self.doing.setText("Stopping")
        else:
            self.close_panel()

    def _choose_zip(self) -> None:
        ask_open(self, "Model package", "Model packages (*.zip)", self.install)

    def _choose_folder(self) -> None:
        ask_folder(self, "Folder of a model package", self.install)


class RemovePanel(Panel):
    """Asks once before a package goes. ``wanted`` carries it."""

    wanted = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "Remove this model package?")
        self._entry: Installed | None = None
        self.what = label("", "body", wrap=True)
        explain = (
            "Its files are deleted from this computer. What it says of itself is kept, so that exams read with it "
            "still name it and show its figures."
        )
        self.body.addWidget(self.what)
        self.body.addWidget(label(explain, "body", "secondary", wrap=True))
        self.body.addStretch(1)
        self.keep = QuietButton("Keep it")
        self.keep.clicked.connect(self.close_panel)
        self.button = DangerButton("Remove package", icon="ph.trash")
        self.button.clicked.connect(self._ask)
        self.foot.addWidget(self.keep, 1)
        self.foot.addWidget(self.button, 1)

    def open_for(self, entry: Installed) -> None:
        """Ask about this one."""
        self._entry = entry
        self.what.setText(entry.shown or "A damaged package")
        self.open_panel(self.keep)

    def _ask(self) -> None:
        self.close_panel()
        self.wanted.emit(self._entry)
