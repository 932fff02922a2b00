"""What slides in to test a model on the clinic's own pictures: what it takes, how far it is, how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.task import Kind, Task
from clinoscope.ui.pages.labelled_run import LabelledRun
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.text import label, set_tone

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.acceptance import Acceptance
    from clinoscope.workflow.labelled import Progress

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
_FOUND = {"met": ("Met", "secondary"), "not met": ("Not met", "amber"), "too few to say": ("Too few to say", "slate")}


class AcceptanceRun(LabelledRun):
    """Runs one test. ``report_wanted`` carries a PDF."""

    report_wanted = Signal(bytes)
    stopped = "Stopped. Nothing was written or recorded."
    columns = "group (whose picture it is), camera, value and unit"
    where = "Where to put the validation report"

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, shell, "Test on our own pictures")
        self._pdf = b""
        self.act.setText("Open the validation report")
        self.act.clicked.connect(lambda: self.report_wanted.emit(self._pdf))

    def explain(self, task: Task) -> None:
        self.needs.setText(needs(task))
        self.asked.setText(_ASKED)
        self.asked.setVisible(task.kind is Kind.CLASSIFY)

    def work(self, task: Task, source: Path, out: Path, progress: Progress, vault: Vault) -> tuple[Acceptance, bytes]:
        from clinoscope.workflow import acceptance

        made = acceptance.run(task, source, out, progress, vault=vault)
        return made, made.report.read_bytes()

    def show_made(self, made: tuple[Acceptance, bytes]) -> None:
        test, self._pdf = made
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
