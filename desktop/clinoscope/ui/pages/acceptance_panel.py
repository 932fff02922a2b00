"""What a clinic's own test says of a model: its standing, the way to test it, and the last validation report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.access import Act
from clinoscope.ui.page import Page
from clinoscope.ui.pages.acceptance_report import ReportPanel
from clinoscope.ui.pages.acceptance_run import AcceptanceRun, finding, needs
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.layouts import clear
from clinoscope.ui.widgets.notices import Chip
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.ui.pages.adapt_run import AdaptRun
    from clinoscope.workflow.acceptance import Standing
    from clinoscope.workflow.criteria import Criterion
    from clinoscope.workflow.models import Installed

_NOT_IN_USE = "Only the package that is in use can be tested: take it into use first."
_NOT_WHOLE = "Only a package that is as it was made can be tested."
_CHIPS = {"not validated here": "slate", "validated here": "accent", "failed here": "amber"}


class AcceptancePanel(QWidget):
    """Lies on the page of the models; what it opens slides in over that page. ``fitted`` carries the hash of a package
    that was made from the one shown."""

    fitted = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._entry: Installed | None = None
        self._run: AcceptanceRun | None = None
        self._fit: AdaptRun | None = None
        self._report: ReportPanel | None = None
        self.chip = Chip()
        self.words = label("", "body", wrap=True)
        self.test = QuietButton("Test on our own pictures…")
        self.test.clicked.connect(self._open_run)
        self.fit = QuietButton("Fit to our own pictures…")
        self.fit.clicked.connect(self._open_fit)
        self.report = QuietButton("Validation report")
        self.report.clicked.connect(self.open_report)
        self._found = QVBoxLayout()
        self._found.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.test)
        acts.addWidget(self.fit)
        acts.addWidget(self.report)
        acts.addStretch(1)
        column.addWidget(self.chip)
        column.addWidget(self.words)
        column.addLayout(acts)
        column.addSpacing(8)
        column.addLayout(self._found)
        shell.changed.connect(self._on_changed)

    def show_for(self, entry: Installed) -> None:
        """Come up and show where a package stands."""
        self.show()
        self._entry = entry
        usable = entry.model is not None and not entry.problems and entry.in_use
        self.test.setVisible(usable and self._shell.may(Act.ACCEPTANCE))
        self.fit.hide()
        self.report.hide()
        clear(self._found)
        self.chip.set("", "ink")
        self.words.setText("" if usable else _NOT_WHOLE if entry.problems else _NOT_IN_USE)
        self._load()

    def open_report(self) -> None:
        """Draw the validation report of the newest test again, from what the vault keeps, and show it."""
        entry, vault = self._entry, self._shell.vault
        if entry is None or entry.model is None or vault is None:
            return
        task, model = entry.task, entry.model

        def work() -> bytes | None:
            from clinoscope.workflow import acceptance

            return acceptance.last_report(vault, modes.task(task), model)

        run_task(self, work, done=self._show_report, busy=self.report)

    def _load(self) -> None:
        entry, vault = self._entry, self._shell.vault
        if entry is None or entry.model is None or vault is None:
            return
        model = entry.model

        def work() -> tuple[Standing, tuple[Criterion, ...] | None, bool]:
            from clinoscope.workflow import acceptance, adapt

            return acceptance.standing(vault, model), acceptance.last_criteria(vault, model), adapt.possible(model)

        run_task(self, work, done=lambda found: self._show_standing(entry, *found))

    def _show_standing(
        self, entry: Installed, found: Standing, last: tuple[Criterion, ...] | None, can_fit: bool
    ) -> None:
        if entry is not self._entry:
            return
        self.chip.set(str(found.state).capitalize(), _CHIPS[found.state])
        if self.test.isVisibleTo(self):
            self.words.setText(found.sentence)
            self.fit.setVisible(can_fit and self._shell.may(Act.MODELS))
        self.report.setVisible(last is not None)
        clear(self._found)
        if last is None:
            self._found.addWidget(label(needs(modes.task(entry.task)), "body", "secondary", wrap=True))
        else:
            self._found.addWidget(label("The last test", "small", "secondary"))
        for criterion in last or ():
            self._found.addWidget(finding(criterion.name, criterion.found, criterion.met))

    def _open_run(self) -> None:
        if self._entry is None or self._shell.vault is None:
            return
        if self._run is None:
            self._run = AcceptanceRun(self._page(), self._shell)
            self._run.report_wanted.connect(self._show_report)
        self._run.open_for(self._entry)

    def _open_fit(self) -> None:
        if self._entry is None or self._shell.vault is None:
            return
        if self._fit is None:
            from clinoscope.ui.pages.adapt_run import AdaptRun

            self._fit = AdaptRun(self._page(), self._shell)
            self._fit.installed.connect(self.fitted)
        self._fit.open_for(self._entry)

    def _show_report(self, pdf: bytes | None) -> None:
        if pdf is None or self._entry is None:
            return
        if self._report is None:
            self._report = ReportPanel(self._page(), self._shell)
        self._report.open_pdf(pdf, f"validation-{self._entry.task.replace('/', '-')}.pdf")

    def _page(self) -> QWidget:
        """The page this lies on: what slides in belongs over all of it."""
        here: QWidget | None = self
        while here is not None and not isinstance(here, Page):
            here = here.parentWidget()
        return here or self.window()

    def _on_changed(self, topic: str) -> None:
        if topic == "settings":
            self._load()
