"""The quality checks as a list: a mark, a word, and when one fails the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.modes.wording import check_words
from clinoscope.ui import theme
from clinoscope.ui.exam.words import check_advice
from clinoscope.ui.widgets import label

RARE = frozenset({Check.BLANK, Check.HAZE, Check.GRAIN, Check.GREY, Check.BLOCKS})
"""Shown only while they fail: the list is to be whole in sight beside a camera's controls."""


class ChecksList(QWidget):
    """Rows appear with their checks and then only change their words, so that nothing jumps at 8 looks a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._rows: dict[Check, _Row] = {}
        self.setAccessibleName("Picture checks")

    def show_quality(self, quality: Quality | None) -> None:
        """Show the checks; None empties the list."""
        shown = [f for f in quality.findings if not f.ok or f.check not in RARE] if quality else []
        findings = {finding.check: finding for finding in shown}
        if set(findings) != set(self._rows):
            self._build(tuple(findings))
        for check, row in self._rows.items():
            row.show_finding(findings[check])

    def words(self) -> list[str]:
        """What each row says."""
        return [row.accessibleName() for row in self._rows.values()]

    def rows(self) -> list[QWidget]:
        return list(self._rows.values())

    def _build(self, checks: tuple[Check, ...]) -> None:
        for row in self._rows.values():
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {check: _Row() for check in checks}
        for row in self._rows.values():
            self._layout.addWidget(row)


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._mark = _Mark()
        self._word = label("")
        self._advice = label("", "small", "secondary", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._word, 0, 1)
        grid.addWidget(self._advice, 1, 1)
        self._shown: tuple[bool, str, str] | None = None

    def show_finding(self, finding: Finding) -> None:
        shown = (finding.ok, check_words(finding), check_advice(finding))
        if shown == self._shown:
            return
        self._shown = shown
        self._mark.set_ok(finding.ok)
        self._word.setText(shown[1])
        self._word.setFont(theme.font("body", "regular" if finding.ok else "semibold"))
        self._advice.setText(shown[2])
        self._advice.setVisible(bool(shown[2]))
        self.setAccessibleName(". ".join(part for part in shown[1:] if part))


class _Mark(QWidget):
    """A tick while all is well, a full amber disc when something is to be done: a ring would look like a choice."""

    def __init__(self) -> None:
        super().__init__()
        self._ok = True
        self.setFixedSize(QSize(16, 20))

    def set_ok(self, ok: bool) -> None:
        self._ok = ok
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._ok:
            ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(theme.color("accent"), 1.75, Qt.PenStyle.SolidLine, *ends))
            painter.drawPolyline([QPointF(3, 10.5), QPointF(6.5, 14), QPointF(13, 6.5)])
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("amber"))
            painter.drawEllipse(QRectF(2, 4, 12, 12))
        painter.end()
