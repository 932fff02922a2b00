"""Two pictures seen as one: side by side, wiped or blended, always at the same zoom and place.

What is shared is the view of the later picture; the earlier one is painted through it by the similarity that lays it
over the later. Zooming and panning therefore never part them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinoscope.domain.alignment import Similarity
from clinoscope.domain.region import Region
from clinoscope.ui import theme
from clinoscope.ui.compare.shapes import outline_path, transform_of
from clinoscope.ui.compare.work import Pair, Visit
from clinoscope.ui.exam.canvas import GREY, MOST
from clinoscope.ui.exam.overlays import HALO, INK, LINE, PILL, stroke
from clinoscope.ui.exam.raster import Raster
from clinoscope.ui.exam.view import View, fit_view

GAP = 2
"""Pixels between the two panes."""
GRIP = 14
"""Pixels beside the wipe's edge that take hold of it."""
PAN = 48
"""Pixels that an arrow key moves the pictures."""


class Mode(StrEnum):
    """How two pictures are shown."""

    SIDE = "side"
    WIPE = "wipe"
    BLEND = "blend"


class CompareCanvas(QWidget):
    """``share`` is where the wipe's edge stands, or how much of the later picture is seen, 0..1.

    ``share_changed`` follows a drag or a key. Both pictures are painted once for a view and kept: the wipe and the
    blend move without cost.
    """

    share_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair: Pair | None = None
        self._dates = ("", "")
        self.mode = Mode.SIDE
        self.share = 0.5
        self.aligned = True
        self.regions = True
        self._view = View(1.0, 0.0, 0.0)
        self._fitted = True
        self._layers: dict[int, tuple[object, QPixmap]] = {}
        self._drag: Callable[[QPointF], None] | None = None
        self._last = QPointF()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 160)
        self.setAccessibleName("The two pictures")

    # what is shown

    def show_pair(self, pair: Pair | None, dates: tuple[str, str] = ("", "")) -> None:
        """Show two visits, the whole of the later picture first; None shows nothing."""
        self._pair, self._dates = pair, dates
        self._layers.clear()
        self.fit()

    def set_mode(self, mode: Mode) -> None:
        """Show them in another way, at the same place."""
        before = self._room().center()
        self.mode = mode
        self._layers.clear()
        moved = self._room().center() - before
        if self._fitted:
            self.fit()
        else:
            self._view = View(self._view.scale, self._view.x + moved.x(), self._view.y + moved.y())
        self.update()

    def set_aligned(self, on: bool) -> None:
        """Lay them over each other by what they show, or frame over frame."""
        self.aligned = on
        self._layers.clear()
        self.update()

    def set_regions(self, on: bool) -> None:
        self.regions = on
        self.update()

    def set_share(self, share: float) -> None:
        """Move the wipe or the blend, without announcing it."""
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    @property
    def view(self) -> View:
        """Where the later picture lies in its pane."""
        return self._view

    @property
    def place(self) -> Similarity:
        """Where the earlier picture lies on the later one now."""
        if self._pair is None:
            return Similarity()
        laid = self._pair.laid
        return laid.place if self.aligned and laid is not None else self._pair.plain

    # zoom and pan

    def fit(self) -> None:
        """Show the whole of the later picture, or of the only one there is."""
        self._fitted = True
        shown = self._leading()
        if shown is not None:
            self._view = fit_view(shown.width, shown.height, self._room())
        self._layers.clear()
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom both around a point of either pane, the middle by default."""
        shown = self._leading()
        if shown is None:
            return
        least = fit_view(shown.width, shown.height, self._room()).scale
        scale = min(max(self._view.scale * factor, least / 2), max(MOST / self.devicePixelRatioF(), least))
        anchor = self._in_pane(at) if at is not None else self._room().center()
        self._move(self._view.zoomed(scale, anchor))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move both, so that some of the later picture stays in sight."""
        self._move(View(self._view.scale, self._view.x + dx, self._view.y + dy))

    def _move(self, view: View) -> None:
        shown = self._leading()
        if shown is None:
            return
        room, edge = self._room(), 64.0
        x = min(max(view.x, room.left() + edge - shown.width * view.scale), room.right() - edge)
        y = min(max(view.y, room.top() + edge - shown.height * view.scale), room.bottom() - edge)
        self._view = View(view.scale, x, y)
        self._fitted = False
        self._layers.clear()
        self.update()

    def _leading(self) -> Raster | None:
        if self._pair is None:
            return None
        return self._pair.after.raster or self._pair.before.raster

    def _room(self) -> QRectF:
        """The pane of the later picture, at the origin: both panes have its size."""
        width = (self.width() - GAP) / 2 if self.mode is Mode.SIDE else self.width()
        return QRectF(0, 0, max(width, 1), max(self.height(), 1))

    def _in_pane(self, at: QPointF) -> QPointF:
        right = self._offset(1)
        return QPointF(at.x() - right, at.y()) if right and at.x() >= right else at

    def _offset(self, which: int) -> float:
        return self._room().width() + GAP if self.mode is Mode.SIDE and which == 1 else 0.0

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), GREY)
        if self._pair is None:
            painter.end()
            return
        if self.mode is Mode.SIDE:
            self._paint_pane(painter, 0, self._room(), 1.0)
            self._paint_pane(painter, 1, self._room(), 1.0)
        else:
            self._paint_over(painter, self._pair)
        painter.end()

    def _paint_over(self, painter: QPainter, pair: Pair) -> None:
        room = self._room()
        both = pair.before.raster is not None and pair.after.raster is not None
        if not both:
            self._paint_pane(painter, 1 if pair.after.raster is not None else 0, room, 1.0)
            return
        edge = room.width() * self.share
        if self.mode is Mode.BLEND:
            # The later one whole, the earlier over it: what only the later shows is never dimmed.
            self._paint_pane(painter, 1, room, 1.0, named=self.share > 0.01)
            self._paint_pane(painter, 0, room, 1.0 - self.share, named=self.share < 0.99)
            return
        self._paint_pane(painter, 0, QRectF(0, 0, edge, room.height()), 1.0)
        self._paint_pane(painter, 1, QRectF(edge, 0, room.width() - edge, room.height()), 1.0)
        for colour, width in ((HALO, 5.0), (INK, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(edge, 0), QPointF(edge, room.height()))
        self._paint_grip(painter, QPointF(edge, room.height() * 0.5))

    def _paint_pane(self, painter: QPainter, which: int, clip: QRectF, strength: float, *, named: bool = True) -> None:
        """One of the two in its pane; ``clip`` is the part of the pane that shows it."""
        assert self._pair is not None
        visit = self._pair.before if which == 0 else self._pair.after
        painter.save()
        painter.translate(self._offset(which), 0)
        painter.setClipRect(clip)
        if visit.raster is None:
            self._paint_problem(painter, visit, clip)
        else:
            painter.setOpacity(strength)
            painter.drawPixmap(0, 0, self._layer(which, visit.raster))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            region = visit.exam.region
            if self.regions and region is not None and strength > 0:
                self._paint_region(painter, region, which)
        painter.setOpacity(1.0)
        if named:
            self._paint_date(painter, which, clip)
        painter.restore()

    def _layer(self, which: int, raster: Raster) -> QPixmap:
        """The picture as it lies in its pane, kept until the view changes."""
        ratio = self.devicePixelRatioF()
        room = self._room()
        key = (self._view, self.place, room.width(), room.height(), ratio)
        kept = self._layers.get(which)
        if kept is not None and kept[0] == key:
            return kept[1]
        made = QPixmap(round(room.width() * ratio), round(room.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self._paint_raster(painter, raster, self._transform(which), room)
        painter.end()
        self._layers[which] = (key, made)
        return made

    def _paint_raster(self, painter: QPainter, raster: Raster, transform: QTransform, room: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        scale = (transform.determinant() ** 0.5) * ratio
        image = raster.level_for(scale)
        back, _can = transform.inverted()
        whole = QRectF(0, 0, raster.width, raster.height)
        seen = back.mapRect(room).adjusted(-2, -2, 2, 2).intersected(whole)
        if seen.isEmpty():
            return
        share = image.width() / raster.width
        source = QRectF(seen.x() * share, seen.y() * share, seen.width() * share, seen.height() * share)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 4)
        painter.setTransform(transform, combine=True)
        painter.drawImage(seen, image, source)

    def _transform(self, which: int) -> QTransform:
        """From pixels of one of the two to its pane."""
        view = QTransform(self._view.scale, 0, 0, self._view.scale, self._view.x, self._view.y)
        if which == 0 and self._pair is not None and self._pair.after.raster is not None:
            return transform_of(self.place) * view
        return view

    def _paint_region(self, painter: QPainter, region: Region, which: int) -> None:
        path = self._transform(which).map(outline_path(region))
        stroke(painter, path, 1.6, LINE if which == 1 else INK)

    def _paint_date(self, painter: QPainter, which: int, clip: QRectF) -> None:
        words = self._dates[which]
        font = theme.font("small", "medium")
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(words) + 24
        pill = QRectF(0, 0, width, 28)
        left = which == 0 or self.mode is Mode.SIDE
        pill.moveTop(10)
        pill.moveLeft(10 if left else self._room().right() - width - 10)
        if not clip.contains(pill):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, 14, 14)
        painter.setPen(INK)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_problem(self, painter: QPainter, visit: Visit, clip: QRectF) -> None:
        painter.fillRect(clip, QColor(GREY).darker(118))
        painter.setFont(theme.font("body"))
        painter.setPen(INK)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(clip.adjusted(32, 48, -32, -16), int(flags), visit.problem)

    @staticmethod
    def _paint_grip(painter: QPainter, at: QPointF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(INK, 2))
        painter.setBrush(PILL)
        painter.drawEllipse(at, GRIP, GRIP)
        for toward in (-1, 1):
            tip = at + QPointF(toward * 8, 0)
            painter.drawPolyline([tip + QPointF(-toward * 4, -4), tip, tip + QPointF(-toward * 4, 4)])

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            super().mousePressEvent(event)
        elif self._on_edge(at):
            self._drag = self._drag_edge
        else:
            self._last = at
            self._drag = self._drag_view

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag(event.position())
        else:
            edge = self._on_edge(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if edge else Qt.CursorShape.OpenHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.zoom_by(2.0, event.position()) if self._fitted else self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom_by(1.2**steps, event.position())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._layers.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        arrows = {
            Qt.Key.Key_Left: (1, 0),
            Qt.Key.Key_Right: (-1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom_by(0.8)
        elif control and key == Qt.Key.Key_0:
            self.fit()
        elif key in arrows and not control:
            dx, dy = arrows[key]
            self.pan_by(dx * PAN, dy * PAN)
        else:
            super().keyPressEvent(event)

    def _on_edge(self, at: QPointF) -> bool:
        return self.mode is Mode.WIPE and abs(at.x() - self._room().width() * self.share) <= GRIP

    def _drag_edge(self, at: QPointF) -> None:
        self.set_share(at.x() / self._room().width())
        self.share_changed.emit(self.share)

    def _drag_view(self, at: QPointF) -> None:
        moved, self._last = at - self._last, at
        self.pan_by(moved.x(), moved.y())
