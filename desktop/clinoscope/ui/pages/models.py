"""The model packages: what each is for, how it did on people it had never seen, whether it is intact and in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Task
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, notice, page_column
from clinoscope.ui.pages.model_panels import InstallPanel, RemovePanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.prose import Prose
from clinoscope.ui.widgets.rows import Column, Row, RowList
from clinoscope.ui.widgets.text import hairline, label

if TYPE_CHECKING:
    from clinoscope.inference.install import Added
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel
    from clinoscope.ui.pages.agreement_panel import AgreementPanel
    from clinoscope.workflow.models import Installed

_LIST = 400
_PARTS = (("card", "Card"), ("tested", "Tested here"), ("time", "Over time"))


class ModelsPage(Page):
    """Every file of every package is checked against its hash each time the page comes up."""

    keys = (("↑ ↓", "Through the models"), ("Tab", "To the buttons and the model card"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setAcceptDrops(True)
        self._known: tuple[Installed, ...] = ()
        self._wanted: object = None  # the hash or the task that shall be shown once the rows are there
        column = page_column(self, widest=1600)
        self._again = QuietButton("Check again", icon="ph.arrows-clockwise")
        self._again.clicked.connect(self._load)
        self.install = PrimaryButton("Install…")
        head, _title = heading("Models", self._again, self.install)
        column.addLayout(head)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.rows = RowList((Column("Model"),), "Models", height=64)
        self.rows.setFixedWidth(_LIST)
        self.rows.picked.connect(self._show_one)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(32)
        row.addWidget(self.rows)
        row.addWidget(hairline(vertical=True))
        row.addLayout(self._right(), 1)
        self._stack.addWidget(both)
        self._stack.addWidget(EmptyState("ph.cube", "No models are installed", detail=_NONE))
        self.install_panel = InstallPanel(self, shell)
        self.install.clicked.connect(self.install_panel.open_empty)
        self.install_panel.installed.connect(self._installed)
        self.install_panel.refused.connect(self.shell.warn)
        self.remove_panel = RemovePanel(self)
        self.remove_panel.wanted.connect(self._remove)

    def enter(self, **what: object) -> None:
        """``task`` leads to the package in use for it, and to how clinicians agreed with it over time."""
        if "task" in what:
            self._wanted = what["task"]
            self.part.take("time")
        self._load()

    def leave(self) -> None:
        self.hide_panels()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if path:
            event.acceptProposedAction()
            self.install_panel.open_empty()
            self.install_panel.install(Path(path))

    def _right(self) -> QVBoxLayout:
        self._name = label("", "title")
        self.figures = label("", "body", wrap=True)
        self.problems = label("", "body", "danger", wrap=True)
        self.use = QuietButton("Use this one")
        self.use.clicked.connect(self._use)
        self.remove = QuietButton("Remove…")
        self.remove.clicked.connect(self._ask_remove)
        self.part = Choice("Shown", _PARTS)
        self.part.changed.connect(self._show_part)
        self.card = Prose("Model card")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.card)
        self._panels: dict[str, tuple[AcceptancePanel | AgreementPanel, QWidget]] = {}
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.use)
        acts.addWidget(self.remove)
        acts.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self._name, self.problems, self.figures, notice()):
            right.addWidget(part)
        right.addLayout(acts)
        right.addSpacing(8)
        right.addWidget(self.part)
        right.addWidget(self._pages, 1)
        return right

    def _load(self) -> None:
        from clinoscope.workflow import models

        self.install.setVisible(self.shell.may(Act.MODELS))
        self.rows.loading()
        run_task(self, models.installed, done=self._show, busy=self._again)
        run_task(self, models.choice_problems, done=self._tell)

    def _show(self, found: tuple[Installed, ...]) -> None:
        from clinoscope.workflow import models

        order = {task: place for place, task in enumerate(modes.task_ids())}
        self._known = tuple(sorted(found, key=lambda entry: order.get(entry.task, len(order))))
        rows = [_row(entry) for entry in self._known]
        rows += [_untrained_row(task) for task in models.not_trained(found)]
        self._stack.setCurrentIndex(0 if rows else 1)
        self.rows.show_rows(rows, select_first=True)
        wanted = (place for place, row in enumerate(rows) if self._wanted in (row.key, _task_of(row)))
        self.rows.select(next(wanted, self.rows.currentIndex().row()))
        self._wanted = None
        self.rows.setFocus()

    def _tell(self, problems: list[str]) -> None:
        if problems:
            self.shell.warn(" ".join(problems))

    def _show_one(self, row: Row) -> None:
        self._name.setText(row.texts[0])
        if isinstance(row.what, Task):
            self._show_untrained(row.what)
        else:
            self._show_entry(row)

    def _show_part(self, part: str) -> None:
        """The card, what the clinic's own test said, or the agreement over time, of the current package."""
        row = self.rows.current()
        if part == "card" or row is None or isinstance(row.what, Task):
            self._pages.setCurrentWidget(self.card)
            return
        panel, page = self._panels.get(part) or self._made(part)
        self._pages.setCurrentWidget(page)
        panel.show_for(_entry(row))

    def _made(self, part: str) -> tuple[AcceptancePanel | AgreementPanel, QWidget]:
        from clinoscope.ui.pages.acceptance_panel import AcceptancePanel
        from clinoscope.ui.pages.agreement_panel import AgreementPanel

        panel: AcceptancePanel | AgreementPanel
        if part == "tested":
            panel = AcceptancePanel(self.shell)
            panel.fitted.connect(self._fitted)
        else:
            panel = AgreementPanel(self.shell)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(panel)
        column.addStretch(1)
        self._pages.addWidget(page)
        self._panels[part] = panel, page
        return panel, page

    def _show_untrained(self, task: Task) -> None:
        self.figures.setText(_UNTRAINED)
        self.figures.show()
        self.problems.hide()
        self.use.hide()
        self.remove.hide()
        self.part.hide()
        self._pages.setCurrentWidget(self.card)
        self.card.set_markdown(_untrained_words(task))

    def _show_entry(self, row: Row) -> None:
        from clinoscope.workflow import models

        entry = _entry(row)
        self.figures.setText(entry.figures)
        self.figures.setVisible(bool(entry.figures))
        self.problems.setText(_problem_words(entry))
        self.problems.setVisible(bool(entry.problems))
        may = self.shell.may(Act.MODELS)
        self.use.setVisible(may and not entry.in_use and not entry.problems)
        self.remove.setVisible(may and not entry.shipped)
        self.part.show()
        self._show_part(self.part.value())
        self.card.set_markdown("")
        run_task(self, models.card, entry, done=lambda text: self._show_card(row, text))

    def _show_card(self, row: Row, text: str) -> None:
        current = self.rows.current()
        if current is not None and current.key == row.key:
            self.card.set_markdown(text)

    def _use(self) -> None:
        from clinoscope.workflow import models

        entry, vault = _entry(self.rows.current()), self.shell.vault

        def use() -> None:
            models.use(entry, vault=vault)

        run_task(self, use, done=lambda _: self._used(entry), failed=self._failed, busy=self.use)

    def _used(self, entry: Installed) -> None:
        self.shell.say(f"{_title(entry.task)}: readings are made with {entry.shown} now.")
        self._load()

    def _ask_remove(self) -> None:
        self.remove_panel.open_for(_entry(self.rows.current()))

    def _remove(self, entry: Installed) -> None:
        from clinoscope.workflow import models

        vault = self.shell.vault

        def remove() -> None:
            models.remove(entry, vault=vault)

        run_task(self, remove, done=lambda _: self._removed(entry), failed=self._failed, busy=self.remove)

    def _removed(self, entry: Installed) -> None:
        self.shell.say(f"{entry.shown or 'The package'} is removed.")
        self._load()

    def _installed(self, added: Added) -> None:
        words = "is installed" if added.new else "is there already"
        more = "" if added.in_use else " Choose “Use this one” when it shall make the readings."
        self.shell.say(f"{added.model.shown} {words}.{more}")
        self._wanted = added.model.sha256
        self._load()

    def _fitted(self, sha256: str) -> None:
        self._wanted = sha256
        self._load()

    def _failed(self, error: KnownError) -> None:
        self.shell.warn(str(error))
        self._load()


_NONE = "Readings need a model package for their task. The package folder is “models”, beside the program."
_UNTRAINED = (
    "Not trained: no model ships for this. Train one on your own pictures with “clinoscope train”, or install a "
    "package; then it is offered for exams."
)


def _row(entry: Installed) -> Row:
    origin = "shipped" if entry.shipped else "installed here"
    if entry.problems:
        chip = ("Altered", "danger")
    else:
        chip = ("In use", "accent") if entry.in_use else ("Not in use", "ink")
    return Row(
        key=entry.sha256 or entry.task,
        texts=(_title(entry.task),),
        below=f"{entry.shown} · {origin}" if entry.model else f"Cannot be used · {origin}",
        chip=chip,
        what=entry,
    )


def _problem_words(entry: Installed) -> str:
    """What is wrong with a package, whether readings wait for it, and what to do."""
    if not entry.problems:
        return ""
    wrong = "\n".join(problem[:1].upper() + problem[1:] for problem in entry.problems)
    again = "install Clinoscope again" if entry.shipped else "install it again"
    if not entry.in_use:
        return f"{wrong}\nIt cannot be used: {again}{'' if entry.shipped else ', or remove it'}."
    return f"{wrong}\nIt is in use, so no reading can be made: {again}, or use another one."


def _untrained_row(task: Task) -> Row:
    texts, chip = (_title(task.id),), ("Not trained", "ink")
    return Row(key=task.id, texts=texts, below="No package is installed", chip=chip, what=task)


def _untrained_words(task: Task) -> str:
    """Every answer the task would have, each as not trained."""
    listed = "\n".join(f"- {entry.name}: not trained" for entry in task.labels)
    return f"{task.purpose}.\n\n{listed}\n"


def _task_of(row: Row) -> str:
    return row.what.id if isinstance(row.what, Task) else _entry(row).task


def _entry(row: Row | None) -> Installed:
    from clinoscope.workflow.models import Installed

    assert row is not None
    assert isinstance(row.what, Installed)
    return row.what


def _title(task: str) -> str:
    if task not in modes.task_ids():
        return task or "Unknown package"
    return f"{modes.mode_of(task).name} · {modes.task(task).name}"
