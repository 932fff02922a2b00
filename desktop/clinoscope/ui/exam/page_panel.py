"""Which picture of a file that holds several: a page of a TIFF, a frame of a DICOM film."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui import thumbs
from clinoscope.ui.exam.drops import SeveralPages, from_file
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import IconButton, Panel, PrimaryButton, label, set_tone

_SHOWN = QSize(352, 264)


class PagePanel(Panel):
    """``chosen`` carries the place of the page in the file, from 0."""

    chosen = Signal(int)

    def __init__(self, host: QWidget, several: SeveralPages) -> None:
        super().__init__(host, "Choose a picture")
        self._file = several
        self._waits = False
        self._shown = -1
        count = len(several.pages)
        self._picture = QLabel()
        self._picture.setFixedSize(_SHOWN)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setObjectName("Stage")
        self._words = label("", "body", "secondary")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, count - 1)
        self.slider.setPageStep(max(count // 10, 1))
        self.slider.setAccessibleName("Picture in the file")
        self.slider.valueChanged.connect(self._show)
        before = IconButton("ph.caret-left", "Picture before")
        after = IconButton("ph.caret-right", "Next picture")
        before.clicked.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        after.clicked.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (before, self.slider, after):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        self.body.addWidget(label(f"This file holds {count} pictures. An exam has one.", wrap=True))
        self.body.addWidget(self._picture)
        self.body.addLayout(row)
        self.body.addWidget(self._words)
        self.body.addStretch(1)
        self.use = PrimaryButton("Use this picture")
        self.use.clicked.connect(lambda: self.chosen.emit(several.pages[self.slider.value()].index))
        self.end_with(self.use)
        self._show()

    def _show(self) -> None:
        place = self.slider.value()
        page = self._file.pages[place]
        set_tone(self._words, "secondary")
        self._words.setText(f"{place + 1} of {len(self._file.pages)} · {page.width} × {page.height}")
        # One at a time, and then the one wanted by now: a film has hundreds.
        if not self._waits and place != self._shown:
            self._waits = True
            self._shown = place
            run_task(self, _small, self._file.path, page.index, done=self._on_small, failed=self._on_broken)

    def _on_small(self, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        fitted = image.scaled(
            _SHOWN * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(fitted))
        self._go_on(True)

    def _on_broken(self, error: KnownError) -> None:
        self._picture.clear()
        self._go_on(False)
        if self.slider.value() == self._shown:
            set_tone(self._words, "danger")
            self._words.setText(str(error))

    def _go_on(self, usable: bool) -> None:
        self._waits = False
        self.use.setEnabled(usable)
        self._show()


def _small(path: str, page: int) -> QImage:
    return thumbs.small(from_file(path, page=page)().pixels)
