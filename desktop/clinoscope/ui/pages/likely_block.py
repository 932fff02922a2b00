"""Who is likely the person that is being typed in: name, birth date, number, and a button that opens the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.dates import in_words
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.text import label

if TYPE_CHECKING:
    from clinoscope.workflow.duplicates import Likely

TITLE = "Likely here already"


class LikelyBlock(QWidget):
    """``opened(Patient)`` when somebody wants to see the record that is there."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Likely, ...] = ()
        self.buttons: list[QuietButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 12)
        self._column.setSpacing(12)
        self._column.addWidget(label(TITLE, "body", "amber", weight="semibold"))
        self._rows: list[QWidget] = []
        self.hide()

    def show_found(self, found: tuple[Likely, ...]) -> None:
        """Show these; nothing at all for nobody."""
        self.found = found
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self.buttons = [], []
        for likely in found:
            row = self._row(likely)
            self._rows.append(row)
            self._column.addWidget(row)
        self.setVisible(bool(found))
        self.setAccessibleName(". ".join([TITLE, *(spoken(likely) for likely in found)]) if found else "")

    def _row(self, likely: Likely) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(likely.patient.name, "body", weight="medium", wrap=True))
        words.addWidget(label(facts(likely), "small", "secondary", wrap=True))
        words.addWidget(label(likely.why[:1].upper() + likely.why[1:], "small", "secondary", wrap=True))
        across.addLayout(words, 1)
        button = QuietButton("Open")
        button.setAccessibleName(f"Open {likely.patient.name}, {likely.patient.identifier}")
        button.clicked.connect(lambda: self.opened.emit(likely.patient))
        self.buttons.append(button)
        across.addWidget(button)
        return row


def facts(likely: Likely) -> str:
    """``Born 12 Mar 1990 · 2187-3``, and under which name and number the record stood that was merged."""
    return " · ".join(filter(None, (described(likely.patient), _before(likely.patient, likely.recorded))))


def described(patient: Patient) -> str:
    """``Born 12 Mar 1990 · 2187-3``."""
    born = f"Born {in_words(patient.born)}" if patient.born else "Birth date not known"
    return f"{born} · {patient.identifier}"


def _before(patient: Patient, recorded: Patient) -> str:
    return "" if patient.id == recorded.id else f"merged with {recorded.name}, {recorded.identifier}"


def spoken(likely: Likely) -> str:
    """The record for a screen reader."""
    return f"{likely.patient.name}, {facts(likely)}: {likely.why}"
