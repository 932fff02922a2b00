"""What the window says by itself: a toast, a banner, an empty page, a chip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.buttons import IconButton, PrimaryButton
from clinoscope.ui.widgets.text import label, restyle

TOAST_MS = 3500


class Toast(QWidget):
    """A quiet word at the bottom of the window that goes by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.setObjectName("Toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = label("", "body")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show ``text`` for a few seconds."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(TOAST_MS)

    def text(self) -> str:
        return self._text.text() if self.isVisible() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        self.adjustSize()
        outer = self._host.size()
        self.move(QPoint((outer.width() - self.width()) // 2, outer.height() - self.height() - 32))


class Banner(QWidget):
    """One sentence across the top of the work area, until it is put away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = label("", "body", wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(32, 8, 16, 8)
        self._row.addWidget(self._text, 1)
        self._close: IconButton | None = None
        self.hide()

    def warn(self, text: str, level: str = "warning") -> None:
        """Show ``text``; ``level`` is ``warning`` or ``danger``."""
        if self._close is None:
            self._close = IconButton("ph.x", "Put away")
            self._close.clicked.connect(self.hide)
            self._row.addWidget(self._close)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setProperty("level", level)
        restyle(self)
        restyle(self._text)
        self.show()

    def text(self) -> str:
        return self._text.text() if self.isVisible() else ""


_DETAIL = 360


class EmptyState(QWidget):
    """One line and one button, in the middle of a page that has nothing to show."""

    def __init__(self, icon: str, line: str, button: str = "", detail: str = "") -> None:
        super().__init__()
        self._icon_name = icon
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._line = label(line, "title")
        self._line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._detail = label(detail, "body", "secondary", wrap=True)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._detail.setMinimumWidth(_DETAIL)
        # A layout asks a centred label for its height at another width than it gives it.
        self._detail.setMinimumHeight(max(self._detail.heightForWidth(_DETAIL), 0))
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(4)
        layout.addWidget(self._icon)
        layout.addWidget(self._line)
        layout.addWidget(self._detail, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button = PrimaryButton(button)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._detail.setVisible(bool(detail))
        self.button.setVisible(bool(button))
        layout.addStretch(5)
        self._draw()
        theme.watcher().changed.connect(self._draw)

    def show_detail(self, text: str) -> None:
        """Other words beneath the line."""
        self._detail.setText(text)

    def _draw(self) -> None:
        from clinoscope.ui.icons import icon

        self._icon.setPixmap(icon(self._icon_name, "control").pixmap(48, 48))


class Chip(QWidget):
    """A word in a soft pill: ``tone`` is ``ink accent amber slate danger``. Never colour alone."""

    def __init__(self, text: str = "", tone: str = "ink") -> None:
        super().__init__()
        self._text = text
        self._tone = tone
        self.setFont(theme.font("tiny", "medium"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._fit()
        if not text:
            self.hide()

    def set(self, text: str, tone: str) -> None:
        self._text, self._tone = text, tone
        self._fit()
        self.setVisible(bool(text))
        self.update()

    def _fit(self) -> None:
        self.setAccessibleName(self._text)
        self.setFixedSize(self.fontMetrics().horizontalAdvance(self._text) + 18, 22)

    def text(self) -> str:
        return self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover" if self._tone == "ink" else f"{self._tone}-soft"))
        painter.drawRoundedRect(self.rect(), 11, 11)
        painter.setPen(theme.color("secondary" if self._tone == "ink" else self._tone))
        painter.setFont(self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
