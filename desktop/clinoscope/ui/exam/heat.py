"""The heatmap over the picture: its link, its fade, what its colours mean, and why there is none."""

from __future__ import annotations

from PySide6.QtCore import QObject, QVariantAnimation, Signal

from clinoscope.ui import theme
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.overlays import heat_overlay, scale_overlay
from clinoscope.ui.exam.work import HeatMap
from clinoscope.ui.widgets import LinkButton

STRENGTH = 0.75
NOT_YET = "The heatmap is still being looked for."
NONE = "No heatmap can be made of this reading on this computer."


class Heat(QObject):
    """``wanted`` asks for a map that is not there yet, ``said`` carries why there is none."""

    wanted = Signal()
    said = Signal(str)

    def __init__(self, canvas: PictureCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.link = LinkButton("Heatmap", tip="What spoke for the likeliest answer (H)")
        self.link.clicked.connect(self.toggle)
        self._map: HeatMap | None = None
        self._on = False
        self._why_not = NOT_YET
        self._opacity = 0.0
        self._fade = QVariantAnimation(self)
        self._fade.valueChanged.connect(self._on_fade)

    def begin(self) -> None:
        """Another reading. Until its package has been asked: a map whose checks are not known is not offered."""
        self._fade.stop()
        self._map, self._on, self._opacity = None, False, 0.0
        self.offer(NOT_YET)

    def offer(self, why_not: str) -> None:
        """Whether this reading has a map: "" for yes, else why it has none."""
        self._why_not = why_not
        self.link.setText("Heatmap")
        self.link.setVisible(not why_not)

    def offer_none(self) -> None:
        """Nobody can make a map: the package that read is gone."""
        self.offer(NONE)

    def toggle(self) -> None:
        """Fade the map in or out; the first time it is asked for. Where there is none, say why."""
        if self._why_not:
            self.said.emit(self._why_not)
            return
        self._on = not self._on
        if self._on and self._map is None:
            self.wanted.emit()
        else:
            self._run()

    def show_map(self, found: HeatMap | None) -> None:
        """The map that was asked for; None where the package shows none."""
        self._map = found
        if found is None:
            self._on = False
            self.offer_none()
        elif self._on:
            self._run()

    def _run(self) -> None:
        self.link.setText("Hide heatmap" if self._on else "Heatmap")
        end = STRENGTH if self._on else 0.0
        if theme.motion() == 0:
            self._on_fade(end)
            return
        self._fade.stop()
        self._fade.setDuration(theme.motion())
        self._fade.setStartValue(self._opacity)
        self._fade.setEndValue(end)
        self._fade.start()

    def _on_fade(self, opacity: float) -> None:
        found, self._opacity = self._map, opacity
        if found is None:
            return
        shown = opacity > 0
        self._canvas.set_overlay("heat", heat_overlay(found.image, found.box, opacity) if shown else None)
        scale = scale_overlay(found.meaning, found.scale, theme.font("small", "medium"))
        self._canvas.set_overlay("scale", scale if shown else None)
        self._canvas.setAccessibleDescription(found.meaning if shown else "")
