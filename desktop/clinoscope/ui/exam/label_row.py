"""One possible answer: its key, its name, how likely, a bar under it. Pressing it overrules."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clinoscope.modes.wording import percent
from clinoscope.ui import theme
from clinoscope.ui.exam.keycap import paint_keycap

KEY = 22
PAD = 5
LOOSE, TIGHT = (5, 6), (2, 4)
"""Pixels above and below the words, and of the bar."""


class LabelRow(QAbstractButton):
    """``share`` 0..1 on a scale that ends at 1 for every row, None where none is shown; ``kept`` for labels that
    cannot be excluded.

    Text never lies on the bar. Checked means: this is the clinician's own answer. ``tight`` rows are for a task with
    many labels, all of which shall be seen at once.
    """

    def __init__(
        self,
        key: str,
        name: str,
        share: float | None,
        kept: bool,
        parent: QWidget | None = None,
        *,
        tight: bool = False,
    ) -> None:
        super().__init__(parent)
        self._gap, self._bar = TIGHT if tight else LOOSE
        self._key, self._name, self._share, self._kept = key, name, share, kept
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name if share is None else f"{name}, {percent(share)}")
        self.setAccessibleDescription(f"Key {key}: give this as your own answer" if key else "")
        theme.watcher().changed.connect(self.update)

    def set_locked(self) -> None:
        """A signed exam shows its rows but takes no answer."""
        self.setEnabled(False)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._name_rect(width).height() + (2 * PAD if self._share is None else self._bar + 3 * self._gap)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        name = self._name_rect(self.width())
        self._paint_key(painter, name)
        weight = "semibold" if self._kept else "regular"
        painter.setFont(theme.font("small", weight))
        painter.setPen(theme.color("ink" if self._kept or self.isChecked() else "secondary"))
        painter.drawText(name, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter), self._name)
        if self._share is not None:
            self._paint_share(painter, name, self._share)
        painter.end()

    def _paint_share(self, painter: QPainter, name: QRect, share: float) -> None:
        numbers = QRect(name.right() + PAD, name.top(), self.width() - name.right() - 2 * PAD, name.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(numbers, int(right), percent(share))
        across = self.width() - name.left() - PAD
        self._paint_bar(painter, QRectF(name.left(), name.bottom() + self._gap, across, self._bar), share)

    def _name_rect(self, width: int) -> QRect:
        left = PAD + (KEY + 8 if self._key else 0)
        metrics = QFontMetrics(theme.font("small", "semibold"))
        room = max(width - left - metrics.horizontalAdvance("> 99 %") - 3 * PAD, 60)
        text = metrics.boundingRect(QRect(0, 0, room, 200), int(Qt.TextFlag.TextWordWrap), self._name)
        top = PAD if self._share is None else self._gap
        return QRect(left, top, room, max(text.height(), KEY - 4))

    def _paint_ground(self, painter: QPainter) -> None:
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(theme.color("accent-soft"))
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        elif self.isEnabled() and self.underMouse():
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)

    def _paint_key(self, painter: QPainter, beside: QRect) -> None:
        if not self._key:
            return
        cap = QRectF(PAD, beside.center().y() - KEY / 2 + 1, KEY, KEY)
        paint_keycap(painter, cap, self._key, self.isChecked())

    def _paint_bar(self, painter: QPainter, room: QRectF, share: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(room, self._bar / 2, self._bar / 2)
        filled = QRectF(room)
        filled.setWidth(max(room.width() * share, self._bar))
        painter.setBrush(theme.color("secondary" if self._kept else "control"))
        painter.drawRoundedRect(filled, self._bar / 2, self._bar / 2)
