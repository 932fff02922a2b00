"""One lane of the time line: all visits for one task, oldest at the left, and what was measured beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.record import Exam, ExamState
from clinoscope.ui import exam_words, theme
from clinoscope.ui.dates import in_words
from clinoscope.ui.pages.tick import Tick, Ticks
from clinoscope.ui.widgets.notices import Chip
from clinoscope.ui.widgets.series import HEIGHT as PLOT_HEIGHT
from clinoscope.ui.widgets.series import Point, Series
from clinoscope.ui.widgets.text import ElidedLabel, label
from clinoscope.ui.widgets.thumbnail import Thumbnail

_CARD = 200
_GAP = 16
_PICTURE_HEIGHT = 138


class ExamCard(QWidget):
    """Picture, day, answer, what gave it, the clinician's word, the earlier exam of the very ``same`` picture, and the
    ``number`` it was made under when that is no longer the patient's. Enter, Space or a click opens it, T ticks it."""

    opened = Signal(object)
    ticked = Signal(object)

    def __init__(self, exam: Exam, number: str = "", same: Exam | None = None) -> None:
        super().__init__()
        self.exam = exam
        self.setFixedWidth(_CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.thumbnail = Thumbnail(_CARD - 16, _PICTURE_HEIGHT)
        said, word = exam_words.answer(exam), exam_words.clinician(exam)
        day = in_words(exam.created_at.astimezone().date())
        top = QHBoxLayout()
        when = label(day, "small", "secondary")
        when.setFixedHeight(22)  # as high as a chip, so that cards with and without one stand level
        top.addWidget(when)
        top.addStretch(1)
        chip = exam_words.state_chip(exam)
        if chip:
            top.addWidget(Chip(*chip))
        self.answer = ElidedLabel(said, "body", exam_words.tone(exam), "semibold")
        self.read_by = ElidedLabel(exam_words.read_by(exam), "tiny", "secondary")
        self.word = ElidedLabel(word or (exam_words.step(exam) if self._draft() else ""), "small", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(2)
        layout.addWidget(self.thumbnail)
        layout.addSpacing(6)
        layout.addLayout(top)
        for part in (self.answer, self.read_by, self.word):
            layout.addWidget(part)
        self._spoken = f"{day}, {said}, {self.read_by.text()}, {word}" + (", draft" if self._draft() else "")
        if same is not None:
            again = f"picture as {in_words(same.created_at.astimezone().date())}"
            layout.addWidget(ElidedLabel(f"Same {again}", "tiny", "amber"))
            self._spoken += f", same {again}"
        if number:
            layout.addWidget(ElidedLabel(f"Made under {number}", "tiny", "secondary"))
            self._spoken += f", made under number {number}"
        self.tick = Tick(self)
        self.tick.toggled.connect(self._on_tick)
        self._on_tick()

    def _on_tick(self) -> None:
        self.setAccessibleName(self._spoken + (", ticked to compare" if self.tick.isChecked() else ""))
        self.ticked.emit(self)

    def _draft(self) -> bool:
        return self.exam.state is ExamState.DRAFT

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.exam)
        elif event.key() == Qt.Key.Key_T and self.tick.isVisible():
            self.tick.toggle()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.exam)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)


class Lane(QWidget):
    """``exams`` oldest first; opens scrolled to the newest. ``compared`` carries two exams. ``numbers`` are those of
    merged records by the id of their patient."""

    opened = Signal(object)
    compared = Signal(object)

    def __init__(self, exams: Sequence[Exam], numbers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__()
        same = same_pictures(exams)
        self.cards = [ExamCard(exam, numbers.get(exam.patient_id, ""), same.get(exam.id)) for exam in exams]
        strip = QWidget()
        strip.setObjectName("ScrollBody")
        inside = QVBoxLayout(strip)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        self.ticks = Ticks(self.cards)
        self.ticks.compare.clicked.connect(lambda: self.compared.emit(self.ticks.pair()))
        for card in self.cards:
            card.opened.connect(self.opened)
            row.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        inside.addLayout(row)
        self.plots = [*(Series(name, unit, points) for name, unit, points in series(exams)), *grades(exams)]
        for plot in self.plots:
            inside.addWidget(plot)
        self._scroll = QScrollArea()
        self._scroll.setWidget(strip)
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tall = max(card.sizeHint().height() for card in self.cards) + len(self.plots) * (PLOT_HEIGHT + 8)
        self._scroll.setFixedHeight(tall + 14)
        for plot in self.plots:
            self._scroll.horizontalScrollBar().valueChanged.connect(plot.update)
        count = many(len(exams), "visit", "visits")
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(label(exam_words.task_name(exams[0]), "heading"))
        head.addWidget(label(count, "small", "secondary"))
        head.addStretch(1)
        head.addWidget(self.ticks.word, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.ticks.compare)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._scroll)
        # The strip has its width once it is laid out; the newest visit is the one to see first.
        QTimer.singleShot(0, self, self._to_newest)

    def give_picture(self, exam: Exam, image: QImage) -> None:
        """The small picture of one of the exams."""
        for card in self.cards:
            if card.exam is exam:
                card.thumbnail.set_image(image)

    def sizeHint(self) -> QSize:
        return QSize(600, super().sizeHint().height())

    def _to_newest(self) -> None:
        bar = self._scroll.horizontalScrollBar()
        bar.setValue(bar.maximum())


def same_pictures(exams: Sequence[Exam]) -> dict[str, Exam]:
    """By the id of an exam the first one before it that shows the very same picture: two such visits are one look.

    ``exams`` oldest first. Not of a phantom: there is one of each. By the marks of the pictures (see
    ``PictureRef.shows_the_same``) and not each with each, since a lane may hold hundreds.
    """
    first: dict[str, Exam] = {}
    found = {}
    for exam in exams:
        if exam.picture is None or exam.picture.phantom:
            continue
        before = [first[mark] for mark in exam.picture.marks if mark in first]
        if before:
            found[exam.id] = min(before, key=lambda earlier: earlier.created_at)
        for mark in exam.picture.marks:
            first.setdefault(mark, exam)
    return found


def series(exams: Sequence[Exam]) -> list[tuple[str, str, list[Point]]]:
    """(name, unit, points) for every number that two or more signed exams have in common.

    ``exams`` oldest first, as their cards stand; each point lies under the middle of its card.
    """
    found: dict[tuple[str, str], list[Point]] = {}
    for place, exam in enumerate(exams):
        if exam.reading is None or exam.state is not ExamState.SIGNED:
            continue
        x = _under(place)
        for measure in exam.reading.measures:
            point = Point(x, measure.value, measure.uncertainty)
            found.setdefault((measure.name, measure.unit), []).append(point)
    return [(name, unit, points) for (name, unit), points in found.items() if len(points) > 1]


def grades(exams: Sequence[Exam]) -> list[Series]:
    """The grades that clinicians stood by over the visits of a task whose labels are grades; none for other tasks.

    ``exams`` oldest first, of one task. A visit that named no grade has no point.
    """
    task = exam_words.task_of(exams[0])
    if task is None or not task.ordered:
        return []
    order = [entry.id for entry in task.labels]
    points = []
    for place, exam in enumerate(exams):
        said = _stood_by(exam)
        if said in order:
            points.append(Point(_under(place), order.index(said), words=task.label_name(said)))
    return [Series("Grade", "", points, (0, len(order) - 1))] if len(points) > 1 else []


def _stood_by(exam: Exam) -> str:
    """The answer that a clinician signed; "" for a draft."""
    if exam.state is not ExamState.SIGNED or exam.review is None or exam.reading is None:
        return ""
    return exam.reading.answer if exam.review.agrees else exam.review.answer


def _under(place: int) -> int:
    """The middle of a card, in pixels of the strip."""
    return place * (_CARD + _GAP) + _CARD // 2
