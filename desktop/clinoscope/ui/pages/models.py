"""The installed model packages: what each is for, how it did on people it had never seen, whether it is intact."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, notice, page_column
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.prose import Prose
from clinoscope.ui.widgets.rows import Column, Row, RowList
from clinoscope.ui.widgets.text import hairline, label

if TYPE_CHECKING:
    from clinoscope.workflow.models import Installed

_LIST = 380


class ModelsPage(Page):
    """Every file of every package is checked against its hash each time the page comes up."""

    keys = (("↑ ↓", "Through the models"), ("Tab", "To the model card"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._known: tuple[Installed, ...] = ()
        column = page_column(self, widest=1600)
        self._again = QuietButton("Check again", icon="ph.arrows-clockwise")
        self._again.clicked.connect(self._load)
        head, _title = heading("Models", self._again)
        column.addLayout(head)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.rows = RowList((Column("Model"),), "Models", height=64)
        self.rows.setFixedWidth(_LIST)
        self.rows.picked.connect(self._show_one)
        self._name = label("", "title")
        self.figures = label("", "body", wrap=True)
        self._notice = notice()
        self.problems = label("", "body", "danger", wrap=True)
        self.card = Prose("Model card")
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(32)
        row.addWidget(self.rows)
        row.addWidget(hairline(vertical=True))
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self._name, self.problems, self.figures, self._notice):
            right.addWidget(part)
        right.addSpacing(8)
        right.addWidget(self.card, 1)
        row.addLayout(right, 1)
        self._stack.addWidget(both)
        self._stack.addWidget(EmptyState("ph.cube", "No models are installed", detail=_NONE))

    def enter(self, **what: object) -> None:
        self._load()

    def _load(self) -> None:
        from clinoscope.workflow import models

        self.rows.loading()
        run_task(self, models.installed, done=self._show, busy=self._again)

    def _show(self, found: tuple[Installed, ...]) -> None:
        order = {task: place for place, task in enumerate(modes.task_ids())}
        self._known = tuple(sorted(found, key=lambda entry: order.get(entry.task, len(order))))
        self._stack.setCurrentIndex(0 if found else 1)
        self.rows.show_rows([_row(entry) for entry in self._known], select_first=True)
        self.rows.setFocus()

    def _show_one(self, row: Row) -> None:
        from clinoscope.workflow import models

        entry = cast("Installed", row.what)
        self._name.setText(row.texts[0])
        self.figures.setText(entry.figures)
        self.figures.setVisible(bool(entry.figures))
        self.problems.setText("\n".join(entry.problems))
        self.problems.setVisible(bool(entry.problems))
        self.card.set_markdown("")
        run_task(self, models.card, entry, done=lambda text: self._show_card(row, text))

    def _show_card(self, row: Row, text: str) -> None:
        current = self.rows.current()
        if current is not None and current.key == row.key:
            self.card.set_markdown(text)


_NONE = "Readings need a model package for their task. The package folder is “models”, beside the program."


def _row(entry: Installed) -> Row:
    known = entry.task in modes.task_ids()
    return Row(
        key=entry.task,
        texts=(_title(entry.task) if known else entry.task,),
        below=str(entry.model) if entry.model else "Cannot be used",
        chip=("Altered", "danger") if entry.problems else ("Intact", "accent"),
        what=entry,
    )


def _title(task: str) -> str:
    return f"{modes.mode_of(task).name} · {modes.task(task).name}"
