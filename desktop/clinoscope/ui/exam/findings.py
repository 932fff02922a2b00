"""What the answer rests on: bars for every label, measures with their uncertainty, counted cells."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinoscope import modes
from clinoscope.domain.reading import CANNOT_JUDGE, CellReading, Measure, Reading
from clinoscope.domain.task import Task
from clinoscope.modes import wording
from clinoscope.ui import theme
from clinoscope.ui.exam import words
from clinoscope.ui.exam.label_row import LabelRow
from clinoscope.ui.exam.series_plot import SeriesPlot
from clinoscope.ui.widgets import hairline, label

ROW = 34
NUMBER = 72
LOOSE_ROWS = 5
"""With more labels than that the rows stand closer, so that all of them are seen on a screen of 1366 x 768."""


class LabelRows(QWidget):
    """One row for every label, in the order of their keys. ``chosen`` carries the label that was pressed."""

    chosen = Signal(str)

    def __init__(self, task: Task, reading: Reading, locked: bool) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.rows: dict[str, LabelRow] = {}
        # What cannot be judged has no percentages worth showing; the rows stay, for the clinician to choose from.
        judged = bool(reading.probabilities) and reading.answer != CANNOT_JUDGE
        for number, entry in enumerate(task.labels, start=1):
            share = reading.probabilities.get(entry.id) if judged else None  # none where the package does not know it
            key = str(number) if number <= 9 and not locked else ""
            kept = judged and entry.id in reading.labels
            row = LabelRow(key, entry.name, share, kept, tight=len(task.labels) > LOOSE_ROWS)
            row.clicked.connect(lambda _=False, chosen=entry.id: self.chosen.emit(chosen))
            if locked:
                row.set_locked()
            layout.addWidget(row)
            self.rows[entry.id] = row

    def show_chosen(self, chosen: str) -> None:
        """Mark the label the clinician gave instead; "" for none."""
        for label_id, row in self.rows.items():
            row.setChecked(label_id == chosen)


class Measures(QWidget):
    """The measures beside the first one, with ±; above them a thin plot of the first when there are earlier values."""

    def __init__(self, reading: Reading, earlier: Sequence[Reading]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(6)
        series = _series(reading.measures[0], earlier)
        if len(series) > 1:
            layout.addWidget(SeriesPlot(series))
        for measure in reading.measures[1:]:
            layout.addWidget(_measure_row(measure))


class _Table(QTableWidget):
    """Only moves with the arrow keys: every other key is meant for the page, also while the table has the keyboard."""

    _OWN = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in self._OWN:
            super().keyPressEvent(event)
        else:
            event.ignore()


class Differential(QWidget):
    """Type, count, percent. ``cells_chosen`` carries the indexes of the cells of the type gone to, to be marked."""

    cells_chosen = Signal(object)

    def __init__(self, cells: Sequence[CellReading]) -> None:
        super().__init__()
        lines = wording.differential(modes.task("neutrophil/type"), cells)
        self._members = [_members(cells, line.label) for line in lines]
        self.table = _Table(len(lines), 3)
        self.table.setAccessibleName("Differential count: type, count, percent")
        self._fill(lines)
        self._fit(len(lines))
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.table.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(_head())
        layout.addWidget(hairline())
        layout.addWidget(self.table)
        if any(line.share is None for line in lines):
            layout.addWidget(label(wording.NOT_COUNTED, "small", "secondary", wrap=True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.table.clearSelection()
        return False

    def _fill(self, lines: Sequence[wording.TypeCount]) -> None:
        for row, line in enumerate(lines):
            share = "\u2013" if line.share is None else f"{line.share * 100:.0f}"
            for column, text in enumerate((line.name, str(line.count), share)):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)

    def _fit(self, rows: int) -> None:
        table = self.table
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setFont(theme.font())
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.horizontalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(column, NUMBER)
        table.setFixedHeight(ROW * rows + 2)

    def _on_selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self.cells_chosen.emit(self._members[rows[0].row()] if rows else frozenset())


def _head() -> QHBoxLayout:
    head = QHBoxLayout()
    head.setContentsMargins(3, 0, 3, 0)
    head.setSpacing(0)
    head.addWidget(label("Type", "small", "secondary", weight="medium"), 1)
    for text in ("Count", "%"):
        number = label(text, "small", "secondary", weight="medium")
        number.setFixedWidth(NUMBER)
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(number)
    return head


def _members(cells: Sequence[CellReading], label_id: str) -> frozenset[int]:
    return frozenset(index for index, cell in enumerate(cells) if wording.likeliest(cell.type) == label_id)


def _series(measure: Measure, earlier: Sequence[Reading]) -> list[Measure]:
    """The same measure in the earlier readings, oldest first, then this one."""
    found = [entry for reading in earlier for entry in reading.measures if entry.name == measure.name]
    return [*found, measure]


def _measure_row(measure: Measure) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(label(words.sentence_case(measure.name), "small", "secondary", wrap=True), 1)
    layout.addWidget(label(wording.number(measure), "body", weight="medium"))
    return row
