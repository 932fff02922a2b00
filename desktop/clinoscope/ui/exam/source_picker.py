"""Where the picture comes from: a camera by its name, a network address, a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.ui.exam.work import Sources
from clinoscope.ui.widgets import Combo, Field, QuietButton, label

CAMERA = "camera:"
NETWORK = "network"
SCHEMES = ("http://", "https://", "rtsp://", "rtsps://")


def first_address(sources: Sources) -> str:
    """What to look through at once: the last source if it is there, else the first camera, else ""."""
    cameras = [CAMERA + camera.name for camera in sources.cameras]
    if sources.last.startswith(SCHEMES) or sources.last in cameras:
        return sources.last
    return cameras[0] if cameras else ""


class SourcePicker(QWidget):
    """``wanted`` carries the address to look through; ``file_wanted`` asks for a file."""

    wanted = Signal(str)
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = Combo("Camera")
        self._list.activated.connect(self._on_activated)
        self.address = Field(
            "Network address",
            placeholder="http://192.168.1.20:8080/video",
            help_text="Starts with http:// or rtsp://. Enter connects.",
            check=_check_address,
        )
        self.address.submitted.connect(self._connect)
        self.address.hide()
        self.open_file = QuietButton("Open file…", icon="ph.folder-open", tip="Open file (Ctrl+O)")
        self.open_file.clicked.connect(self.file_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Camera", "small", "secondary", weight="medium"))
        layout.addWidget(self._list)
        layout.addWidget(self.address)
        layout.addWidget(self.open_file)
        layout.addWidget(label("Or drop a picture here, or paste one with Ctrl+V.", "small", "secondary", wrap=True))

    def show_sources(self, sources: Sources, address: str) -> None:
        """Fill the list; ``address`` is what is looked through now, "" for nothing."""
        self._fill([camera.name for camera in sources.cameras])
        network = address.startswith(SCHEMES)
        self.address.setVisible(network)
        if network:
            self.address.set_text(address)
        index = self._list.findData(NETWORK if network else address)
        self._list.setCurrentIndex(max(index, 0))

    def _fill(self, names: Sequence[str]) -> None:
        self._list.clear()
        if not names:
            self._list.addItem("No camera found", "")
        for name in names:
            self._list.addItem(name, CAMERA + name)
        self._list.addItem("Network address…", NETWORK)

    def _on_activated(self, index: int) -> None:
        data = str(self._list.itemData(index))
        self.address.setVisible(data == NETWORK)
        if data == NETWORK:
            self.address.setFocus()
        else:
            self.wanted.emit(data)

    def choose_network(self) -> None:
        """Ask for a network address."""
        self._list.setCurrentIndex(self._list.findData(NETWORK))
        self._on_activated(self._list.currentIndex())

    def _connect(self) -> None:
        if self.address.ok():
            self.wanted.emit(self.address.text().strip())


def _check_address(text: str) -> str:
    return "" if text.strip().startswith(SCHEMES) else "An address starts with http:// or rtsp://."
