"""Before the first step: which task. One tile each, in columns by mode; the last choice comes first."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinoscope import modes
from clinoscope.domain.task import Mode, Task
from clinoscope.ui import icons, theme
from clinoscope.ui.exam_words import DIFFERENTIAL
from clinoscope.ui.widgets import LinkButton, label
from clinoscope.workflow import models

KEYS = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Digits first, then letters: a clinic that installs models of its own has more tasks than digits."""
PAD = 16
CELLS = "neutrophil/cells"
BENCH = "Many fields of a smear, every white cell sorted, reviewed and signed"


class ChooseStep(QWidget):
    """``chosen`` carries the task; ``smear_chosen`` asks for the bench, where many fields make one exam, and
    ``consent_wanted`` for the panel in which a consent is noted."""

    chosen = Signal(object)
    smear_chosen = Signal()
    consent_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        self.tiles: list[_Tile] = []
        self.notice = label("", "body", "amber", wrap=True)
        self.note = LinkButton("Note a consent…", tip="Note a consent (Ctrl+G)")
        self.note.clicked.connect(self.consent_wanted)
        self._told = QWidget(self)
        row = QHBoxLayout(self._told)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.notice, 1)
        row.addWidget(self.note)
        row.addStretch(0)  # takes what is left once the notice has its line

    def show_choice(self, last: Task | None, only: str | None, notice: str = "", *, may_note: bool = False) -> None:
        """Build the tiles: of one mode when ``only`` names one, else of all; ``last`` stands first.

        ``notice`` is what is to be known before a task is chosen: it stops nobody. ``may_note``: the user may note
        what the patient says to it.
        """
        if last is not None and not models.usable(last):
            last = None  # its package was removed since
        self.tiles = []
        shown = [mode for mode in modes.all_modes() if only in (None, mode.id)]
        body = QWidget()
        body.setObjectName("ScrollBody")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(32, 32, 32, 24)
        layout.setSpacing(24)
        layout.addWidget(label("What do you want to look at?", "title"))
        self._say(notice)
        self.note.setVisible(may_note)
        layout.addWidget(self._told)  # taken out of the body before, which goes
        if last is not None and only in (None, last.mode):
            layout.addLayout(self._again(last))
        columns = QGridLayout()
        columns.setHorizontalSpacing(24)
        columns.setVerticalSpacing(12)
        for column in range(4):
            columns.setColumnStretch(column, 1)
        for column, mode in enumerate(shown):
            self._add_mode(columns, column, mode)
        layout.addLayout(columns)
        if only is not None:
            every = LinkButton("All modes")
            every.clicked.connect(lambda: self.show_choice(last, None, self.notice.text(), may_note=may_note))
            layout.addWidget(every, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self._scroll.setWidget(body)
        self._focus_first()

    def tell(self, notice: str) -> None:
        """Another notice, or none any more, above the same tiles."""
        self._say(notice)
        self._focus_first()

    def _say(self, notice: str) -> None:
        """The notice and the way to answer it; hidden where there is nothing to be told."""
        self.notice.setText(notice)
        # no wider than its words, so that the link stands behind them; in a narrow window they take two lines
        self.notice.setMaximumWidth(self.notice.fontMetrics().horizontalAdvance(notice) + PAD)
        self._told.setVisible(bool(notice))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        numbered = [tile for tile in self.tiles if tile.key]
        found = next((tile for tile in numbered if tile.key == event.text().upper()), None)
        if found is not None:
            found.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = next((tile for tile in self.tiles if tile.hasFocus()), None)
            (focused or self.tiles[0]).click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self.focusNextChild()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Left):
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def _again(self, last: Task) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(8)
        box.addWidget(label("Last time", "small", "secondary"))
        tile = self._tile(last, "")
        tile.setMaximumWidth(420)
        box.addWidget(tile)
        return box

    def _add_mode(self, columns: QGridLayout, column: int, mode: Mode) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(icons.icon(mode.icon, "secondary").pixmap(icons.SIZE, icons.SIZE))
        head.addWidget(picture)
        head.addWidget(label(mode.name, "heading"))
        head.addStretch(1)
        columns.addLayout(head, 0, column)
        offered = [task for task in mode.tasks if task.offered and models.usable(task)]
        for row, task in enumerate(offered, start=1):
            columns.addWidget(self._tile(task, self._next_key(), numbered=True), row, column)
        if mode.id == modes.task(CELLS).mode and models.usable(modes.task(CELLS)):
            columns.addWidget(self._bench_tile(), len(offered) + 1, column)

    def _bench_tile(self) -> _Tile:
        tile = _Tile(DIFFERENTIAL, BENCH, mode=modes.mode_of(CELLS).name, key=self._next_key())
        tile.clicked.connect(self.smear_chosen)
        self.tiles.append(tile)
        return tile

    def _tile(self, task: Task, key: str, *, numbered: bool = False) -> _Tile:
        tile = _Tile(task.name, task.purpose, mode=modes.mode_of(task.id).name, key=key, numbered=numbered)
        tile.clicked.connect(lambda: self.chosen.emit(task))
        self.tiles.append(tile)
        return tile

    def _next_key(self) -> str:
        """The key of the next tile that has one; "" when there are no more keys."""
        number = sum(1 for tile in self.tiles if tile.numbered)
        return KEYS[number] if number < len(KEYS) else ""

    def _focus_first(self) -> None:
        if self.tiles:
            self.tiles[0].setFocus(Qt.FocusReason.OtherFocusReason)


class _Tile(QAbstractButton):
    """What can be looked at: its name, what it does, its key in the corner."""

    def __init__(self, name: str, purpose: str, *, mode: str, key: str, numbered: bool = True) -> None:
        super().__init__()
        self._name, self._purpose, self.key, self.numbered = name, purpose, key, numbered
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(160)
        self.setAccessibleName(f"{mode}: {name}")
        self.setAccessibleDescription(f"{purpose}. Key {key}." if key else purpose)
        theme.watcher().changed.connect(self.update)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self._purpose_rect(width).bottom() + PAD, 84)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.color("pressed" if self.isDown() else "hover" if self.underMouse() else "surface"))
        focused = self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if focused else "line"), 2 if focused else 1))
        painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        painter.setFont(theme.font("body", "semibold"))
        painter.setPen(theme.color("ink"))
        painter.drawText(self._name_rect(self.width()), flags, self._name)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("secondary"))
        painter.drawText(self._purpose_rect(self.width()), flags, self._purpose)
        if self.key:
            cap = QRect(self.width() - PAD - 22, PAD - 2, 22, 22)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("paper"))
            painter.drawRoundedRect(cap, 5, 5)
            painter.setFont(theme.font("tiny", "medium"))
            painter.setPen(theme.color("secondary"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
        painter.end()

    def _name_rect(self, width: int) -> QRect:
        room = QRect(0, 0, width - 2 * PAD - 30, 400)
        metrics = QFontMetrics(theme.font("body", "semibold"))
        text = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._name)
        return QRect(QPoint(PAD, PAD), QSize(room.width(), text.height()))

    def _purpose_rect(self, width: int) -> QRect:
        room = QRect(0, 0, width - 2 * PAD, 400)
        metrics = QFontMetrics(theme.font("small"))
        text = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._purpose)
        return QRect(QPoint(PAD, self._name_rect(width).bottom() + 5), QSize(room.width(), text.height()))
