"""Taking fields: the live microscope with one key, or whatever another program saves into a folder."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.quality import Quality
from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.overlays import sentence_overlay
from clinoscope.ui.exam.raster import Raster, raster_of
from clinoscope.ui.exam.source_picker import FOLDER, SourcePicker, first_address
from clinoscope.ui.exam.work import Sources
from clinoscope.ui.widgets import PrimaryButton, label

if TYPE_CHECKING:
    from clinoscope.ui.exam.live import LivePreview

TASK = "neutrophil/cells"
ADD = "Add field"


class FolderFeed(QObject):
    """Every picture that is saved into a folder from now on, with its raster. Signals arrive on the window's thread."""

    came = Signal(object, object)
    failed = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clinoscope-folder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End within the time of one look."""
        self._stop.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        from clinoscope.workflow.capture import folder_pictures

        told = ""
        while not self._stop.is_set():
            try:
                for picture in folder_pictures(self._folder, self._stop):
                    told = ""
                    self.came.emit(picture, raster_of(picture.pixels))
                return
            except KnownError as error:
                if str(error) != told:
                    told = str(error)
                    self.failed.emit(told)
                self._stop.wait(1.0)


class CollectPane(QWidget):
    """Shows a source on the canvas. ``field_wanted`` carries what takes the picture, to be called on a worker;
    ``picture_came`` a picture that is there already; ``source_chosen`` an address to remember."""

    field_wanted = Signal(object)
    picture_came = Signal(object)
    source_chosen = Signal(str)
    files_wanted = Signal()

    def __init__(self, canvas: PictureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._live: LivePreview | None = None
        self._feed: FolderFeed | None = None
        self._address: str | None = None
        self._taking = 0
        self.picker = SourcePicker()
        self.picker.settings.hide()
        self.picker.wanted.connect(self._on_wanted)
        self.picker.file_wanted.connect(self.files_wanted)
        self.add = PrimaryButton(ADD, icon="ph.plus", tip="Add the field in view (Space)")
        self.add.clicked.connect(self.take)
        self._sentence = label("", "small", "secondary", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.add, self._sentence, self.picker):
            column.addWidget(part)

    @property
    def live(self) -> bool:
        """Whether there is a picture to take a field from."""
        return self._live is not None and self._canvas.raster is not None

    def begin(self, sources: Sources) -> None:
        """Show the source used last, or the first camera."""
        address = first_address(sources)
        self.picker.show_sources(sources, address)
        self.picker.settings.hide()
        self._open(address)

    def take(self) -> None:
        """Add what is seen now."""
        still = self._live.still() if self._live is not None else None
        if still is not None:
            self._show_taking(self._taking + 1)
            self.field_wanted.emit(still)

    def taken(self) -> None:
        """What ``field_wanted`` asked for is done, or could not be."""
        self._show_taking(max(self._taking - 1, 0))

    def _show_taking(self, count: int) -> None:
        """A field may take a moment to be kept; whoever presses the key sees at once that it was heard."""
        self._taking = count
        self.add.setText(f"Adding {count} fields…" if count > 1 else "Adding…" if count else ADD)

    def end(self) -> None:
        """Let go of the source, for good."""
        self._address = None
        self._show_taking(0)
        self._let_go()

    def _let_go(self) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            live.frame_ready.disconnect(self._on_frame)
            live.checked.disconnect(self._on_checked)
            live.state_changed.disconnect(self._on_state)
            live.stop()
            self._canvas.show_raster(None)
        if self._feed is not None:
            feed, self._feed = self._feed, None
            feed.stop()
        self._canvas.set_overlay("sentence", None)

    def _on_wanted(self, address: str) -> None:
        self.source_chosen.emit(address)
        self._open(address)
        self._canvas.setFocus()

    def _open(self, address: str) -> None:
        self._let_go()
        self._address = address
        self.add.setVisible(not address.startswith(FOLDER))
        self.add.setEnabled(False)
        if address.startswith(FOLDER):
            self._sentence.setText("Every picture that is saved into the folder from now on is added as a field.")
            self._feed = FolderFeed(Path(address.removeprefix(FOLDER)))
            self._feed.came.connect(self._on_saved)
            self._feed.failed.connect(self._sentence.setText)
            self._feed.start()
            return
        self._sentence.setText("" if address else "No camera found. Connect one, or choose a folder or files.")
        if address:
            self._go_live(address)

    def _go_live(self, address: str) -> None:
        # Late: brings in the capture room, which nobody needs who only reviews.
        from clinoscope.ui.exam.live import LivePreview

        self._live = LivePreview(modes.task(TASK))
        self._live.frame_ready.connect(self._on_frame)
        self._live.checked.connect(self._on_checked)
        self._live.state_changed.connect(self._on_state)
        self._set_room()
        try:
            self._live.start(address)
        except KnownError as error:
            self._sentence.setText(str(error))
            self._let_go()

    def _set_room(self) -> None:
        ratio = self._canvas.devicePixelRatioF()
        if self._live is not None:
            self._live.set_room(round(self._canvas.width() * ratio), round(self._canvas.height() * ratio))

    def _on_frame(self) -> None:
        if self._live is None:
            return
        self._set_room()
        raster = self._live.take()
        if raster is not None:
            self._canvas.show_raster(raster)
            self.add.setEnabled(True)

    def _on_saved(self, picture: Picture, raster: Raster) -> None:
        if self._feed is not None:
            self._canvas.show_raster(raster)
        self.picture_came.emit(picture)

    def _on_checked(self, quality: Quality) -> None:
        # One line: the picture needs the room, and whoever looks for the next field reads no list.
        wrong = [finding.advice for finding in quality.findings if not finding.ok and finding.advice]
        self._sentence.setText(wrong[0] if wrong else "")

    def _on_state(self, sentence: str) -> None:
        overlay = sentence_overlay(sentence, theme.font("small", "medium")) if sentence else None
        self._canvas.set_overlay("sentence", overlay)
        self.add.setEnabled(not sentence and self._canvas.raster is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        # Locked, or another page: a camera that nobody looks at is let go.
        super().hideEvent(event)
        self._let_go()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._address is not None and self._live is None and self._feed is None:
            self._open(self._address)
