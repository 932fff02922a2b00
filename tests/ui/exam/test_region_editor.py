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
    editor.draw_middle()
    assert editor.region is not None
    assert editor.region.box.centre == (99.5, 49.5)


def test_parts_are_added_chosen_and_deleted(app: QApplication) -> None:
    editor = RegionEditor((200, 100))
    editor.begin(NAILS, NAILS, several=True, outlined=False)
    assert editor.press(QPointF(*VIEW.to_widget(95, 45).toTuple()), VIEW)
    editor.release()
    assert editor.part == 1
    key(editor, Qt.Key.Key_Delete)
    assert editor.region is not None
    assert editor.region.boxes == (Box(10, 10, 30, 20),)
    editor.draw_middle()
    assert len(editor.region.boxes) == 2
    assert editor.part == 1


def test_zoom_keys_are_not_the_editors(editor: RegionEditor) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert not editor.key(event)
    assert editor.region == FOUND
