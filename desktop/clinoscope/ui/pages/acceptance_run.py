"""What slides in to test a model on the clinic's own pictures: what it takes, how far it is, how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind, Task
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.pages.labelled_run import LabelledRun
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.text import label, set_tone

if TYPE_CHECKING:
    from clinoscope.domain.reading import ModelRef
    from clinoscope.records import Vault
    from clinoscope.workflow.acceptance import Acceptance, Made
    from clinoscope.workflow.labelled import Progress
    from clinoscope.workflow.models import Installed

_LABELS = (
    "It needs pictures of your own whose label is known from elsewhere, not from this program: at least 50, of at "
    "least 30 people or slides, and 10 of each label that is to count. About 300 usually settle it, 60 of them of each "
    "label that must not be missed."
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
_KEPT = "The result is kept: choose again where its report goes."
_FOUND = {"met": ("Met", "secondary"), "not met": ("Not met", "amber"), "too few to say": ("Too few to say", "slate")}


class AcceptanceRun(LabelledRun):
    """Runs one test. ``report_wanted`` carries a PDF.

    A test whose report could not be written, or whose outcome could not be recorded, is kept until it is, or until
    another test of that package begins: ``unkept`` holds it with what went wrong.
    """

    report_wanted = Signal(bytes)
    stopped = "Stopped. Nothing was written or recorded."
    columns = "group (whose picture it is), camera, value and unit"
    where = "Where to put the validation report"

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, shell, "Test on our own pictures")
        self._pdf = b""
        self._model: ModelRef | None = None
        self.unkept: dict[ModelRef | None, tuple[Made, str]] = {}
        self.act.setText("Open the validation report")
        self.act.clicked.connect(lambda: self.report_wanted.emit(self._pdf))
        self.again = PrimaryButton("Choose another place…")
        self.again.clicked.connect(lambda: ask_folder(self, self.where, self.keep))
        self.again.hide()
        self.foot.addWidget(self.again)

    def open_for(self, entry: Installed) -> None:
        if not self._busy:
            self._model = entry.model
        super().open_for(entry)
        if not self._busy:
            self._show_unkept()

    def begin(self, source: Path, out: Path) -> None:
        if not self._busy:
            self.unkept.pop(self._model, None)
        super().begin(source, out)

    def keep(self, out: Path) -> None:
        """Try once more to write and record the test that could not be."""
        vault, kept = self._shell.vault, self.unkept.get(self._model)
        if self._busy or vault is None or kept is None:
            return
        self._clear()
        self._set_busy(True)
        self.doing.setText("Writing the report")
        run_task(self, _kept, kept[0], out, vault, None, done=self._ended, failed=self._failed)

    def explain(self, task: Task) -> None:
        self.needs.setText(needs(task))
        self.asked.setText(_ASKED)
        self.asked.setVisible(task.kind is Kind.CLASSIFY)

    def work(self, task: Task, source: Path, out: Path, progress: Progress, vault: Vault) -> tuple[Acceptance, bytes]:
        from clinoscope.workflow import acceptance

        there = acceptance.writable(out)
        made = acceptance.make(task, source, progress, vault=vault)
        self.unkept[made.model] = made, ""
        return _kept(made, out, vault, there)

    def show_made(self, made: tuple[Acceptance, bytes]) -> None:
        test, self._pdf = made
        self.unkept.pop(test.model, None)
        self.outcome.setText(_ENDS[test.outcome])
        self.outcome.show()
        for criterion in test.criteria:
            self.found.addWidget(finding(criterion.name, criterion.found, criterion.met))
        for number in test.figures["numbers"]:
            if number["why_not"]:
                self.found.addWidget(label(number["why_not"], "small", wrap=True))
        kept = "The outcome is recorded in the vault." if test.recorded else "Nothing was recorded."
        self.place.setText(f"{kept} The report and the figures lie in {test.report.parent}.")
        self.place.show()
        self.act.show()
        self.act.setFocus()
        self._shell.say(f"Test of {test.task.name}: {test.outcome}.")

    def _failed(self, error: KnownError) -> None:
        super()._failed(error)
        if self._model in self.unkept:
            self.unkept[self._model] = self.unkept[self._model][0], f"{error} {_KEPT}"
            self._show_unkept()

    def _show_unkept(self) -> None:
        _made, words = self.unkept.get(self._model, (None, ""))
        if words:
            self.problem.setText(words)
            self.problem.show()
            self.again.show()
            self.again.setFocus()

    def _clear(self) -> None:
        super()._clear()
        self.again.hide()


def _kept(made: Made, out: Path, vault: Vault, there: Path | None) -> tuple[Acceptance, bytes]:
    """On a worker."""
    from clinoscope.workflow import acceptance

    return acceptance.keep(made, out, vault=vault, there=there), made.files[acceptance.PDF_FILE]


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
