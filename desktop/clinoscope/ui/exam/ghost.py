"""An earlier picture as a ghost over the live one: see-through, or its edges alone.

``ghost_of`` is for workers; nothing here touches a widget.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from clinoscope.domain.record import Exam
from clinoscope.domain.region import Region
from clinoscope.ui.exam.overlays import region_path, stroke
from clinoscope.ui.exam.view import View
from clinoscope.workflow import follow

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinoscope.domain.picture import Pixels
    from clinoscope.records import Vault
    from clinoscope.ui.exam.canvas import Overlay
    from clinoscope.workflow.follow import Last

LONGEST = 1280
"""A ghost is kept with its longer side this many pixels: it is looked through, not at."""
EDGE_SHARE = 7.0
"""Per cent of the pixels that begin an edge; a fixed strength would show nothing of pale skin and all of hair."""


@dataclass(frozen=True, eq=False)
class Ghost:
    """What is shown of an earlier exam: its picture, its edges (see-through but for them), and how to find it again."""

    exam: Exam
    last: Last
    picture: QImage = field(repr=False)
    edges: QImage = field(repr=False)


def ghost_of(vault: Vault, exam: Exam) -> Ghost:
    """The ghost of a kept exam. Raises VaultError, PictureError."""
    from clinoscope.workflow import exams

    pixels = exams.picture_of(vault, exam).pixels
    small = _small(pixels)
    return Ghost(exam, follow.remember(pixels, exam.region), _image(small), _edges(small))


def ghost_overlay(ghost: Ghost, frame: Callable[[], tuple[int, int] | None], strength: int, edges: bool) -> Overlay:
    """The ghost over frames of the size that ``frame`` tells, ``strength`` per cent strong, its region outlined."""
    image = ghost.edges if edges else ghost.picture
    kept: list[QPixmap] = []

    def scaled(size: QSize, ratio: float) -> QPixmap:
        wanted = QSize(round(size.width() * ratio), round(size.height() * ratio))
        if not kept or kept[0].size() != wanted:
            made = QPixmap.fromImage(
                image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
            made.setDevicePixelRatio(ratio)
            kept[:] = [made]
        return kept[0]

    def paint(painter: QPainter, view: View) -> None:
        size = frame()
        if size is None:
            return
        laid = laid_view(ghost.last.size, size, view)
        target = laid.rect(0, 0, *ghost.last.size)
        painter.setOpacity(strength / 100)
        painter.drawPixmap(target.topLeft(), scaled(target.size().toSize(), painter.device().devicePixelRatio()))
        region = ghost.exam.region
        if region is not None and not covers(region, ghost.last.size):
            painter.setOpacity(max(strength / 100, 0.5))
            stroke(painter, region_path(region, laid), 1.2)

    return paint


def laid_view(size: tuple[int, int], frame: tuple[int, int], view: View) -> View:
    """Where pixels of a picture of ``size`` are painted when it is laid whole into a frame seen through ``view``."""
    place = follow.fitted(size, frame)
    corner = view.to_widget(place.dx, place.dy)
    return View(view.scale * place.scale, corner.x(), corner.y())


def covers(region: Region, size: tuple[int, int]) -> bool:
    """Whether a region is nearly the whole picture, so that its outline would say nothing."""
    return not region.outlines and region.box.w * region.box.h > 0.9 * size[0] * size[1]


def _small(pixels: Pixels) -> Pixels:
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    fit = min(1.0, LONGEST / max(height, width))
    size = (max(round(width * fit), 1), max(round(height * fit), 1))
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _image(pixels: Pixels) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _edges(pixels: Pixels) -> QImage:
    """White lines where brightness changes most, each with a dark rim, so that they stand out on light and dark."""
    import cv2
    import numpy as np

    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 2.2)
    across = cv2.Sobel(grey, cv2.CV_16S, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    strength = np.abs(across.astype(np.int32)) + np.abs(down.astype(np.int32))
    high = float(np.percentile(strength, 100 - EDGE_SHARE))
    lines = cv2.Canny(across, down, 0.5 * high, max(high, 1.0))
    line = cv2.dilate(lines, np.ones((2, 2), np.uint8))
    rim = cv2.GaussianBlur(cv2.dilate(line, np.ones((3, 3), np.uint8)), (0, 0), 0.8)
    alpha = np.maximum(line, rim // 2)
    merged = np.ascontiguousarray(np.dstack([np.minimum(line, alpha)] * 3 + [alpha]))
    height, width = alpha.shape
    return QImage(merged.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
