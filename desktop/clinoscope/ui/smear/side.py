"""The right side of the bench: how far the count is, the differential, and what is left before it can be signed."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.differential import Differential
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.domain.record import ExamState
from clinoscope.modes.smear_wording import left_shift_waits_for
from clinoscope.ui.smear.differential_table import DifferentialTable
from clinoscope.ui.smear.progress import Progress
from clinoscope.ui.smear.state import State
from clinoscope.ui.widgets import LinkButton, PrimaryButton, QuietButton, hairline, label
from clinoscope.ui.widgets.scroll import ScrollBody
from clinoscope.workflow.smear.second import SECOND, Comparison

WIDTH = 352


class Side(QWidget):
    """``sheet_wanted`` opens what is written about the smear, ``sign_wanted`` signs it (or finishes the blind
    reading), ``differences_wanted`` shows the cells on which two readers differ, ``open_wanted`` those nobody decided
    on. ``files`` are still to be taken in, ``left`` says how long what waits may take; ``allowed`` is what the user may
    do."""

    sheet_wanted = Signal()
    sign_wanted = Signal()
    report_wanted = Signal()
    amend_wanted = Signal()
    differences_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.files, self.left = 0, ""
        self.allowed: Collection[Act] = tuple(Act)
        self._counted = label("", "title")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("White cells counted")
        self.progress = Progress()
        self.table = DifferentialTable()
        self._figures = label("", "small", "secondary", wrap=True)
        self._odd = label("", "small", "amber", wrap=True)
        self._remarks = label("", "small", "amber", wrap=True)
        self._second = label("", "small", "secondary", wrap=True)
        self.differences = LinkButton("")
        self.differences.clicked.connect(self.differences_wanted)
        self._models = label("", "small", "secondary", wrap=True)
        self._left = label("", "small", "secondary", wrap=True)
        self.open = LinkButton("Go to the open cells")
        self.open.setToolTip("Go to the open cells (Ctrl+J)")
        self.open.clicked.connect(self.open_wanted)
        self.sheet = QuietButton("Sheet…", icon="ph.note-pencil", tip="Target, white cell count, comments (Ctrl+I)")
        self.sheet.clicked.connect(self.sheet_wanted)
        self.sign = PrimaryButton("Sign…", icon="ph.pen-nib", tip="Sign (Ctrl+Enter)")
        self.sign.clicked.connect(self.sign_wanted)
        self.report = PrimaryButton("Report", icon="ph.file-text", tip="Report (Ctrl+Enter)")
        self.report.clicked.connect(self.report_wanted)
        self.amend = QuietButton("Amend…")
        self.amend.clicked.connect(self.amend_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        body = ScrollBody()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(10)
        parts = (self._odd, self.table, self._second, self.differences, self._figures, self._remarks, self._models)
        for part in parts:
            inner.addWidget(part)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # for the arrow keys: the remarks may be many
        scroll.setAccessibleName("Differential and remarks")
        scroll.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._counted)
        column.addWidget(self._bar)
        column.addWidget(self.progress)
        column.addWidget(scroll, 1)
        column.addWidget(hairline())
        column.addWidget(self._left)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.sheet, self.sign, self.amend, self.report):
            foot.addWidget(button, 1)
        column.addLayout(foot)
        column.addWidget(label(RESEARCH_ONLY, "small", "secondary", weight="medium"))

    def show_state(self, state: State, reader: int) -> None:
        """Show the count, the table, and what can be done."""
        sheet = state.exam.smear
        assert sheet is not None, "the bench shows smears only"
        signed = state.exam.state is not ExamState.DRAFT
        self._counted.setText(f"{state.counted} of {sheet.target} white cells")
        self._bar.setRange(0, sheet.target)
        self._bar.setValue(min(state.counted, sheet.target))
        mine = self.allowed if not signed and reader != SECOND else ()
        self.progress.show_state(
            state, self.files, self.left, stops=Act.EXAM_TAKE in mine, takes_out=Act.EXAM_REVIEW in mine
        )
        self.table.show_differential(state.differential)
        self._put(self._figures, _figures(state.differential, state.by_hand))
        remarks = [f"{remark.name}: {remark.note}" for remark in state.differential.remarks]
        self._put(self._remarks, "\n".join(remarks))
        self._put(self._odd, f"{state.odd} Ctrl+D sets a field aside." if state.odd and not signed else state.odd)
        self._put(self._second, _second(state.comparison))
        count = len(state.comparison.differences) if state.comparison is not None else 0
        self.differences.setText(
            f"Show the {count} cells they differ on" if count > 1 else "Show the cell they differ on"
        )
        self.differences.setVisible(count > 0)
        finished = reader == SECOND and sheet.second_done is not None
        wanted = Act.EXAM_REVIEW if reader == SECOND else Act.EXAM_SIGN
        self.sign.setText("Finish blind reading" if reader == SECOND else "Sign…")
        self.sign.setVisible(not signed and not finished and wanted in self.allowed)
        self.sign.setEnabled(reader == SECOND or not state.hindrances)
        self.sheet.setVisible(not signed and reader != SECOND and Act.EXAM_REVIEW in self.allowed)
        self.report.setVisible(signed and Act.REPORT in self.allowed)
        self.amend.setVisible(signed and Act.EXAM_SIGN in self.allowed)
        self.open.setVisible(not signed and not finished and bool(state.open))
        self._put(self._left, "" if signed else "Your blind reading is closed." if finished else _left(state, reader))

    def show_models(self, sentence: str) -> None:
        """Which models read the cells, and where they stand here."""
        self._put(self._models, sentence)

    @staticmethod
    def _put(where: QWidget, text: str) -> None:
        where.setText(text)  # type: ignore[attr-defined]
        where.setVisible(bool(text))


def _figures(found: Differential, by_hand: int) -> str:
    parts = []
    if found.total and found.waits_for:
        parts.append(f"Ranges, remarks and left shift wait for {found.waits_for} white cells")
    elif wanted := left_shift_waits_for(found):
        parts.append(f"The left shift waits for {wanted}")
    if by_hand:
        parts.append(many(by_hand, "cell was added by hand", "cells were added by hand"))
    if found.shift is not None:
        span = found.shift
        parts.append(f"Left shift (young over segmented) {span.value:.2f} ({span.low:.2f}–{span.high:.2f})")
    counted, corrected = found.white_cells, found.corrected
    if counted is not None and corrected is not None and abs(corrected - counted) > 1e-9:
        parts.append(f"White cells {counted:g}, without erythroblasts {corrected:.2f}\u00a0·\u00a010⁹/L")
    elif counted is not None:
        parts.append(f"White cells {counted:g}\u00a0·\u00a010⁹/L")
    return "\n".join(parts)


def _second(found: Comparison | None) -> str:
    if found is None:
        return ""
    value, low, high = (found.kappa.get(name) for name in ("value", "low", "high"))
    kappa = "" if value is None or low is None or high is None else f"; kappa {value:.2f} ({low:.2f} to {high:.2f})"
    return f"Two readers agreed on {found.agreed} of {found.cells} cells{kappa}."


def _left(state: State, reader: int) -> str:
    """What keeps it from being signed."""
    if reader == SECOND:
        left = state.differential.unreviewed
        words = many(left, "cell is", "cells are")
        return f"{words} left to review." if left else "All cells are reviewed."
    return "\n".join(state.hindrances)
