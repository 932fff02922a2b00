"""The panel that exports a clinic's own training set: which task, where to, and the password once more."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from clinoscope import modes
from clinoscope.domain.errors import KnownError, WrongPassword
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Told, run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import Field, all_ok, titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label, tell
from clinoscope.workflow import export_dataset
from clinoscope.workflow.export_dataset import Exported, LabelBy

_ABOUT = (
    "Signed exams of one task as labelled pictures, grouped by patient. Names, numbers, dates and all that a picture "
    "file carries stay behind, and of a face only the lips or the lid leave. Patients who did not agree to it are left "
    "out. The export is kept in the log."
)
_LABELS = ((LabelBy.REVIEW.value, "The review"), (LabelBy.HB.value, "The haemoglobin"))
_STOPPED = "Stopped. Nothing was exported."


class ExportPanel(Panel):
    """``exported(Exported)`` once the folder is whole."""

    exported = Signal(object)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Export a training set", width=440)
        self._shell = shell
        self._stop = threading.Event()
        self._parent: Path | None = None
        self.task = Combo("Task")
        for task in (modes.task(task_id) for task_id in modes.task_ids()):
            if task.offered and export_dataset.exportable(task):
                self.task.addItem(f"{modes.mode_of(task.id).name}: {task.name}", task.id)
        self.task.currentIndexChanged.connect(self._task_chosen)
        self.label_by = Choice("Label", _LABELS)
        self._label = titled("The label of a picture is", self.label_by)
        self.choose = QuietButton("Choose a folder…")
        self.choose.clicked.connect(self._choose)
        self.place = label("", "small", "secondary", wrap=True)
        self.password = Field(
            "Your password, once more", password=True, check=lambda text: "" if text else "Type your password."
        )
        self.password.submitted.connect(self.start)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the export is")
        self.words = label("", "small", "secondary", wrap=True)
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        for part in (titled("Task", self.task), self._label, titled("Where to", self.choose, self.place)):
            self.body.addWidget(part)
        for widget in (self.password, self.bar, self.words):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.button = PrimaryButton("Export")
        self.button.clicked.connect(self.start)
        self.cancel = QuietButton("Cancel")
        self.cancel.clicked.connect(self._cancel)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.button)
        self._wait = Countdown(self.button, "The password is not right.", self.password.set_error)
        self._task_chosen()

    def open_empty(self) -> None:
        """As it was left, but for the password; while an export runs it shows how far that is."""
        if self.button.isEnabled():
            self.password.set_text("")
            self.bar.hide()
            self._say("")
        self.open_panel(self.task)

    def put_into(self, parent: Path) -> None:
        """The folder in which the training set gets a folder of its own."""
        self._parent = parent
        self._say_place()

    def start(self) -> None:
        """Check the password again, then export."""
        if self._wait.running or not self.button.isEnabled():
            return
        if self._parent is None:
            self._say("Choose where the training set goes first.", "danger")
            self.choose.setFocus()
            return
        if not all_ok(self.password):
            return
        vault, password = self._shell.open_vault, self.password.text()
        task, out, label_by = self._task_id(), self._out(), self._label_by()
        self._stop = threading.Event()
        told, stop = Told(), self._stop
        told.progress.connect(self._show_progress)

        def progress(done: int, of: int) -> None:
            if stop.is_set():
                raise KnownError(_STOPPED)
            told.progress.emit(done, of, "")

        def work() -> Exported:
            vault.check_password(password)
            return export_dataset.export(vault, task, out, label_by=label_by, progress=progress)

        self.bar.setRange(0, 0)
        self.bar.show()
        self._say("Exporting…")
        run_task(self, work, done=self._done, failed=self._failed, busy=self.button)

    def _show_progress(self, done: int, of: int, _about: str) -> None:
        self.bar.setRange(0, max(of, 1))
        self.bar.setValue(done)
        self._say(f"{done} of {of} exams")

    def _done(self, exported: Exported) -> None:
        self.bar.hide()
        self.password.set_text("")
        self._say("")
        self.close_panel()
        self.exported.emit(exported)

    def _failed(self, error: KnownError) -> None:
        self.bar.hide()
        if isinstance(error, WrongPassword):
            self._say("")
            self._wait.start(error)
            self.password.edit.selectAll()
            self.password.setFocus()
        else:
            self._say(str(error), "secondary" if str(error) == _STOPPED else "danger")

    def _cancel(self) -> None:
        """Stop what runs; else put the panel away."""
        if self.button.isEnabled() or self._wait.running:
            self.close_panel()
        else:
            self._stop.set()

    def _choose(self) -> None:
        ask_folder(self, "Where to put the training set", self.put_into)

    def _task_chosen(self) -> None:
        self._label.setVisible(export_dataset.exportable(modes.task(self._task_id())) == tuple(LabelBy))
        self._say_place()

    def _task_id(self) -> str:
        return str(self.task.currentData())

    def _label_by(self) -> LabelBy:
        possible = export_dataset.exportable(modes.task(self._task_id()))
        return LabelBy(self.label_by.value()) if len(possible) > 1 else possible[0]

    def _out(self) -> Path:
        """A folder that is not there yet, named by task and month."""
        parent = self._parent or Path()
        name = f"training-{self._task_id().replace('/', '-')}-{datetime.now().astimezone():%Y-%m}"
        out, number = parent / name, 2
        while out.exists():
            out, number = parent / f"{name}-{number}", number + 1
        return out

    def _say_place(self) -> None:
        self.place.setText(str(self._out()) if self._parent else "")
        self.place.setVisible(self._parent is not None)

    def _say(self, words: str, tone: str = "secondary") -> None:
        tell(self.words, words, tone)
