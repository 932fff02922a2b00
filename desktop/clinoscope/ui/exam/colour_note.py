"""Above the side: that the colours on the screen are corrected, by what, and the way to the picture as it was taken."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.modes import wording
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.work import Opened
from clinoscope.ui.widgets import LinkButton, hairline, label

KEY = ("O", "Original and corrected colours")


class ColourNote(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, canvas: PictureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._opened: Opened | None = None
        self._shows_original = False
        self.words = label("", "small", "secondary", wrap=True)
        self.compare = LinkButton("Original", tip="The picture as it was taken, and back (O)")
        self.compare.clicked.connect(self.toggle)
        self.remark = label("", "small", "amber", wrap=True)
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        row.addWidget(self.compare)
        self._head = QWidget()
        self._head.setLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(24, 4, 24, 8)
        below.addWidget(self.remark)
        self._below = QWidget()
        self._below.setLayout(below)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        for widget in (self._head, self._below, hairline()):
            layout.addWidget(widget)
        self.hide()

    def show_picture(self, opened: Opened | None) -> None:
        """Say what there is to say about a picture; None for none."""
        reference = opened.exam.picture if opened is not None else None
        correction = reference.correction if reference is not None else None
        self._opened = opened if correction is not None else None
        self._shows_original = False
        self._head.setVisible(correction is not None)
        if correction is not None:
            self.words.setToolTip(wording.correction_figures(correction))
            self._say(wording.correction_words(correction))
        remark = opened.remark if opened is not None else ""
        self.remark.setText(remark)
        self._below.setVisible(bool(remark))
        self.setVisible(correction is not None or bool(remark))

    @property
    def shows_original(self) -> bool:
        return self._shows_original

    def toggle(self) -> bool:
        """Show the picture as it was taken, or corrected again; False where nothing was corrected."""
        opened = self._opened
        if opened is None or opened.original is None or not self.isVisible():
            return False
        self._shows_original = not self._shows_original
        self._canvas.show_raster(opened.original if self._shows_original else opened.raster)
        reference = opened.exam.picture
        assert reference is not None
        assert reference.correction is not None
        self._say("As it was taken" if self._shows_original else wording.correction_words(reference.correction))
        return True

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.compare.setText("Corrected" if self._shows_original else "Original")
        self._canvas.setAccessibleDescription(words)
