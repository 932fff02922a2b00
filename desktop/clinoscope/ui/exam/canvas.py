"""The picture, as large as the room allows: zoom, pan, and whatever is painted over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from clinoscope.ui import theme
from clinoscope.ui.exam.raster import Raster
from clinoscope.ui.exam.view import View, fit_view

GREY = QColor(theme.DARK["stage"])
"""Neutral in both themes, so that colour is judged fairly."""

RING = QColor(theme.DARK["accent"])

Overlay = Callable[[QPainter, View], None]
"""Paints over the picture, in widget coordinates; ``View`` says where picture points are."""

SIGHT = 48
"""Pixels from the edge within which the editor's chosen handle is kept."""

MOST = 32.0
"""Device pixels that one picture pixel may fill at most."""


class Editor(Protocol):
    """Something on the picture that mouse and keys change (the region)."""

    def paint(self, painter: QPainter, view: View, focused: bool) -> None: ...
    def focus_point(self, view: View) -> QPointF | None: ...
    def press(self, at: QPointF, view: View) -> bool: ...
    def drag(self, at: QPointF, view: View) -> None: ...
    def release(self) -> None: ...
    def key(self, event: QKeyEvent) -> bool: ...
    def cursor(self, at: QPointF, view: View) -> Qt.CursorShape: ...


class PictureCanvas(QWidget):
    """Paints one picture and its overlays; zooms with wheel, pinch and Ctrl + - 0, pans by dragging."""

    view_changed = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._raster: Raster | None = None
        self._view = View(1.0, 0.0, 0.0)
        self._fitted = True
        self._overlays: dict[str, Overlay] = {}
        self._editor: Editor | None = None
        self._editing = False
        self._pan_from: QPointF | None = None
        self._ringed = False
        self._painted: QPixmap | None = None
        self.zoomable = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.setAccessibleName("Picture")

    # what is shown

    @property
    def raster(self) -> Raster | None:
        return self._raster

    @property
    def view(self) -> View:
        """Where the picture lies in the widget now."""
        return self._view

    @property
    def zoom(self) -> float:
        """Widget pixels for one picture pixel."""
        return self._view.scale

    def show_raster(self, raster: Raster | None) -> None:
        """Show a picture. Keeps zoom and place when it has the size of the one before."""
        same = (
            raster is not None
            and self._raster is not None
            and (raster.width, raster.height) == (self._raster.width, self._raster.height)
        )
        self._raster = raster
        self._painted = None
        if not same:
            self._fitted = True
        self._refit()
        self.update()

    def set_overlay(self, name: str, overlay: Overlay | None) -> None:
        """Add, replace or (None) take away what is painted under this name."""
        if overlay is None:
            self._overlays.pop(name, None)
        else:
            self._overlays[name] = overlay
        self.update()

    def has_overlay(self, name: str) -> bool:
        """Whether anything is painted under this name."""
        return name in self._overlays

    def clear_overlays(self) -> None:
        self._overlays.clear()
        self.update()

    def set_editor(self, editor: Editor | None) -> None:
        """Let mouse and keys go to ``editor`` first."""
        self._editor = editor
        self._editing = False
        self.unsetCursor()
        self.update()

    # zoom and pan

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        self._refit()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around a widget point, the middle by default."""
        if self._raster is None or not self.zoomable:
            return
        anchor = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        least = self._fit().scale
        most = max(MOST / self.devicePixelRatioF(), least)
        scale = min(max(self._view.scale * factor, least), most)
        self._fitted = scale <= least * 1.001
        if self._fitted:
            self._refit()
            return
        self._set_view(self._view.zoomed(scale, anchor))

    def show_part(self, x: float, y: float, side: float) -> None:
        """Zoom so that a square of ``side`` picture pixels around a picture point fills the room."""
        if self._raster is None:
            return
        least = self._fit().scale
        scale = min(self.width(), self.height()) / max(side, 1.0)
        scale = min(max(scale, least), max(MOST / self.devicePixelRatioF(), least))
        self._fitted = False
        self._set_view(View(scale, self.width() / 2 - x * scale, self.height() / 2 - y * scale))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture, never out of sight."""
        if self._raster is not None and not self._fitted:
            self._set_view(View(self._view.scale, self._view.x + dx, self._view.y + dy))

    def middle(self) -> QPointF:
        """The picture point in the middle of what is seen."""
        return self._view.to_picture(QPointF(self.width() / 2, self.height() / 2))

    def follow_editor(self) -> None:
        """Paint what the editor changed; a picture that is zoomed moves so that the chosen handle stays in sight."""
        at = self._editor.focus_point(self._view) if self._editor is not None else None
        if at is not None and not self._fitted:
            self.pan_by(_back_inside(at.x(), self.width()), _back_inside(at.y(), self.height()))
        self.update()

    def _fit(self) -> View:
        assert self._raster is not None
        room = QRectF(self.rect())
        return fit_view(self._raster.width, self._raster.height, room)

    def _refit(self) -> None:
        if self._raster is None:
            return
        self._set_view(self._fit() if self._fitted else self._view)

    def _set_view(self, view: View) -> None:
        assert self._raster is not None
        kept = view.kept_inside(self._raster.width, self._raster.height, QRectF(self.rect()))
        if kept != self._view:
            self._view = kept
            self._painted = None
            self.view_changed.emit()
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._raster is None:
            painter.fillRect(event.rect(), GREY)
        elif len(self._raster.levels) == 1:
            painter.fillRect(event.rect(), GREY)
            self._paint_picture(painter, self._raster)
        else:
            painter.drawPixmap(0, 0, self._still(self._raster))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for overlay in tuple(self._overlays.values()):
            painter.save()
            overlay(painter, self._view)
            painter.restore()
        if self._editor is not None:
            self._editor.paint(painter, self._view, self.hasFocus())
        if self._ringed and self.hasFocus():
            painter.setPen(QPen(RING, 3))
            painter.drawRect(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.end()

    def _still(self, raster: Raster) -> QPixmap:
        """The scaled still, kept until zoom or size change, so that overlays move without cost."""
        ratio = self.devicePixelRatioF()
        wanted = self.size() * ratio
        if self._painted is None or self._painted.size() != wanted or self._painted.devicePixelRatioF() != ratio:
            self._painted = QPixmap(wanted)
            self._painted.setDevicePixelRatio(ratio)
            self._painted.fill(GREY)
            painter = QPainter(self._painted)
            self._paint_picture(painter, raster)
            painter.end()
        return self._painted

    def _paint_picture(self, painter: QPainter, raster: Raster) -> None:
        ratio = self.devicePixelRatioF()
        image = raster.level_for(self._view.scale * ratio)
        target = self._view.rect(0, 0, raster.width, raster.height)
        device = QRectF(target.topLeft() * ratio, target.size() * ratio)
        if abs(device.width() - image.width()) < 1.5 and abs(device.height() - image.height()) < 1.5:
            self._blit(painter, image, device, ratio)
            return
        # Past 4 device pixels a picture pixel is looked at as such: then edges stay sharp.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._view.scale * ratio < 4)
        shown = target.intersected(QRectF(self.rect()))
        share = image.width() / raster.width
        first = self._view.to_picture(shown.topLeft())
        source = QRectF(first.x() * share, first.y() * share, *_span(shown, share / self._view.scale))
        painter.drawImage(shown, image, source)

    @staticmethod
    def _blit(painter: QPainter, image: QImage, device: QRectF, ratio: float) -> None:
        """Pixel for pixel: no scaling at all, the sharpest and quickest way."""
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(round(device.x()) / ratio, round(device.y()) / ratio), image)
        image.setDevicePixelRatio(1.0)

    # mouse, keys, gestures

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._raster is None:
            super().mousePressEvent(event)
            return
        at = event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._editor is not None and self._editor.press(at, self._view):
            self._editing = True
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pan_from = at
            if not self._fitted:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._editing and self._editor is not None:
            self._editor.drag(at, self._view)
            self.update()
        elif self._pan_from is not None:
            moved = at - self._pan_from
            self._pan_from = at
            self.pan_by(moved.x(), moved.y())
        else:
            self._show_cursor(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._editing and self._editor is not None:
            self._editor.release()
        self._editing = False
        self._pan_from = None
        self._show_cursor(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._editor is None:
            self.zoom_by(2.0, event.position()) if self._fitted else self.fit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps and self._raster is not None and self.zoomable:
            self.zoom_by(1.2**steps, event.position())
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._zoom_key(event) or (self._editor is not None and self._editor.key(event)):
            event.accept()
            self.follow_editor()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Tab walks over the editor's handles first; after the last one it leaves as usual.
        if event.type() == QEvent.Type.KeyPress and self._editor is not None:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._editor.key(event):
                event.accept()
                self.follow_editor()
                return True
        if event.type() == QEvent.Type.NativeGesture:
            assert isinstance(event, QNativeGestureEvent)
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
        if event.type() == QEvent.Type.Gesture:
            assert isinstance(event, QGestureEvent)
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # whoever came by mouse knows where the keyboard is
        self._ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._painted = None
        self._refit()
        self.resized.emit()

    def _zoom_key(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.25)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(0.8)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            return False
        return True

    def _show_cursor(self, at: QPointF) -> None:
        shape = self._editor.cursor(at, self._view) if self._editor is not None else Qt.CursorShape.ArrowCursor
        if shape == Qt.CursorShape.ArrowCursor and not self._fitted:
            shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(QCursor(shape))


def _back_inside(at: float, room: int) -> float:
    """How far what is at ``at`` must move to be ``SIGHT`` inside 0..room."""
    return max(SIGHT - at, 0.0) or min(room - SIGHT - at, 0.0)


def _span(shown: QRectF, factor: float) -> tuple[float, float]:
    return shown.width() * factor, shown.height() * factor
