"""Where the picture comes from: a camera by its name, a network address, a watched folder, a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.ui.exam.work import Sources
from clinoscope.ui.file_dialogs import ask_folder, ask_open
from clinoscope.ui.widgets import Combo, Field, IconButton, QuietButton, label
from clinoscope.ui.widgets.fields import all_ok

CAMERA = "camera:"
NETWORK = "network"
FOLDER = "folder:"
ASK_FOLDER = "ask for a folder"
MICROSCOPE = "mm:"
ASK_MICROSCOPE = "ask for a configuration"
SCHEMES = ("http://", "https://", "rtsp://", "rtsps://")


def first_address(sources: Sources) -> str:
    """What to look through at once: the last source if it is there, else the first camera, else ""."""
    cameras = [CAMERA + camera.name for camera in sources.cameras]
    if sources.last.startswith((*SCHEMES, FOLDER, MICROSCOPE)) or sources.last in cameras:
        return sources.last
    return cameras[0] if cameras else ""


class SourcePicker(QWidget):
    """``wanted`` carries the address to look through; ``file_wanted`` asks for a file, ``settings_wanted`` for the
    camera's settings."""

    wanted = Signal(str)
    file_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = ""
        self._micromanager = False
        self._names: list[str] = []
        self._list = _Sources("Camera")
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
        self._title = label("Camera", "small", "secondary", weight="medium")
        layout.addWidget(self._title)
        self.settings = IconButton("ph.sliders-horizontal", "Camera settings (S)")
        self.settings.clicked.connect(self.settings_wanted)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._list, 1)
        row.addWidget(self.settings)
        layout.addLayout(row)
        layout.addWidget(self.address)
        layout.addWidget(self.open_file)
        self._or_drop = label("Or drop a picture here, or paste one with Ctrl+V.", "small", "secondary", wrap=True)
        layout.addWidget(self._or_drop)

    def offer_file(self, wanted: bool) -> None:
        """Whether a file can be opened from here, too; not where the stage itself asks for one."""
        self.open_file.setVisible(wanted)
        self._or_drop.setVisible(wanted)

    def show_sources(self, sources: Sources, address: str) -> None:
        """Fill the list; ``address`` is what is looked through now, "" for nothing."""
        self._address = address
        self._micromanager = sources.micromanager
        self._names = [camera.name for camera in sources.cameras]
        self._fill()
        if address.startswith(SCHEMES):
            self.address.set_text(address)
        self._show_address()

    def _fill(self) -> None:
        self._list.clear()
        if not self._names:
            self._list.addItem("No camera found", "")
        for name in self._names:
            self._list.addItem(name, CAMERA + name)
        self._list.addItem("Network address…", NETWORK)
        if self.folder:
            self._list.addItem(f"Folder: {Path(self.folder).name or self.folder}", self._address)
            self._list.setItemData(self._list.count() - 1, self.folder, Qt.ItemDataRole.ToolTipRole)
        self._list.addItem("Watched folder…", ASK_FOLDER)
        if self._address.startswith(MICROSCOPE):
            self._list.addItem(f"Micro-Manager: {Path(self._address.removeprefix(MICROSCOPE)).stem}", self._address)
        if self._micromanager:
            self._list.addItem("Micro-Manager camera…", ASK_MICROSCOPE)

    def _on_activated(self, index: int) -> None:
        data = str(self._list.itemData(index))
        self.address.setVisible(data == NETWORK)
        if data == NETWORK:
            self.address.setFocus()
        elif data == ASK_FOLDER:
            self.choose_folder()
        elif data == ASK_MICROSCOPE:
            self._choose_microscope()
        else:
            self._choose(data)

    def choose_folder(self) -> None:
        """Ask for a folder that another program saves its pictures into."""
        dialog = ask_folder(self, "Watch folder", lambda path: self._choose(f"{FOLDER}{path}"), self.folder)
        dialog.rejected.connect(self._show_address)

    def _choose_microscope(self) -> None:
        kind = "Configurations (*.cfg)"
        dialog = ask_open(self, "Micro-Manager configuration", kind, lambda path: self._choose(f"{MICROSCOPE}{path}"))
        dialog.rejected.connect(self._show_address)

    @property
    def folder(self) -> str:
        """The folder that is watched, "" when none is."""
        return self._address.removeprefix(FOLDER) if self._address.startswith(FOLDER) else ""

    def _choose(self, address: str) -> None:
        self._address = address
        self._fill()
        self._show_address()
        self.wanted.emit(address)

    def _show_address(self) -> None:
        network = self._address.startswith(SCHEMES)
        self._title.setText("Watched folder" if self.folder else "Camera")
        self.address.setVisible(network)
        self._list.setCurrentIndex(max(self._list.findData(NETWORK if network else self._address), 0))
        self.settings.setVisible(self._address.startswith(CAMERA))

    def choose_network(self) -> None:
        """Ask for a network address."""
        self._list.setCurrentIndex(self._list.findData(NETWORK))
        self._on_activated(self._list.currentIndex())

    def _connect(self) -> None:
        if all_ok(self.address):
            self._address = self.address.text().strip()
            self._show_address()
            self.wanted.emit(self._address)


class _Sources(Combo):
    """An arrow opens the list: on it lie acts that ask for an address or a folder, which no key may pass through."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.showPopup()
            return
        super().keyPressEvent(event)


def _check_address(text: str) -> str:
    return "" if text.strip().startswith(SCHEMES) else "An address starts with http:// or rtsp://."
