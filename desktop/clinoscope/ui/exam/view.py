"""Where a picture lies in a widget: plain arithmetic between the two."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from clinoscope.domain.region import Box


@dataclass(frozen=True)
class View:
    """A picture point (px, py) is painted at (px * scale + x, py * scale + y)."""

    scale: float
    x: float
    y: float

    def to_widget(self, px: float, py: float) -> QPointF:
        return QPointF(px * self.scale + self.x, py * self.scale + self.y)

    def to_picture(self, at: QPointF) -> QPointF:
        return QPointF((at.x() - self.x) / self.scale, (at.y() - self.y) / self.scale)

    def rect(self, x: float, y: float, w: float, h: float) -> QRectF:
        """A rectangle given in picture pixels, in the widget."""
        return QRectF(self.to_widget(x, y), self.to_widget(x + w, y + h))

    def box(self, box: Box) -> QRectF:
        return self.rect(box.x, box.y, box.w, box.h)

    def zoomed(self, scale: float, anchor: QPointF) -> View:
        """Another scale; the picture point under ``anchor`` stays where it is."""
        point = self.to_picture(anchor)
        return View(scale, anchor.x() - point.x() * scale, anchor.y() - point.y() * scale)

    def kept_inside(self, width: int, height: int, room: QRectF) -> View:
        """Moved so that a picture larger than the room leaves no gap and a smaller one sits in the middle."""
        return View(
            self.scale,
            _kept(self.x, width * self.scale, room.left(), room.width()),
            _kept(self.y, height * self.scale, room.top(), room.height()),
        )


def fit_view(width: int, height: int, room: QRectF) -> View:
    """The whole picture, as large as the room allows, in its middle."""
    scale = max(min(room.width() / width, room.height() / height), 1e-6)
    return View(scale, room.center().x() - width * scale / 2, room.center().y() - height * scale / 2)


def _kept(offset: float, length: float, start: float, room: float) -> float:
    if length <= room:
        return start + (room - length) / 2
    return min(max(offset, start + room - length), start)
