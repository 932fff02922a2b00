"""The keys of the exam page, step by step. Typing in a field never reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from clinoscope.domain.record import ExamState
from clinoscope.domain.task import Kind, Task
from clinoscope.ui.exam import reading_step, region_step, report_view
from clinoscope.ui.exam.side import SCROLL_KEY
from clinoscope.ui.exam.step import Step
from clinoscope.ui.widgets.keys import Keys

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
CHOOSE: Keys = (
    ("1 … 9, 0, A …", "Choose what to look at"),
    ("Enter", "Same as last time"),
    ("Arrows, Tab", "Move between the choices"),
    ("Ctrl+G", "Note a consent"),
    ("Esc", "Back to the patient"),
)
CAPTURE: Keys = (
    ("Space", "Take the photo, or retake it"),
    ("G", "Show the earlier picture, or hide it"),
    ("+  −", "Earlier picture stronger, weaker"),
    ("U", "Use a picture that failed its check"),
    ("A", "Take the photo when all is well, or not"),
    ("Ctrl+O", "Open a file"),
    ("Ctrl+V", "Paste a picture"),
    ("S", "Camera settings"),
    SCROLL_KEY,
    ("Esc", "Back; a picture that was taken stays as a draft"),
)


def of_step(step: Step, signed: bool, task: Task | None) -> Keys:
    """What ``?`` shows: no key that does nothing for the task."""
    found: Keys = {
        Step.CHOOSE: CHOOSE,
        Step.CAPTURE: CAPTURE,
        Step.REGION: region_step.KEYS,
        Step.READING: reading_step.SIGNED_KEYS if signed else reading_step.KEYS,
        Step.REPORT: report_view.KEYS,
    }.get(step, ())
    if task is None or task.kind is Kind.CLASSIFY:
        return found
    return tuple(key for key in found if key not in reading_step.FOR_LABELS)


def press(page: ExamPage, event: QKeyEvent) -> bool:
    """Do what a key means on the page's step; False when it means nothing there."""
    key = Qt.Key(event.key())
    if key == Qt.Key.Key_Escape:
        if page.step is not Step.REGION or page.acts.panel is not None or not page.bench.region.give_up():
            page.back()
        return True
    if page.acts.panel is not None:
        # What is typed beside an open panel is not meant for the page under it.
        return False
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if key == Qt.Key.Key_O and not control and page.bench.colour.toggle():
        return True
    if not control and page.bench.scroll_by(key):
        return True
    if page.step is Step.CHOOSE and control and key == Qt.Key.Key_G:
        page.acts.note_consent()
        return True
    if page.step is Step.CAPTURE:
        return _capture(page, key, control)
    if page.step is Step.REGION:
        return _region(page, key, event)
    if page.step is Step.READING:
        return _reading(page, key, control)
    return False


def _capture(page: ExamPage, key: Qt.Key, control: bool) -> bool:
    capture = page.bench.capture
    if control and key == Qt.Key.Key_O:
        capture.ask_file()
    elif control and key == Qt.Key.Key_V:
        capture.paste()
    elif not control and key == Qt.Key.Key_Space:
        page.taking.retake() if capture.failed else capture.take()
    elif not control and key == Qt.Key.Key_S and not capture.failed:
        page.acts.show_camera()
    elif not control and key == Qt.Key.Key_G:
        page.bench.follow.toggle()
    elif not control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        page.bench.follow.strengthen(1 if key == Qt.Key.Key_Plus else -1)
    elif not control and key == Qt.Key.Key_U and capture.failed:
        page.taking.use_anyway()
    elif not control and key == Qt.Key.Key_A and not capture.failed:
        capture.auto.switch.click()
    else:
        return False
    return True


def _region(page: ExamPage, key: Qt.Key, event: QKeyEvent) -> bool:
    region = page.bench.region
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if key in _ENTER and not control:
        region.go_on_if_found()
    elif key in (Qt.Key.Key_N, Qt.Key.Key_Insert) and not control:
        region.draw_one()
    elif region.editor is not None and region.editor.key(event):
        page.bench.canvas.follow_editor()
    else:
        return False
    return True


def _reading(page: ExamPage, key: Qt.Key, control: bool) -> bool:
    reading = page.bench.reading
    exam = page.exam
    draft = exam is not None and exam.state is ExamState.DRAFT
    if control and key in _ENTER and draft:
        page.acts.ask_sign()
    elif control and key == Qt.Key.Key_P and not draft:
        page.acts.show_report()
    elif control:
        return False
    elif key == Qt.Key.Key_H:
        reading.heat.toggle()
    elif draft and key == Qt.Key.Key_A:
        reading.agree_with()
    elif draft and key in (Qt.Key.Key_0, Qt.Key.Key_C):
        reading.say_cannot()
    elif draft and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        reading.overrule_number(int(key) - int(Qt.Key.Key_0))
    else:
        return False
    return True
