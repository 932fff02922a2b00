"""What slides in to test a model on the clinic's own pictures: what it takes, how far it is, how it ended."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QProgressBar, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind, Task
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label, set_tone

if TYPE_CHECKING:
    from clinoscope.workflow.acceptance import Acceptance
    from clinoscope.workflow.models import Installed

_LABELS = (
    "It needs pictures of your own whose label is known from elsewhere, not from this program: at least 50, of at "
    "least 30 people or slides, and 10 of each label that is to count. About 300 usually settle it, 60 of them of each "
    "label that must not be missed."
)
_LIST = (
    "A list is a CSV file with the columns path and label, and where you have them group (whose picture it is), "
    "camera, value and unit. A folder holds one folder for each label, named as the label."
)
_NUMBERS = (
    "It needs pictures of your own with the number known from elsewhere, in the same unit: at least 50, of at least "
    "30 people. The list is a CSV file with the columns path, value and unit, and where you have it group."
)
_ASKED = (
    "Asked are: agreement with your labels, no less right than on its own pictures, nothing lost that is looked for, "
    "percentages that mean what they say, the true label among those named, and an answer often enough. The report "
    "gives each limit with its reason."
)
_ENDS = {
    "passed": "Passed",
    "not passed": "Not passed",
    "too few pictures to say": "Too few pictures to say",
    "no test could be made": "No test could be made",
}
_FOUND = {"met": ("Met", "secondary"), "not met": ("Not met", "amber"), "too few to say": ("Too few to say", "slate")}


class _Told(QObject):
    """Brings the progress from the worker to the window. The worker holds it, so it outlives the panel."""

    progress = Signal(int, int)


class AcceptanceRun(Panel):
    """Runs one test at a time; it goes on while the panel is closed. ``report_wanted`` carries a PDF."""

    report_wanted = Signal(bytes)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Test on our own pictures", width=520)
        self._shell = shell
        self._task: Task | None = None
        self._stop = threading.Event()
        self._busy = False
        self._first: tuple[float, int] | None = None
        self._pdf = b""
        self._dialog: QFileDialog | None = None
        self.name = label("", "heading", wrap=True)
        self.needs = label("", "body", "secondary", wrap=True)
        self.form = label("", "body", "secondary", wrap=True)
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
        self.report = QuietButton("Open the validation report")
        self.report.clicked.connect(lambda: self.report_wanted.emit(self._pdf))
        self._found = QVBoxLayout()
        self._found.setSpacing(8)
        for part in (self.name, self.needs, self.form, self.asked, self.list, self.folder, self.doing, self.bar):
            self.body.addWidget(part)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.outcome)
        self.body.addLayout(self._found)
        self.body.addWidget(self.place)
        self.body.addWidget(self.report)
        self.body.addStretch(1)
        self.cancel = QuietButton("Close")
        self.cancel.clicked.connect(self._cancel)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        shell.closed.connect(self.stop)

    def open_for(self, entry: Installed) -> None:
        """Come up for a package; while a test runs, with that one."""
        if not self._busy:
            task = modes.task(entry.task)
            self._task = task
            self.name.setText(f"{modes.mode_of(task.id).name} · {task.name}, {entry.model}")
            self._explain(task)
            self._clear()
        self.open_panel(self.cancel if self._busy or self.list.isHidden() else self.list)

    def begin(self, source: Path, out: Path) -> None:
        """Test on the list or folder ``source`` and write the report to ``out``."""
        if self._busy or self._task is None or self._shell.vault is None:
            return
        self._stop = threading.Event()
        told, stop, task, vault = _Told(), self._stop, self._task, self._shell.vault
        told.progress.connect(self._show_progress)

        def work() -> tuple[Acceptance, bytes]:
            from clinoscope.workflow import acceptance

            def progress(done: int, of: int, _about: str) -> None:
                if stop.is_set():
                    raise KnownError("Stopped. Nothing was written or recorded.")
                told.progress.emit(done, of)

            made = acceptance.run(task, source, out, progress, vault=vault)
            return made, made.report.read_bytes()

        self._clear()
        self._set_busy(True)
        run_task(self, work, done=lambda made: self._show(*made), failed=self._failed)

    def stop(self) -> None:
        """End the running test after the picture it is at."""
        self._stop.set()

    def _explain(self, task: Task) -> None:
        counts = task.kind is Kind.COUNT
        labels = task.kind is Kind.CLASSIFY
        self.needs.setText(needs(task))
        self.needs.show()
        self.form.setText(_LIST)
        self.form.setVisible(labels)
        self.asked.setText(_ASKED)
        self.asked.setVisible(labels)
        self.list.setHidden(counts)
        self.folder.setVisible(labels)

    def _choose_list(self) -> None:
        dialog = QFileDialog(self, "The list of labelled pictures", "", "CSV (*.csv *.txt *.tsv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, self._choose_place)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "The folder with a folder for each label")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog, self._choose_place)

    def _choose_place(self, source: str) -> None:
        dialog = QFileDialog(self, "Where to put the validation report")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog, lambda out: self.begin(Path(source), Path(out)))

    def _ask(self, dialog: QFileDialog, chosen: object) -> None:
        self._dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(chosen)
        QDialog.open(dialog)

    def _show_progress(self, done: int, of: int) -> None:
        if not self._busy:
            return
        if self._first is None:  # the first picture waits for the model as well: it says nothing of the others
            self._first = time.monotonic(), done
        began, before = self._first
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        left = _left(time.monotonic() - began, done - before, of - done)
        self.doing.setText(f"{done} of {of} pictures read{left}")

    def _show(self, made: Acceptance, pdf: bytes) -> None:
        self._set_busy(False)
        for words in (self.needs, self.form, self.asked):
            words.hide()
        self._pdf = pdf
        self.outcome.setText(_ENDS[made.outcome])
        self.outcome.show()
        for criterion in made.criteria:
            self._found.addWidget(finding(criterion.name, criterion.found, criterion.met))
        for number in made.figures["numbers"]:
            if number["why_not"]:
                self._found.addWidget(label(number["why_not"], "small", wrap=True))
        kept = "The outcome is recorded in the vault." if made.recorded else "Nothing was recorded."
        self.place.setText(f"{kept} The report and the figures lie in {made.report.parent}.")
        self.place.show()
        self.report.show()
        self.report.setFocus()
        self._shell.say(f"Test of {made.task.name}: {made.outcome}.")

    def _failed(self, error: KnownError) -> None:
        self._set_busy(False)
        self.problem.setText(str(error))
        self.problem.show()
        self.list.setFocus()

    def _cancel(self) -> None:
        if self._busy:
            self.stop()
            self.doing.setText("Stopping…")
        else:
            self.close_panel()

    def _clear(self) -> None:
        for part in (self.problem, self.outcome, self.place, self.report, self.doing, self.bar):
            part.hide()
        while (item := self._found.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._first = None
        self.bar.setRange(0, 0)
        self.doing.setText("Opening the model and the pictures")
        self.doing.setVisible(busy)
        self.bar.setVisible(busy)
        self.cancel.setText("Stop" if busy else "Close")
        for part in (self.list, self.folder):
            part.setEnabled(not busy)
        if busy and self.isVisible():
            self.cancel.setFocus()


def needs(task: Task) -> str:
    """What a test of a task takes, in words."""
    if task.kind is Kind.COUNT:
        return "It counts cells by their type. Test the model that tells the types, on pictures of single cells."
    return _LABELS if task.kind is Kind.CLASSIFY else _NUMBERS


def finding(name: str, found: str, met: str) -> QLabel:
    """One criterion: what was asked, what was found, how it ended."""
    words, tone = _FOUND[met]
    line = label(f"{words}: {name}. {found}.", "small", wrap=True)
    set_tone(line, "ink" if tone == "secondary" else tone)
    return line


def _left(passed: float, done: int, open_: int) -> str:
    """The time left in words, once there is something to go by; ``open_`` pictures are still to be read."""
    if passed < 2 or done == 0 or open_ == 0:
        return ""
    seconds = passed / done * open_
    return f", about {seconds / 60:.0f} min left" if seconds >= 90 else f", about {max(1, round(seconds))} s left"
