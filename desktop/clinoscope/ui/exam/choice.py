"""How the clinician answers: buttons that show their key, and a comment that grows when it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit

from clinoscope.ui import theme
from clinoscope.ui.exam.keycap import paint_keycap
from clinoscope.ui.widgets import QuietButton

KEY = 20
_CLOSED, _OPEN = 48, 92


class ChoiceButton(QuietButton):
    """A quiet button that stays down while it is the answer; its key stands before its words."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text, tip=f"{text} ({key})")
        self._key = key
        self.setCheckable(True)
        self.setStyleSheet("text-align: left; padding-left: 38px;")

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + 12, hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = QRectF(10, (self.height() - KEY) / 2, KEY, KEY)
        paint_keycap(painter, cap, self._key, self.isChecked())
        painter.end()


class CommentField(QPlainTextEdit):
    """One line until it is typed in."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(theme.font())
        self.setPlaceholderText("Comment…")
        self.setAccessibleName("Comment")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_CLOSED)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._fit)

    def fill(self, text: str) -> None:
        """Show a text that nobody typed just now."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.hasFocus() or bool(self.toPlainText())
        self.setFixedHeight(_OPEN if wide else _CLOSED)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
