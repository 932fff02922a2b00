"""Two visits of one patient and one task, compared."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout

from clinoscope.domain.record import Exam
from clinoscope.ui import exam_words
from clinoscope.ui.compare import work
from clinoscope.ui.compare.canvas import CompareCanvas, Mode
from clinoscope.ui.compare.controls import Controls
from clinoscope.ui.compare.facts import Facts, day
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import notice
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest
from clinoscope.ui.widgets import ElidedLabel, QuietButton, hairline
from clinoscope.workflow import compare

FACTS = 0.34
"""Share of the page's height that what is known of the visits takes at most; the rest is the pictures'."""
SURE = "Aligned by details both pictures show."
UNSURE = "Aligned by their regions only."
FRAMES = "Not aligned: frame over frame."
NOT_BOTH = "One picture cannot be shown."


class ComparePage(Page):
    """Entered with ``exams``, two of them; shows the earlier one at the left."""

    shows_patient = True
    keys = (
        ("1  2  3", "Side by side, wipe, one over the other"),
        (",  .", "Move the wipe or the blend"),
        ("B", "Blink"),
        ("A", "Aligned, or frame over frame"),
        ("R", "Region outlines"),
        ("Ctrl + − 0", "Zoom both in, out, whole"),
        ("Arrows", "Move both"),
        ("Esc", "Back to the patient"),
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._latest = Latest(self)
        self.pair: work.Pair | None = None
        self.exams: tuple[Exam, Exam] | None = None
        self.canvas = CompareCanvas()
        self.controls = Controls(self.canvas)
        self.controls.aligned.toggled.connect(lambda _on: self._say_how())
        self._title = ElidedLabel("", "title", weight="semibold")
        self.said = ElidedLabel("", "small", "secondary")
        self.done = QuietButton("Back to the patient", icon="ph.arrow-left", tip="Back to the patient (Esc)")
        self.done.clicked.connect(self._back)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._title, 2)
        head.addWidget(self.said, 3)
        head.addWidget(self.done)
        above = QVBoxLayout()
        above.setContentsMargins(24, 10, 24, 10)
        above.setSpacing(8)
        above.addLayout(head)
        above.addWidget(self.controls)
        self._facts = QScrollArea()
        self._facts.setWidgetResizable(True)
        self._facts.setFrameShape(QFrame.Shape.NoFrame)
        self._facts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._facts.setAccessibleName("What is known of both visits")
        foot = notice()
        foot.setContentsMargins(24, 4, 24, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.canvas, 1)
        column.addWidget(hairline())
        column.addWidget(self._facts)
        column.addWidget(foot)

    def enter(self, **what: object) -> None:
        one, other = cast("tuple[Exam, Exam]", what["exams"])
        before, after = compare.in_order(one, other)
        self.exams, self.pair = (before, after), None
        self._title.setText(exam_words.task_name(after))
        self.said.setText("")
        self.canvas.show_pair(None)
        self.controls.set_mode(Mode.SIDE)
        self._facts.setWidget(Facts(before, after))
        self._fit_facts()
        self.canvas.setFocus()
        self._latest.run(work.load, self.shell.open_vault, before, after, done=self._show)

    def leave(self) -> None:
        """Nothing of the patient stays on a page that is not seen."""
        self._latest.forget()
        self.controls.rest()
        self.canvas.show_pair(None)
        self.pair = None

    @property
    def facts(self) -> Facts:
        """What stands under the pictures."""
        shown = self._facts.widget()
        assert isinstance(shown, Facts)
        return shown

    def _show(self, pair: work.Pair) -> None:
        self.pair = pair
        dates = [day(visit.exam) for visit in (pair.before, pair.after)]
        if dates[0] == dates[1]:
            at = [visit.exam.created_at.astimezone() for visit in (pair.before, pair.after)]
            dates = [f"{date} {moment:%H:%M}" for date, moment in zip(dates, at, strict=True)]
        self.controls.aligned.setEnabled(pair.laid is not None)
        self.canvas.show_pair(pair, (dates[0], dates[1]))
        self._say_how()

    def _say_how(self) -> None:
        pair = self.pair
        if pair is None:
            return
        if pair.before.raster is None or pair.after.raster is None:
            self.said.setText(NOT_BOTH)
        elif not self.controls.aligned.isChecked() or pair.laid is None:
            self.said.setText(FRAMES)
        else:
            self.said.setText(SURE if pair.laid.sure else UNSURE)

    def _back(self) -> None:
        if self.exams is not None:
            self.shell.go("patient", patient_id=self.exams[1].patient_id)

    def _fit_facts(self) -> None:
        shown = self._facts.widget()
        if shown is not None:
            wanted = shown.heightForWidth(self.width()) if shown.hasHeightForWidth() else shown.sizeHint().height()
            self._facts.setFixedHeight(min(wanted + 4, round(self.height() * FACTS)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_facts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_1: lambda: self.controls.set_mode(Mode.SIDE),
            Qt.Key.Key_2: lambda: self.controls.set_mode(Mode.WIPE),
            Qt.Key.Key_3: lambda: self.controls.set_mode(Mode.BLEND),
            Qt.Key.Key_Comma: lambda: self.controls.step(-1),
            Qt.Key.Key_Period: lambda: self.controls.step(1),
            Qt.Key.Key_B: self.controls.turn_blink,
            Qt.Key.Key_A: self.controls.aligned.click,
            Qt.Key.Key_R: self.controls.regions.click,
            Qt.Key.Key_Escape: self._back,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            act()
