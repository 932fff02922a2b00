"""The rail on the left: four places, settings, lock, and who is logged in."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.icons import icon
from clinoscope.ui.shell import NEEDS, Shell
from clinoscope.ui.widgets.mark import Mark

WIDTH = 88
_PLACES = (
    ("today", "Today", "ph.sun-horizon", "Ctrl+1"),
    ("people", "People", "ph.users", "Ctrl+2"),
    ("smears", "Smears", "ph.circles-three", "Ctrl+3"),
    ("models", "Models", "ph.cube", "Ctrl+4"),
)
_PART_OF = {
    "patient": "people",
    "exam": "people",
    "compare": "people",
    "smear": "smears",
    "users": "settings",
    "audit": "settings",
}


class _RailButton(QPushButton):
    """An icon above its word."""

    def __init__(self, name: str, icon_name: str, tip: str) -> None:
        super().__init__()
        self._word = name
        self._icon_name = icon_name
        self.setProperty("kind", "rail")
        self.setFixedSize(QSize(72, 60))
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFont(theme.font("tiny", "medium"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter goes there, too, as on every other button: left to the page, it would do something else.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = self.rect().adjusted(2, 2, -2, -2)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.color("accent-soft" if self.isChecked() else "hover"))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        tone = "accent" if self.isChecked() else "secondary"
        pixmap = icon(self._icon_name, tone).pixmap(QSize(22, 22), self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 22) // 2, 10, pixmap)
        painter.setPen(theme.color("accent" if self.isChecked() else "secondary"))
        painter.setFont(self.font())
        painter.drawText(self.rect().adjusted(0, 35, 0, -6), Qt.AlignmentFlag.AlignCenter, self._word)
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(theme.color("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)


class _Initials(QWidget):
    """Who is logged in, as two letters; the name in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(32, 32))
        self._letters = ""

    def show_name(self, name: str) -> None:
        words = name.split()
        self._letters = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
        self.setToolTip(f"Logged in as {name}")
        self.setAccessibleName(f"Logged in as {name}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent-soft"))
        painter.drawEllipse(self.rect())
        painter.setPen(theme.color("accent"))
        painter.setFont(theme.font("tiny", "semibold"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letters)


class Rail(QWidget):
    """Ctrl+1 to Ctrl+4 go to the places, Ctrl+, to the settings, Ctrl+L locks."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.setObjectName("Rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 16)
        layout.setSpacing(4)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(Mark(32), 0, centre)
        layout.addSpacing(20)
        self._buttons: dict[str, _RailButton] = {}
        for place, name, icon_name, key in _PLACES:
            layout.addWidget(self._button(place, name, icon_name, key), 0, centre)
        layout.addStretch(1)
        layout.addWidget(self._button("settings", "Settings", "ph.gear-six", "Ctrl+,"), 0, centre)
        lock = _RailButton("Lock", "ph.lock-simple", "Lock (Ctrl+L)")
        lock.setCheckable(False)
        lock.clicked.connect(shell.lock)
        layout.addWidget(lock, 0, centre)
        layout.addSpacing(8)
        self._initials = _Initials()
        layout.addWidget(self._initials, 0, centre)

    def show_user(self, name: str) -> None:
        self._initials.show_name(name)

    def show_access(self) -> None:
        """Only the places that the user may go to."""
        for place, button in self._buttons.items():
            button.setVisible(place not in NEEDS or self._shell.may(NEEDS[place]))

    def show_place(self, place: str) -> None:
        here = _PART_OF.get(place, place)
        for name, button in self._buttons.items():
            button.setChecked(name == here)

    def button(self, place: str) -> QPushButton:
        """The button of a place."""
        return self._buttons[place]

    def _button(self, place: str, name: str, icon_name: str, key: str) -> _RailButton:
        button = _RailButton(name, icon_name, f"{name} ({key})")
        button.clicked.connect(lambda: self._go(place))
        self._buttons[place] = button
        return button

    def _go(self, place: str) -> None:
        self._shell.go(place)
        self.show_place(place)
