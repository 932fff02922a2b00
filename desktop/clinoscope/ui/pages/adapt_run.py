"""What slides in to fit a model to the clinic's own pictures: what it takes, what came of it, and using it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Task
from clinoscope.ui.pages.labelled_run import LabelledRun
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.adapt import Adaptation
    from clinoscope.workflow.labelled import Progress

_DONE = (
    "How the model tells labels apart, how sure it is and what it refuses are fitted to this camera and stain; what it "
    "sees in a picture stays. It is measured on people and slides it was not fitted to, and made only if it does "
    "better there. Test it afterwards, on other pictures."
)
_TWO = "Two packages were installed: counting cells works with one of its own."


class AdaptRun(LabelledRun):
    """Fits one package at a time. ``installed`` carries the hash of a fitted one once the panel goes."""

    installed = Signal(str)
    stopped = "Stopped. Nothing was made."
    columns = "group (whose picture it is)"
    where = "Where to put the fitted model and its figures"

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, shell, "Fit to our own pictures")
        self._made: Adaptation | None = None
        self.act.setText("Use it from now on")
        self.act.clicked.connect(self._use)
        self.closed.connect(self._tell)

    def explain(self, task: Task) -> None:
        from clinoscope.workflow.adapt import limits

        asked = limits()["pictures"]
        self.needs.setText(
            "It needs pictures of your own whose label is known from elsewhere, not from this program: at least "
            f"{asked['least']}, of at least {asked['groups']} people or slides, and {asked['per_label']} of each label "
            "that is to be fitted. Labels with fewer stay as they are. Keep as many again for the test."
        )
        self.asked.setText(_DONE)
        self.asked.show()

    def work(self, task: Task, source: Path, out: Path, progress: Progress, vault: Vault) -> Adaptation:
        from clinoscope.workflow import adapt

        return adapt.run(task, source, out, progress, vault=vault)

    def show_made(self, made: Adaptation) -> None:
        from clinoscope.workflow import adapt_words

        self._made = made
        self.outcome.setText(adapt_words.headline(made.figures))
        self.outcome.show()
        self.found.addWidget(label(adapt_words.verdict(made.figures), "body", wrap=True))
        self.found.addWidget(_table(adapt_words.figure_rows(made.figures)))
        left_out = adapt_words.left_out(made.figures)
        if left_out:
            self.found.addWidget(label(f"Not used: {left_out}.", "small", "secondary", wrap=True))
        refs = " and ".join(ref.shown for ref in made.made)
        installed = f"Installed, not in use yet: {refs}. " if made.better else ""
        self.place.setText(f"{installed}{_TWO + ' ' if len(made.made) > 1 else ''}The figures lie in {made.out}.")
        self.place.show()
        self.act.setVisible(made.better)
        (self.act if made.better else self.cancel).setFocus()

    def _use(self) -> None:
        made, vault = self._made, self._shell.vault
        if made is None or vault is None:
            return

        def work() -> None:
            from clinoscope.workflow import adapt

            adapt.use(made, vault=vault)

        run_task(self, work, done=lambda _none: self._used(), failed=self._refused, busy=self.act)

    def _used(self) -> None:
        self._shell.say("Readings are made with the fitted model from now on.")
        self.close_panel()

    def _tell(self) -> None:
        made, self._made = self._made, None
        if made is not None and made.better:
            self.installed.emit(made.made[0].sha256)

    def _refused(self, error: KnownError) -> None:
        self.problem.setText(str(error))
        self.problem.show()


def _table(rows: list[tuple[str, str, str]]) -> QWidget:
    """Every figure as trained and fitted here."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    for column, words in enumerate(("", "As trained", "Fitted here")):
        grid.addWidget(label(words, "small", "secondary", weight="medium"), 0, column)
    for row, cells in enumerate(rows, start=1):
        for column, words in enumerate(cells):
            grid.addWidget(label(words, "small", wrap=column == 0), row, column)
    grid.setColumnStretch(0, 1)
    return table
