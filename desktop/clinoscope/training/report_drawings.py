"""What a training report draws: the confusion matrix and the learning curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from clinoscope.reports.fonts import REGULAR, SEMIBOLD
from clinoscope.reports.page import ACCENT, INK, LINE, SECONDARY

_SMALL = 7
_LARGEST_CELL = 27.0


class Confusion(Flowable):
    """Counts (k, k), rows the true label; the deeper a cell's colour, the larger its share of the row."""

    def __init__(self, labels: Sequence[str], counts: Sequence[Sequence[int]], width: float) -> None:
        super().__init__()
        self.labels, self.counts, self.width = list(labels), counts, width
        self.names = max(stringWidth(label, REGULAR, _SMALL) for label in self.labels) + 8
        self.cell = min(_LARGEST_CELL, (width - self.names - 14) / len(self.labels))
        self.side = self.cell * len(self.labels)
        # turned names stand over the columns
        self.top = self.names + 12
        self.height = self.side + self.top

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        left, size = self.names + 14, min(8.0, self.cell * 0.36)
        self._axes(left)
        for row, counts in enumerate(self.counts):
            total = sum(counts)
            for column, count in enumerate(counts):
                share = count / total if total else 0.0
                x, y = left + column * self.cell, self.side - (row + 1) * self.cell
                self.canv.setFillColor(_blend(share))
                self.canv.setStrokeColor(HexColor("#FFFFFF"))
                self.canv.rect(x, y, self.cell, self.cell, stroke=1, fill=1)
                self.canv.setFillColor(HexColor("#FFFFFF") if share > 0.55 else INK)
                self.canv.setFont(SEMIBOLD if row == column else REGULAR, size)
                self.canv.drawCentredString(x + self.cell / 2, y + self.cell / 2 - size * 0.36, str(count))

    def _axes(self, left: float) -> None:
        self.canv.setFillColor(INK)
        self.canv.setFont(REGULAR, _SMALL)
        for index, label in enumerate(self.labels):
            middle = (index + 0.5) * self.cell
            self.canv.drawRightString(left - 5, self.side - middle - _SMALL * 0.36, label)
            self.canv.saveState()
            self.canv.translate(left + middle + _SMALL * 0.36, self.side + 5)
            self.canv.rotate(90)
            self.canv.drawString(0, 0, label)
            self.canv.restoreState()
        self.canv.setFillColor(SECONDARY)
        self.canv.drawCentredString(left + self.side / 2, self.side + self.names + 3, "read as")
        self.canv.saveState()
        self.canv.translate(6, self.side / 2)
        self.canv.rotate(90)
        self.canv.drawCentredString(0, 0, "true label")
        self.canv.restoreState()


class Curves(Flowable):
    """The loss of each fold by epoch; ``history`` is one list for each fold, at least one of two finite losses.

    What is not finite is left out.
    """

    left, bottom = 34.0, 28.0

    def __init__(self, history: Sequence[Sequence[float]], width: float, height: float) -> None:
        super().__init__()
        self.history = curves(history)
        self.longest = max(len(losses) for losses in self.history)
        self.top = max(max(losses) for losses in self.history) or 1.0
        self.width, self.height = width, height

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self._grid()
        self.canv.setLineWidth(1)
        for number, losses in enumerate(self.history):
            self.canv.setStrokeColor(ACCENT, alpha=1 - 0.6 * number / len(self.history))
            path = self.canv.beginPath()
            for epoch, loss in enumerate(losses):
                (path.lineTo if epoch else path.moveTo)(*self._at(epoch, loss))
            self.canv.drawPath(path, stroke=1, fill=0)

    def _at(self, epoch: float, loss: float) -> tuple[float, float]:
        across, up = self.width - self.left - 8, self.height - self.bottom - 8
        return self.left + across * epoch / (self.longest - 1), self.bottom + up * max(loss, 0.0) / self.top

    def _grid(self) -> None:
        self.canv.setLineWidth(0.6)
        self.canv.setFont(REGULAR, _SMALL)
        self.canv.setFillColor(SECONDARY)
        self.canv.setStrokeColor(LINE)
        for epoch in range(0, self.longest, max(1, (self.longest - 1) // 6)):
            x, y = self._at(epoch, 0)
            self.canv.line(x, y, x, self._at(0, self.top)[1])
            self.canv.drawCentredString(x, y - 9, str(epoch + 1))
        for part in range(5):
            x, y = self._at(0, self.top * part / 4)
            self.canv.line(x, y, self._at(self.longest - 1, 0)[0], y)
            self.canv.drawRightString(x - 4, y - 2.5, f"{self.top * part / 4:.2g}")
        self.canv.drawCentredString((self.left + self.width) / 2, 4, "epoch")
        self.canv.drawRightString(self.width - 12, self.height - 18, "loss")


def curves(history: Sequence[Sequence[float]]) -> list[list[float]]:
    """The folds that have a curve: finite losses, two or more."""
    finite = [[loss for loss in losses if math.isfinite(loss)] for losses in history]
    return [losses for losses in finite if len(losses) > 1]


def _blend(share: float) -> Color:
    """White for 0, the accent for 1."""
    return Color(*(1 - share * (1 - part) for part in (ACCENT.red, ACCENT.green, ACCENT.blue)))
