"""What stands on the grey when there is no camera: one line, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.ui.widgets import PrimaryButton, label


class StageEmpty(QWidget):
    """Stays in the middle of its parent. ``file_wanted`` asks for a file."""

    file_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        title = label("No camera found", "title", "on-stage")
        words = label(
            "Connect a camera and it starts by itself. Or open a picture, drop one here, or paste it with Ctrl+V.",
            "body",
            "on-stage",
            wrap=True,
        )
        self.button = PrimaryButton("Open file…", icon="ph.folder-open", tip="Open file (Ctrl+O)")
        self.button.clicked.connect(self.file_wanted)
        self._column = layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (title, words):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(440)
        parent.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.place()
        return False

    def place(self) -> None:
        """Move to the middle of the stage."""
        self.resize(self.width(), self._column.heightForWidth(self.width()))
        room = self._host.rect().center()
        self.move(room.x() - self.width() // 2, room.y() - self.height() // 2)
