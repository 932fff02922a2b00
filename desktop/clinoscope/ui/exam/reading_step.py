"""Step 3: the answer first, then what it rests on, then the clinician's own word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.domain.reading import CANNOT_JUDGE, Reading
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.task import Kind, Task
from clinoscope.modes import wording
from clinoscope.ui import theme
from clinoscope.ui.exam import colour_note, words
from clinoscope.ui.exam.answer_block import AnswerBlock
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.choice import ChoiceButton, CommentField
from clinoscope.ui.exam.findings import Differential, LabelRows, Measures
from clinoscope.ui.exam.flag_lines import FlagLines
from clinoscope.ui.exam.heat import Heat
from clinoscope.ui.exam.overlays import cells_overlay, region_overlay
from clinoscope.ui.exam.side import SCROLL_KEY, Side
from clinoscope.ui.exam.signed_block import SignedBlock
from clinoscope.ui.exam.work import Trust
from clinoscope.ui.widgets import LinkButton, PrimaryButton, QuietButton, label, set_tone
from clinoscope.ui.widgets.keys import Keys
from clinoscope.ui.widgets.layouts import clear

SAVE_AFTER = 700
"""Milliseconds of rest before a comment is saved."""
LONGEST = 3000
"""Milliseconds that somebody who never rests has typed at most without being saved."""

_OTHER, _HEAT = ("1 … 9", "Give another answer"), ("H", "Heatmap on and off")
FOR_LABELS: Keys = (_OTHER, _HEAT)
"""Those of the keys below that do something only where a task has labels."""
KEYS: Keys = (
    ("A", "Agree with the reading"),
    _OTHER,
    ("0  C", "Cannot judge"),
    _HEAT,
    ("Ctrl+Enter", "Sign…"),
    colour_note.KEY,
    SCROLL_KEY,
    ("Ctrl +  −  0", "Zoom in, out, whole picture"),
    ("Esc", "Back to Region"),
)
SIGNED_KEYS: Keys = (
    _HEAT,
    ("Ctrl+P", "Report"),
    colour_note.KEY,
    SCROLL_KEY,
    ("Ctrl +  −  0", "Zoom in, out, whole picture"),
    ("Esc", "Back to the patient"),
)


class ReadingStep(Side):
    """``reviewed`` carries the answer ("" for none yet) and the comment, ``said`` a word; the others ask for acts."""

    reviewed = Signal(str, str)
    sign_wanted = Signal()
    about_wanted = Signal()
    report_wanted = Signal()
    amend_wanted = Signal()
    version_wanted = Signal(int)
    said = Signal(str)

    def __init__(self, canvas: PictureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._task: Task | None = None
        self._exam: Exam | None = None
        self._answer = ""
        self._typed: dict[tuple[str, int, str], str] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SAVE_AFTER)
        self._rest.timeout.connect(self.flush)
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(LONGEST)
        self._longest.timeout.connect(self.flush)
        self.signed = SignedBlock()
        self.signed.version_wanted.connect(self.version_wanted)
        self.answer = AnswerBlock()
        self.flags = FlagLines()
        self._found = QVBoxLayout()
        self._found.setSpacing(4)
        self.rows: LabelRows | None = None
        self._meaning = label("", "small", "secondary", wrap=True)
        self.about = LinkButton("About this model ›")
        self.about.clicked.connect(self.about_wanted)
        self.heat = Heat(canvas, self)
        self.heat.said.connect(self.said)
        links = QHBoxLayout()
        links.setSpacing(4)
        links.addWidget(self.about)
        links.addWidget(self.heat.link)
        links.addStretch(1)
        self._research = label(RESEARCH_ONLY, "small", "secondary", weight="medium")
        for widget in (self.signed, self.answer, self.flags):
            self.body.addWidget(widget)
        self.body.addLayout(self._found)
        self.body.addWidget(self._meaning)
        self._taken = label("", "small", "secondary", wrap=True)
        self.body.addWidget(self._taken)
        self.body.addLayout(links)
        self.body.addStretch(1)
        self._build_foot()

    def _build_foot(self) -> None:
        self._assessment = QWidget()
        inner = QVBoxLayout(self._assessment)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        self._said = label("", "small", "secondary", weight="medium", wrap=True)
        inner.addWidget(self._said)
        self.agree = ChoiceButton("A", "Agree")
        self.cannot = ChoiceButton("0", "Cannot judge")
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for choice, act in ((self.agree, self.agree_with), (self.cannot, self.say_cannot)):
            choice.clicked.connect(act)
            choices.addWidget(choice, 1)
        inner.addLayout(choices)
        self.comment = CommentField()
        self.comment.textChanged.connect(self._on_comment)
        inner.addWidget(self.comment)
        self.sign = PrimaryButton("Sign…", tip="Sign… (Ctrl+Enter)")
        self.sign.clicked.connect(self.sign_wanted)
        self.report = PrimaryButton("Report", icon="ph.file-text", tip="Report (Ctrl+P)")
        self.report.clicked.connect(self.report_wanted)
        self.amend = QuietButton("Amend…", tip="A new version; this one is kept")
        self.amend.clicked.connect(self.amend_wanted)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.amend)
        acts.addWidget(self.report, 1)
        self._why = label("", "small", "secondary", wrap=True)
        self._why.hide()
        self._locked_out = False
        self.foot.addWidget(self._why)
        self.foot.addWidget(self._assessment)
        self.foot.addWidget(self.sign)
        self.foot.addLayout(acts)
        self.foot.addWidget(self._research)

    # what is shown

    def begin_wait(self, task: Task) -> None:
        """The picture is being read."""
        self._task, self._exam = task, None
        self.rows = None
        clear(self._found)
        self.signed.hide()
        self.answer.show_waiting()
        self.flags.hide()
        self._meaning.hide()
        self._taken.hide()
        self._show_acts(False, False)
        self.about.hide()
        self.heat.begin()

    def begin(self, task: Task, exam: Exam, earlier: Sequence[Reading], versions: Sequence[Exam]) -> None:
        """Show a reading: of a draft, to be reviewed, or of a signed exam, as it was signed."""
        assert exam.reading is not None
        self._task, self._exam = task, exam
        self._answer = exam.review.answer if exam.review else ""
        locked = exam.state is not ExamState.DRAFT
        self.signed.show_exam(task, exam, versions)
        self.answer.show_answer(words.answer(task, exam.reading), exam.quality, words.doubt(task, exam))
        self.flags.show_reading(exam.reading)
        self._say_who(f"{_who(exam.reading)}.", "secondary")
        self._taken.setText(words.taken(exam))
        self._taken.setVisible(exam.picture is not None)
        self._show_found(task, exam, earlier, locked)
        self._show_comment(exam)
        self._canvas.set_editor(None)
        self._canvas.clear_overlays()
        self._draw_region(frozenset())
        self._show_acts(not locked, locked)
        last = not versions or exam.version == max(version.version for version in versions)
        self.amend.setVisible(locked and last)
        self.about.show()
        self.heat.begin()
        self._show_choice()

    def _show_comment(self, exam: Exam) -> None:
        kept = exam.review.comment if exam.review else exam.comment
        typed = kept if exam.review else self._typed.get(_spoken_of(exam), kept)
        self.comment.fill(typed)
        if typed != kept and exam.state is ExamState.DRAFT:
            self._on_comment()

    def limit(self, allowed: Collection[Act], why: str) -> None:
        """Who may not review or sign sees why in place of the choices."""
        may_review = Act.EXAM_REVIEW in allowed
        locked = self._exam is not None and self._exam.state is not ExamState.DRAFT
        self._locked_out = not may_review
        self._why.setText(why)
        self._why.setVisible(bool(why) and not locked)
        self._assessment.setVisible(may_review and not locked)
        self.sign.setVisible(Act.EXAM_SIGN in allowed and not locked)
        self.report.setVisible(Act.REPORT in allowed and locked)
        if Act.EXAM_SIGN not in allowed:
            self.amend.hide()

    def show_trust(self, trust: Trust) -> None:
        """What the figures of the package mean, whether it is validated here, and whether it has a heatmap."""
        exam, task = self._exam, self._task
        if exam is None or exam.reading is None or task is None:
            return
        # The standing before the figures: with many labels the end of it has to be scrolled to.
        parts = (f"{_who(exam.reading)}.", trust.standing, trust.meaning)
        self._say_who(" ".join(part for part in parts if part), "amber" if trust.failed else "secondary")
        self.heat.offer(words.no_heatmap(task, exam.reading) or trust.no_heatmap)

    def _say_who(self, sentence: str, tone: str) -> None:
        self._meaning.setText(sentence)
        set_tone(self._meaning, tone)
        self._meaning.show()

    def _show_found(self, task: Task, exam: Exam, earlier: Sequence[Reading], locked: bool) -> None:
        clear(self._found)
        self.rows = None
        reading = exam.reading
        assert reading is not None
        # Without percentages the rows are only there to be chosen from, and a signed exam takes no choice.
        if task.kind is Kind.CLASSIFY and not (locked and reading.answer == CANNOT_JUDGE):
            self.rows = LabelRows(task, reading, locked)
            self.rows.chosen.connect(self.overrule)
            self._found.addWidget(self.rows)
            self._put_in_tab_order(list(self.rows.rows.values()))
        if reading.measures:
            self._found.addWidget(Measures(reading, earlier))
        if reading.cells:
            table = Differential(reading.cells)
            table.cells_chosen.connect(self._draw_region)
            self._found.addWidget(table)
            self._put_in_tab_order([table.table])

    def _put_in_tab_order(self, found: Sequence[QWidget]) -> None:
        """Made last, they would come last: Tab goes from the picture down the side."""
        for before, after in pairwise([self._canvas, *found, self.about]):
            QWidget.setTabOrder(before, after)

    def _show_acts(self, review: bool, signed: bool) -> None:
        self._assessment.setVisible(review)
        self.sign.setVisible(review)
        self.report.setVisible(signed)
        self.amend.setVisible(signed)

    def _draw_region(self, chosen: frozenset[int]) -> None:
        exam = self._exam
        assert exam is not None
        assert exam.reading is not None
        cells = exam.reading.cells
        if cells:
            spoken = [words.cell_words(cell) for cell in cells]
            overlay = cells_overlay([cell.box for cell in cells], spoken, chosen, theme.font("small", "medium"))
            self._canvas.set_overlay("region", overlay)
        elif exam.region is not None and exam.region.how != "whole":
            self._canvas.set_overlay("region", region_overlay(exam.region))

    # the clinician's word

    def agree_with(self) -> None:
        if self._exam is not None and self._exam.reading is not None:
            self._choose(self._exam.reading.answer)

    def say_cannot(self) -> None:
        self._choose(CANNOT_JUDGE)

    def overrule(self, label_id: str) -> None:
        """Give another label as the answer."""
        self._choose(label_id)

    def overrule_number(self, number: int) -> None:
        """The label with that key; nothing where there is none."""
        if self._task is not None and 1 <= number <= len(self._task.labels):
            self._choose(self._task.labels[number - 1].id)

    @property
    def answered(self) -> str:
        """The clinician's answer so far; "" for none."""
        return self._answer

    @property
    def said_words(self) -> str:
        """What stands above the choices."""
        return self._said.text()

    def flush(self) -> None:
        """Hand out a comment without waiting for it to rest."""
        if self._rest.isActive() or self._longest.isActive():
            self._send()

    def forget_typed(self) -> None:
        """Another picture is there: what was typed beside the one before went with it."""
        self._typed = {}

    def _choose(self, answer: str) -> None:
        if self._exam is None or self._exam.state is not ExamState.DRAFT or self._locked_out:
            return
        self._answer = answer
        self._show_choice()
        self._send()

    def _show_choice(self) -> None:
        exam, task = self._exam, self._task
        assert exam is not None
        assert exam.reading is not None
        assert task is not None
        agrees = self._answer == exam.reading.answer
        self.agree.setChecked(bool(self._answer) and agrees)
        self.cannot.setChecked(self._answer == CANNOT_JUDGE and not agrees)
        # To agree that it cannot be judged and to say so oneself is one and the same.
        self.cannot.setVisible(exam.reading.answer != CANNOT_JUDGE)
        own = self._answer if not agrees else ""
        if self.rows is not None:
            self.rows.show_chosen(own)
        said = wording.answer_words(task, own) if own else "agree" if self._answer else ""
        held = "" if said else words.held(task, exam.held)
        again = f"{held} Say again what you think." if held else "Your assessment"
        self._said.setText(f"Your assessment: {said}" if said else again)
        set_tone(self._said, "amber" if held else "secondary")
        self.sign.setEnabled(bool(self._answer))

    def _on_comment(self) -> None:
        if self._exam is not None:
            # Also where it could not be saved, what was typed must outlive a look back.
            self._typed = {_spoken_of(self._exam): self.comment.toPlainText()}
        self._rest.start()
        if not self._longest.isActive():
            self._longest.start()

    def _send(self) -> None:
        self._rest.stop()
        self._longest.stop()
        self.reviewed.emit(self._answer, self.comment.toPlainText())

    def hideEvent(self, event: QHideEvent) -> None:
        # Locked, or another step: whoever pulls the plug now loses no word.
        super().hideEvent(event)
        self.flush()


def _spoken_of(exam: Exam) -> tuple[str, int, str]:
    """What a comment is about: another picture of the same draft is another matter."""
    return exam.id, exam.version, exam.picture.sha256 if exam.picture is not None else ""


def _who(reading: Reading) -> str:
    """Which model, in which version: it stands beside every reading."""
    return f"Read by {reading.model.shown}"
