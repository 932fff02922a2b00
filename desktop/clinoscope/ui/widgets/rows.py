"""A list of rows in exact columns: people, exams, model packages. Arrow keys move, Enter or a click opens."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from clinoscope.ui import theme

_PAD = 12
_GAP = 16
_SCROLL_BAR = 14
_SKELETON_AFTER = 200

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """``width`` in pixels, or 0 for a share of what is left. Numbers belong at the ``right``."""

    name: str
    width: int = 0
    tone: str = "secondary"
    right: bool = False


@dataclass(frozen=True, eq=False)
class Row:
    """``texts`` one per column; ``below`` a second line in the first; ``chip`` (words, tone) after it."""

    key: Hashable
    texts: tuple[str, ...]
    below: str = ""
    chip: tuple[str, str] | None = None
    image: QImage | None = None
    what: object = None

    def spoken(self) -> str:
        """The row for a screen reader."""
        chip = self.chip[0] if self.chip else ""
        return ", ".join(part for part in (*self.texts, self.below, chip) if part)


class _Model(QStringListModel):
    """Holds empty strings only to be counted by Qt: a view asks for the number of rows twice for each row, and 10,000
    rows of a model that counts in Python held the window up for 30 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Instead of what was there. The rows are kept as they are: they may be made when they are looked at."""
        self.entries = rows
        self.setStringList([""] * len(rows))

    def add(self, rows: Sequence[Row]) -> None:
        """At the end."""
        first = len(self.entries)
        self.entries = [*self.entries, *rows]
        self.insertRows(first, len(rows))

    def change(self, place: int, row: Row) -> None:
        """Put another row there."""
        self.entries = [*self.entries[:place], row, *self.entries[place + 1 :]]
        self.dataChanged.emit(self.index(place), self.index(place))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """As of any row: that those of a model of strings can be typed in and dragged, a screen reader would tell."""
        more = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) & ~more

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[0]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken()
        return None


class RowList(QListView):
    """``opened(Row)`` on Enter, Return or a click; ``picked(Row)`` when the current row changes."""

    opened = Signal(object)
    picked = Signal(object)

    def __init__(self, columns: Sequence[Column], name: str, *, height: int = 52, pictures: bool = False) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.row_height = height
        self.pictures = pictures
        self._entries = _Model()
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_SKELETON_AFTER)
        self._waiting.timeout.connect(self.viewport().update)
        self._loading = False
        self.setModel(self._entries)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(self._open)
        self.selectionModel().currentChanged.connect(self._on_current)

    def rows(self) -> tuple[Row, ...]:
        return tuple(self._entries.entries)

    def row(self, place: int) -> Row:
        return self._entries.entries[place]

    def current(self) -> Row | None:
        index = self.currentIndex()
        return self._entries.entries[index.row()] if index.isValid() else None

    def show_rows(self, rows: Sequence[Row], *, select_first: bool = False) -> None:
        """Replace the rows; the current one stays current if it is still there."""
        before = self.current()
        self._loading = False
        self._waiting.stop()
        self._entries.show(rows)
        place = next((place for place, row in enumerate(rows) if row.key == before.key), None) if before else None
        if place is not None:
            self.select(place)
        elif rows and select_first:
            self.select(0)
        self.viewport().update()

    def add_rows(self, rows: Sequence[Row]) -> None:
        """More rows at the end; nothing above them moves."""
        if rows:
            self._entries.add(rows)

    def change_row(self, key: Hashable, **changes: Any) -> None:
        """Change one row in place, for what is known later (a thumbnail, the last exam)."""
        for place, row in enumerate(self._entries.entries):
            if row.key == key:
                self._entries.change(place, replace(row, **changes))

    def loading(self) -> None:
        """Rows are on their way: grey shapes stand in for them after 200 ms."""
        self._loading = True
        self._waiting.start()

    def select(self, place: int) -> None:
        """Make a row current; beyond the ends stays at the ends."""
        if self._entries.entries:
            place = min(max(place, 0), len(self._entries.entries) - 1)
            self.setCurrentIndex(self._entries.index(place))

    def step(self, by: int) -> None:
        """Move the current row."""
        self.select(self.currentIndex().row() + by if self.currentIndex().isValid() else 0)

    def open_current(self) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.MouseFocusReason and self.current() is None:
            # The row is what shows that the list has the keyboard; Qt's own would be current, not selected.
            self.select(0)
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._loading and not self._waiting.isActive() and not self._entries.entries:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            for place in range(4):
                top = place * self.row_height + self.row_height // 2 - 7
                painter.drawRoundedRect(QRectF(_PAD, top, 180 + 40 * (place % 3), 14), 7, 7)

    def sizeHint(self) -> QSize:
        return QSize(600, self.row_height * max(len(self._entries.entries), 1))

    def spots(self) -> list[tuple[int, int]]:
        """(x, width) of every column, the same with and without a scroll bar."""
        return spots(self.columns, self.width() - _SCROLL_BAR, self.picture_width())

    def picture_width(self) -> int:
        return round((self.row_height - 16) * 4 / 3) if self.pictures else 0

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._entries.entries[index.row()])

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.picked.emit(self._entries.entries[index.row()])


class Header(QWidget):
    """The names of the columns, over a hairline."""

    def __init__(self, rows: RowList) -> None:
        super().__init__()
        self._rows = rows
        self.setFixedHeight(32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font("tiny", "medium"))
        painter.setPen(theme.color("secondary"))
        for column, (x, w) in zip(self._rows.columns, self._rows.spots(), strict=True):
            painter.drawText(QRect(x, 0, w, 28), _align(column), column.name)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class _Painter(QStyledItemDelegate):
    def __init__(self, rows: RowList) -> None:
        super().__init__(rows)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self._rows.row_height)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), self.cut_off(self._rows.row(index.row())), view)
        return True

    def cut_off(self, row: Row) -> str:
        """What of a row does not fit into its columns, in full, a line each; "" where all of it is seen."""
        rooms = [width for _x, width in self._rows.spots()]
        shown = [(text, theme.font("body"), room) for text, room in zip(row.texts, rooms, strict=True)]
        shown[0] = (row.texts[0], theme.font("body", "medium"), rooms[0] - _chip_width(row))
        shown.append((row.below, theme.font("small"), rooms[0]))
        return "\n".join(text for text, font, room in shown if QFontMetrics(font).horizontalAdvance(text) > room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._rows.row(index.row())
        area = option.rect
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._ground(painter, area, option.state)
        if self._rows.pictures:
            self._picture(painter, area, row.image)
        for place, (x, width) in enumerate(self._rows.spots()):
            cell = QRect(area.x() + x, area.y(), width, area.height())
            if place == 0:
                selected = bool(option.state & QStyle.StateFlag.State_Selected)
                self._first(painter, cell, row, "surface" if selected else "")
            else:
                column = self._rows.columns[place]
                painter.setFont(theme.font("body"))
                painter.setPen(theme.color(column.tone))
                text = painter.fontMetrics().elidedText(row.texts[place], Qt.TextElideMode.ElideRight, width)
                painter.drawText(cell, _align(column), text)
        painter.restore()

    def _ground(self, painter: QPainter, area: QRect, state: QStyle.StateFlag) -> None:
        inner = QRectF(area).adjusted(1, 1, -1, -1)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent-soft" if selected else "hover"))
            painter.drawRoundedRect(inner, theme.RADIUS, theme.RADIUS)
        else:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        if selected and self._rows.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, theme.RADIUS, theme.RADIUS)

    def _picture(self, painter: QPainter, area: QRect, image: QImage | None) -> None:
        width, height = self._rows.picture_width(), area.height() - 16
        spot = QRectF(area.x() + _PAD, area.y() + 8, width, height)
        path = QPainterPath()
        path.addRoundedRect(spot, 5, 5)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(spot, theme.color("stage"))
        if image is not None and not image.isNull():
            size = image.size().scaled(spot.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            x = spot.x() + (spot.width() - size.width()) / 2
            y = spot.y() + (spot.height() - size.height()) / 2
            painter.drawImage(QRectF(x, y, size.width(), size.height()), image)
        painter.restore()

    def _first(self, painter: QPainter, cell: QRect, row: Row, chip_ground: str) -> None:
        chip_width = _chip_width(row)
        painter.setFont(theme.font("body", "medium"))
        text = painter.fontMetrics().elidedText(row.texts[0], Qt.TextElideMode.ElideRight, cell.width() - chip_width)
        shown = painter.fontMetrics().horizontalAdvance(text)
        line = cell if not row.below else QRect(cell.x(), cell.center().y() - 21, cell.width(), 22)
        painter.setPen(theme.color("ink"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        if row.chip:
            self._chip(
                painter,
                QRectF(cell.x() + shown + 10, line.center().y() - 10, chip_width - 10, 21),
                *row.chip,
                chip_ground,
            )
        if row.below:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("secondary"))
            below = painter.fontMetrics().elidedText(row.below, Qt.TextElideMode.ElideRight, cell.width())
            painter.drawText(
                QRect(cell.x(), cell.center().y() + 1, cell.width(), 20), Qt.AlignmentFlag.AlignVCenter, below
            )

    def _chip(self, painter: QPainter, area: QRectF, words: str, tone: str, ground: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(ground or ("hover" if tone == "ink" else f"{tone}-soft")))
        painter.drawRoundedRect(area, 10.5, 10.5)
        painter.setPen(theme.color("secondary" if tone == "ink" else tone))
        painter.setFont(theme.font("tiny", "medium"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)


def spots(columns: Sequence[Column], width: int, picture: int = 0) -> list[tuple[int, int]]:
    """(x, width) of every column: fixed ones as they are, the others share what is left."""
    left = _PAD + (picture + _GAP if picture else 0)
    free = width - left - _PAD - sum(column.width for column in columns) - _GAP * (len(columns) - 1)
    shares = sum(1 for column in columns if not column.width) or 1
    found, x = [], left
    for column in columns:
        wide = column.width or max(free // shares, 40)
        found.append((x, wide))
        x += wide + _GAP
    return found


def _chip_width(row: Row) -> int:
    """Pixels that the chip takes from the first column, with the gap before it."""
    if row.chip is None:
        return 0
    return QFontMetrics(theme.font("tiny", "medium")).horizontalAdvance(row.chip[0]) + 18 + 10


def _align(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
