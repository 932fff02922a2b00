from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam.region_edit import BODY
from clinoscope.ui.exam.region_editor import RegionEditor
from clinoscope.ui.exam.view import View

VIEW = View(2.0, 10.0, 0.0)
FOUND = Region(Box(40, 20, 60, 40), "contrast", 0.9, (), (((40, 20), (100, 20), (70, 60)),))
NAILS = Region(Box(10, 10, 100, 50), "colour", 0.9, (Box(10, 10, 30, 20), Box(80, 30, 30, 30)))


@pytest.fixture
def editor(app: QApplication) -> RegionEditor:
    made = RegionEditor((200, 100))
    made.begin(FOUND, FOUND, several=False, outlined=False)
    return made


def key(editor: RegionEditor, code: Qt.Key, shift: bool = False) -> bool:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    return editor.key(QKeyEvent(QEvent.Type.KeyPress, code, held))


def undo(editor: RegionEditor) -> None:
    assert editor.key(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier))


def redo(editor: RegionEditor) -> None:
    assert editor.key(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier))


def drag(editor: RegionEditor, start: tuple[float, float], end: tuple[float, float]) -> None:
    assert editor.press(VIEW.to_widget(*start), VIEW)
    editor.drag(VIEW.to_widget(*end), VIEW)
    editor.release()


def test_arrows_move_by_one_and_with_shift_by_ten(editor: RegionEditor) -> None:
    key(editor, Qt.Key.Key_Right)
    key(editor, Qt.Key.Key_Down, shift=True)
    assert editor.region == Region(Box(41, 30, 60, 40), "drawn")


def test_tab_walks_over_the_handles_and_then_lets_the_focus_go(editor: RegionEditor) -> None:
    walked = []
    while key(editor, Qt.Key.Key_Tab):
        walked.append(editor.handle)
    assert walked == ["nw", "n", "ne", "e", "se", "s", "sw", "w"]
    while key(editor, Qt.Key.Key_Backtab):
        pass
    assert editor.handle == BODY


def test_r_brings_back_what_was_found_with_its_outline(editor: RegionEditor) -> None:
    key(editor, Qt.Key.Key_Plus)
    assert editor.region is not None
    assert editor.region.outlines == (), "a box set by hand is not the outline that was found"
    key(editor, Qt.Key.Key_R)
    assert editor.region == FOUND


def test_lips_keep_their_outline(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(FOUND, FOUND, several=False, outlined=True)
    key(editor, Qt.Key.Key_Right)
    assert editor.region is not None
    assert editor.region.outlines == (((41, 20), (101, 20), (71, 60)),)


def test_the_mouse_moves_the_body_and_the_corner(editor: RegionEditor) -> None:
    drag(editor, (70, 40), (75, 42))
    assert editor.region == Region(Box(45, 22, 60, 40), "drawn")
    drag(editor, (105, 62), (110, 70))
    assert editor.region == Region(Box(45, 22, 65, 48), "drawn")


def test_slow_drags_lose_no_part_of_a_pixel(editor: RegionEditor) -> None:
    assert editor.press(VIEW.to_widget(70, 40), VIEW)
    for step in range(1, 21):
        editor.drag(VIEW.to_widget(70 + step * 0.4, 40), VIEW)
    editor.release()
    assert editor.region is not None
    assert editor.region.box.x == 48


def test_beside_the_region_the_mouse_pans(editor: RegionEditor) -> None:
    assert not editor.press(VIEW.to_widget(10, 90), VIEW)
    assert editor.cursor(VIEW.to_widget(10, 90), VIEW) == Qt.CursorShape.ArrowCursor


def test_where_nothing_was_found_a_drag_draws(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(None, None, several=False, outlined=False)
    assert editor.press(VIEW.to_widget(20, 30), VIEW)
    for x, y in ((30, 35), (60, 70), (80, 80)):
        editor.drag(VIEW.to_widget(x, y), VIEW)
    editor.release()
    assert editor.region is not None
    assert editor.region.how == "drawn"
    assert (editor.region.box.x, editor.region.box.y, editor.region.box.right) == (20, 30, 80)


def test_the_keyboard_alone_can_draw(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(None, None, several=False, outlined=False)
    editor.draw_at(QPointF(100, 50))
    assert editor.region is not None
    assert editor.region.box == Box(84, 34, 33, 33)


def test_parts_are_added_chosen_and_deleted(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(NAILS, NAILS, several=True, outlined=False)
    assert editor.press(QPointF(*VIEW.to_widget(95, 45).toTuple()), VIEW)
    editor.release()
    assert editor.part == 1
    key(editor, Qt.Key.Key_Delete)
    assert editor.region is not None
    assert editor.region.boxes == (Box(10, 10, 30, 20),)
    editor.draw_at(QPointF(100, 50))
    assert len(editor.region.boxes) == 2
    assert editor.part == 1


def test_a_held_key_is_one_step_to_undo(editor: RegionEditor) -> None:
    key(editor, Qt.Key.Key_Right)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True, 1)
    for _ in range(5):
        editor.key(held)
    key(editor, Qt.Key.Key_Plus)
    undo(editor)
    assert editor.region == Region(Box(46, 20, 60, 40), "drawn")
    undo(editor)
    assert editor.region == FOUND
    undo(editor)
    assert editor.region == FOUND
    redo(editor)
    assert editor.region == Region(Box(46, 20, 60, 40), "drawn")
    key(editor, Qt.Key.Key_Down)
    redo(editor)
    assert editor.region == Region(Box(46, 21, 60, 40), "drawn"), "a new step forgets what was undone"


def test_a_drag_is_one_step_to_undo_and_can_be_broken_off(editor: RegionEditor) -> None:
    drag(editor, (70, 40), (75, 42))
    assert editor.press(VIEW.to_widget(75, 42), VIEW)
    editor.drag(VIEW.to_widget(80, 42), VIEW)
    editor.drag(VIEW.to_widget(90, 42), VIEW)
    assert editor.give_up()
    editor.drag(VIEW.to_widget(99, 42), VIEW)
    assert editor.region == Region(Box(45, 22, 60, 40), "drawn"), "only this drag is taken back"
    undo(editor)
    assert editor.region == FOUND


def test_all_changes_are_given_up_at_once_and_that_can_be_undone(editor: RegionEditor) -> None:
    assert not editor.give_up()
    key(editor, Qt.Key.Key_Right)
    key(editor, Qt.Key.Key_Plus)
    changed = editor.region
    assert editor.give_up()
    assert editor.region == FOUND
    assert not editor.give_up()
    undo(editor)
    assert editor.region == changed


def test_a_drawn_box_is_one_step_and_undo_leaves_nothing(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(None, None, several=False, outlined=False)
    assert editor.press(VIEW.to_widget(20, 30), VIEW)
    for x, y in ((40, 50), (60, 70), (80, 80)):
        editor.drag(VIEW.to_widget(x, y), VIEW)
    editor.release()
    undo(editor)
    assert editor.region is None
    assert not editor.can_undo


def test_on_the_whole_picture_a_drag_draws_a_part_of_it(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    whole = Region(Box(0, 0, 200, 100), "whole")
    editor.begin(whole, whole, several=False, outlined=False)
    assert editor.cursor(VIEW.to_widget(60, 50), VIEW) == Qt.CursorShape.CrossCursor
    drag(editor, (20, 30), (80, 90))
    assert editor.region == Region(Box(20, 30, 60, 60), "drawn")
    drag(editor, (50, 60), (60, 60))
    assert editor.region == Region(Box(30, 30, 60, 60), "drawn"), "a drawn part is moved"


def test_digits_choose_a_part_and_say_where_it_is(app: QApplication) -> None:
    editor, said = RegionEditor((200, 100)), []
    editor.begin(NAILS, NAILS, several=True, outlined=False)
    editor.said.connect(said.append)
    key(editor, Qt.Key.Key_2)
    key(editor, Qt.Key.Key_3)
    assert editor.part == 1
    key(editor, Qt.Key.Key_Tab)
    assert said == ["Part 2 of 2, 30 × 30 px at 80, 30", "Part 2 of 2, top left corner: 30 × 30 px at 80, 30"]


def test_the_last_of_the_parts_is_taken_away_while_it_is_told_of(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(NAILS, NAILS, several=True, outlined=False)
    told = []
    editor.changed.connect(lambda: told.append(editor.words()))
    key(editor, Qt.Key.Key_2)
    key(editor, Qt.Key.Key_Delete)
    assert told == ["30 × 20 px at 10, 10"]


def test_zoom_keys_are_not_the_editors(editor: RegionEditor) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert not editor.key(event)
    assert editor.region == FOUND
