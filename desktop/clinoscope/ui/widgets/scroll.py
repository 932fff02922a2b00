"""What lies in a scroll area: as high as its words need at the width they have."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


class ScrollBody(QWidget):
    """Qt takes the least height of wrapped words at their narrowest, and would scroll where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ScrollBody")

    def minimumSizeHint(self) -> QSize:
        """Only the width: the scroll area asks ``heightForWidth`` for the rest."""
        hint, layout = super().minimumSizeHint(), self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint
