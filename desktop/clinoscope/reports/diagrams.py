"""Drawn figures of the reports that measure: reliability, and Bland and Altman's plot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.platypus import Flowable

from clinoscope.reports.fonts import REGULAR
from clinoscope.reports.page import ACCENT, INK, LINE, SECONDARY

_LEFT, _BELOW, _TOP = 42.0, 30.0, 8.0
"""Room for the words of the axes, in points."""


class _Plot(Flowable):
    """A frame with two axes; ``across`` and ``up`` are the ranges they show."""

    def __init__(self, width: float, height: float, across: tuple[float, float], up: tuple[float, float]) -> None:
        super().__init__()
        self.width, self.height, self.across, self.up = width, height, across, up

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a value lies, in points."""
        room, tall = self.width - _LEFT - 8, self.height - _BELOW - _TOP
        left, right = self.across
        low, high = self.up
        return _LEFT + room * (x - left) / (right - left), _BELOW + tall * (y - low) / (high - low)

    def frame(self, across: str, up: str, ticks: tuple[Sequence[float], Sequence[float]]) -> None:
        """The grid, its numbers and the words at the axes."""
        canvas = self.canv
        canvas.setFont(REGULAR, 7.5)
        for value in ticks[0]:
            x, bottom = self.at(value, self.up[0])
            canvas.setStrokeColor(LINE)
            canvas.line(x, bottom, x, self.at(value, self.up[1])[1])
            canvas.setFillColor(SECONDARY)
            canvas.drawCentredString(x, bottom - 10, _short(value))
        for value in ticks[1]:
            left, y = self.at(self.across[0], value)
            canvas.setStrokeColor(LINE)
            canvas.line(left, y, self.at(self.across[1], value)[0], y)
            canvas.setFillColor(SECONDARY)
            canvas.drawRightString(left - 4, y - 2.5, _short(value))
        canvas.drawCentredString((_LEFT + self.width - 8) / 2, 6, across)
        canvas.saveState()
        canvas.translate(9, (_BELOW + self.height - _TOP) / 2)
        canvas.rotate(90)
        canvas.drawCentredString(0, 0, up)
        canvas.restoreState()

    def rule(self, y: float, dashed: bool = False) -> None:
        """A line across the whole plot."""
        self.canv.setDash([3, 3] if dashed else [])
        self.canv.line(*self.at(self.across[0], y), *self.at(self.across[1], y))
        self.canv.setDash([])

    def dot(self, x: float, y: float, radius: float) -> None:
        """A filled dot at a value."""
        self.canv.circle(*self.at(x, y), radius, stroke=0, fill=1)


class ReliabilityDiagram(_Plot):
    """How often the likeliest label was right against how sure it was; ``rows`` of ``metrics.reliability``.

    The dot's area follows the number of pictures, the bar is the interval, the diagonal what would be exact.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], width: float, height: float) -> None:
        super().__init__(width, height, (0.0, 1.0), (0.0, 1.0))
        self.rows = [row for row in rows if row["n"]]

    def draw(self) -> None:
        steps = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        self.frame("How sure it was (probability of the likeliest label)", "How often it was right", (steps, steps))
        canvas = self.canv
        canvas.setStrokeColor(SECONDARY)
        canvas.setLineWidth(0.8)
        canvas.setDash([3, 3])
        canvas.line(*self.at(0, 0), *self.at(1, 1))
        canvas.setDash([])
        most = max(row["n"] for row in self.rows)
        for row in self.rows:
            x, right = row["confidence"], row["right"]
            canvas.setStrokeColor(ACCENT)
            canvas.setLineWidth(1.2)
            canvas.line(*self.at(x, right["low"]), *self.at(x, right["high"]))
            canvas.setFillColor(ACCENT)
            self.dot(x, right["value"], 1.8 + 3.2 * math.sqrt(row["n"] / most))


class AgreementPlot(_Plot):
    """Difference against mean of two measurements, with bias and limits of agreement.

    Bland and Altman, Lancet 327:307 (1986). ``number`` is one entry of the figures' ``numbers``, with agreement.
    """

    def __init__(self, number: Mapping[str, Any], width: float, height: float) -> None:
        points, found = number["points"], number["agreement"]
        means = [mean for mean, _ in points]
        ends = [apart for _, apart in points] + [found["lower"]["low"], found["upper"]["high"], 0.0]
        super().__init__(width, height, _wider(min(means), max(means)), _wider(min(ends), max(ends)))
        self.number = number

    def draw(self) -> None:
        unit, found = self.number["unit"], self.number["agreement"]
        ticks = _ticks(*self.across), _ticks(*self.up)
        self.frame(f"Mean of reading and your value, {unit}", f"Reading less your value, {unit}", ticks)
        canvas = self.canv
        canvas.setFillColor(ACCENT, alpha=0.1)
        for name in ("bias", "lower", "upper"):
            left, low = self.at(self.across[0], found[name]["low"])
            right, high = self.at(self.across[1], found[name]["high"])
            canvas.rect(left, low, right - left, high - low, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.9)
        for name in ("bias", "lower", "upper"):
            self.rule(found[name]["value"], dashed=name != "bias")
        canvas.setFillColor(ACCENT, alpha=0.75)
        for mean, apart in self.number["points"]:
            self.dot(mean, apart, 1.8)
        canvas.setFillColor(INK, alpha=1)


def _wider(low: float, high: float) -> tuple[float, float]:
    """A range with a little room at its ends, never empty."""
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers inside a range."""
    step = 10 ** math.floor(math.log10((high - low) / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 8)
    return [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}") if abs(value) > 1e-12 else "0"
