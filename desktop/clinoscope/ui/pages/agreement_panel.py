"""How clinicians agreed with one model over time: a sentence, a plot, and a word when agreement dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.pages.agreement_plot import AgreementPlot, point_words
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest
from clinoscope.ui.widgets.notices import Chip
from clinoscope.ui.widgets.text import label, set_tone

if TYPE_CHECKING:
    from clinoscope.workflow.agreement import Agreement, Point
    from clinoscope.workflow.models import Installed

NOT_ACCURACY = "Agreement is not accuracy: whoever reviews a reading has seen it first."
HINT = "Left and right go from point to point."


class AgreementPanel(QWidget):
    """Shows one model at a time; what comes late for another one is dropped."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._latest = Latest(self)
        self.flag = Chip("Agreement dropped", "amber")
        self.sentence = label("", "body", wrap=True)
        self.plot = AgreementPlot()
        self.plot.pointed.connect(self._on_pointed)
        self._key = _Key()
        self.point = label(HINT, "small", "secondary", wrap=True)
        self._note = label(NOT_ACCURACY, "small", "secondary", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.flag, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.sentence, self._key, self.plot, self.point, self._note):
            layout.addWidget(part)
        layout.addStretch(1)
        self._clear("")

    def show_for(self, entry: Installed) -> None:
        """Come up and show the agreement with a package."""
        self.show()
        self._latest.forget()
        model = entry.model
        if model is None:
            self._clear("This package cannot be used, so nothing was read with it.")
            return
        self._clear("Counting the reviewed readings…")
        vault = self._shell.open_vault

        def look() -> Agreement:
            from clinoscope.workflow import agreement

            return agreement.of_model(vault, entry.task, model)

        self._latest.run(look, done=self._show_agreement)

    def _clear(self, words: str) -> None:
        self.sentence.setText(words)
        set_tone(self.sentence, "secondary")
        for part in (self.flag, self.plot, self._key, self.point, self._note):
            part.hide()

    def _show_agreement(self, agreement: Agreement) -> None:
        dropped = agreement.flagged_since is not None
        self.sentence.setText(agreement.sentence)
        set_tone(self.sentence, "amber" if dropped else "ink" if agreement.reviewed else "secondary")
        self.flag.setVisible(dropped)
        self._note.setVisible(agreement.reviewed > 0)
        plotted = bool(agreement.points)
        for part in (self.plot, self._key, self.point):
            part.setVisible(plotted)
        if plotted:
            self.plot.show_agreement(agreement)
            self._key.show_baseline(agreement.baseline is not None)
            self.point.setText(HINT)

    def _on_pointed(self, point: Point | None) -> None:
        self.point.setText(point_words(point) if point is not None else HINT)


class _Key(QWidget):
    """What each line of the plot is, drawn as the plot draws it."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._first = _Entry("The first 100", "secondary", 1, dashed=True)
        for entry in (
            _Entry("Agreed, last 50 answers", "accent", 2),
            _Entry("By month", "control", 3),
            self._first,
            _Entry("Unsure", "amber", 1.5),
            _Entry("Cannot judge", "slate", 1.5, dashed=True),
        ):
            row.addWidget(entry)
        row.addStretch(1)

    def show_baseline(self, there: bool) -> None:
        self._first.setVisible(there)


class _Entry(QWidget):
    def __init__(self, name: str, tone: str, width: float, *, dashed: bool = False) -> None:
        super().__init__()
        self._tone, self._width, self._dashed = tone, width, dashed
        row = QHBoxLayout(self)
        row.setContentsMargins(26, 0, 0, 0)
        row.addWidget(label(name, "tiny", "secondary"))
        theme.watcher().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = Qt.PenStyle.DashLine if self._dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(theme.color(self._tone), self._width, line))
        painter.drawLine(0, self.height() // 2, 20, self.height() // 2)
        painter.end()
