"""The panel that slides in from the right, instead of a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.buttons import IconButton, QuietButton
from clinoscope.ui.widgets.fields import Field
from clinoscope.ui.widgets.motion import move
from clinoscope.ui.widgets.scroll import ScrollBody
from clinoscope.ui.widgets.text import label

_SHADOW = 12
_Slider = QAbstractSlider.SliderAction
SCROLLS = {
    Qt.Key.Key_PageDown: _Slider.SliderPageStepAdd,
    Qt.Key.Key_PageUp: _Slider.SliderPageStepSub,
    Qt.Key.Key_Down: _Slider.SliderSingleStepAdd,
    Qt.Key.Key_Up: _Slider.SliderSingleStepSub,
    Qt.Key.Key_Home: _Slider.SliderToMinimum,
    Qt.Key.Key_End: _Slider.SliderToMaximum,
}
"""What is below the fold has to be read without a mouse, too."""


class Panel(QWidget):
    """Lies over the right edge of ``host``. Put widgets into ``body``, buttons into ``foot``.

    What must be in sight however long the body gets goes into ``below``, between the two.

    Esc closes it and gives the focus back to where it was. Keys that nothing in it wants scroll the body.
    """

    closed = Signal()

    def __init__(self, host: QWidget, title: str, width: int = 400) -> None:
        super().__init__(host)
        self._host = host
        self._wanted_width = width + _SHADOW
        self._came_from: QWidget | None = None
        self._sheet = QWidget(self)
        self._sheet.setObjectName("Panel")
        self._sheet.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(_SHADOW, 0, 0, 0)
        outer.addWidget(self._sheet)
        inner = QVBoxLayout(self._sheet)
        inner.setContentsMargins(24, 16, 24, 24)
        inner.setSpacing(16)
        head = QHBoxLayout()
        self.title = label(title, "title")
        close = IconButton("ph.x", "Close (Esc)")
        close.clicked.connect(self.close_panel)
        head.addWidget(self.title, 1)
        head.addWidget(close)
        inner.addLayout(head)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = ScrollBody()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(16)
        scroll.setWidget(content)
        inner.addWidget(scroll, 1)
        self.below = QVBoxLayout()
        inner.addLayout(self.below)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        inner.addLayout(self.foot)
        self.setAccessibleName(title)
        host.installEventFilter(self)
        self.hide()

    def end_with(self, button: QWidget, leave: str = "Cancel") -> QuietButton:
        """Put ``button`` at the right end of the foot, and before it one that closes the panel; that one."""
        cancel = QuietButton(leave)
        cancel.clicked.connect(self.close_panel)
        self.foot.addStretch(1)
        self.foot.addWidget(cancel)
        self.foot.addWidget(button)
        return cancel

    def open_panel(self, focus: QWidget | None = None) -> None:
        """Slide in; ``focus`` gets the keyboard."""
        self._came_from = self.window().focusWidget()
        host = self._host
        self._fit()
        home = QPoint(host.width() - self.width(), 0)
        self.show()
        self.raise_()
        move(self, "pos", QPoint(host.width(), 0), home)
        (focus or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self) -> None:
        """Slide out."""
        if not self.isVisible():
            return
        move(self, "pos", self.pos(), QPoint(self._host.width(), 0), self.hide)
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            return
        act = SCROLLS.get(Qt.Key(event.key()))
        if act is not None:
            self._scroll.verticalScrollBar().triggerAction(act)
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if event.spontaneous():
            return  # the whole window was put away
        # Locked, or closed: a password half typed must not wait for whoever comes next.
        for field in self.findChildren(Field):
            if field.secret:
                field.set_text("")

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside, so that nobody types into what the panel covers."""
        here = self.window().focusWidget()
        there: QWidget | None = here
        while there is not None:
            there = there.nextInFocusChain() if forward else there.previousInFocusChain()
            if there is None or there is here:
                break
            wanted = there.isVisible() and there.isEnabled() and there.focusPolicy() & Qt.FocusPolicy.TabFocus
            if wanted and self.isAncestorOf(there):
                reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
                there.setFocus(reason)
                break
        return True  # also where there is but one place to be: a key that is left over goes on to what is covered

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
            self.move(self._host.width() - self.width(), 0)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        fade = QLinearGradient(0, 0, _SHADOW, 0)
        clear = theme.color("shadow")
        clear.setAlpha(0)
        fade.setColorAt(0, clear)
        fade.setColorAt(1, theme.color("shadow"))
        QPainter(self).fillRect(0, 0, _SHADOW, self.height(), fade)

    def _fit(self) -> None:
        self.resize(min(self._wanted_width, self._host.width()), self._host.height())
