"""The narrow room at the right of the picture: what there is to know and to do, one per step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from clinoscope.ui.widgets import hairline
from clinoscope.ui.widgets.panel import SCROLLS
from clinoscope.ui.widgets.scroll import ScrollBody

WIDTH, WIDE = 376, 440
"""Pixels; the wider one from a bench of ``ROOMY`` pixels on."""
ROOMY = 1600
SCROLL_KEY = ("Page Up, Page Down", "Scroll the side")


class Side(QWidget):
    """Put widgets into ``body``, which scrolls when there is not room for all, and into ``foot``, which stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = self._scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = ScrollBody()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(24, 12, 24, 8)
        self.body.setSpacing(8)
        scroll.setWidget(content)
        outer.addWidget(scroll, 1)
        outer.addWidget(hairline())
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(24, 8, 24, 12)
        self.foot.setSpacing(8)
        outer.addLayout(self.foot)

    def scroll_by(self, key: Qt.Key) -> bool:
        """Scroll by a page; False where the key means something else, or all is in sight."""
        bar = self._scroll.verticalScrollBar()
        if key not in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) or bar.maximum() == 0:
            return False
        bar.triggerAction(SCROLLS[key])
        return True
