from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.access import Role
from clinoscope.domain.record import Patient, User
from clinoscope.domain.smear import Why
from clinoscope.domain.smear_sheet import Comment, SmearSheet
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.sheet_panel import NO_COMMENTS, Lists, SheetPanel, lists
from clinoscope.workflow import labs
from clinoscope.workflow.smear import comments

BELA = User(id="u2", name="Béla Szőke")
LISTS = Lists(comments.pick_list(), (), (BELA,))


def test_the_lists_are_of_this_vault(shell: Shell, ada: Patient) -> None:
    vault = shell.open_vault
    vault.custody.add_user("Béla Szőke", "four quiet rivers", [Role.PATHOLOGIST])
    vault.custody.add_user("Ola Nurse", "five quiet rivers", [Role.ASSISTANT])
    found = lists(vault, ada.id)
    assert [user.name for user in found.readers] == ["Béla Szőke"], "neither oneself nor who may not review"
    assert found.lab is None
    labs.add(vault, ada, "white_cells", "12.4", "10⁹/L", date(2026, 5, 1))
    labs.add(vault, ada, "haemoglobin", "12.4", "g/dL", date(2026, 5, 2))
    newest = labs.add(vault, ada, "white_cells", "8200", "/µL", date(2026, 5, 3))
    assert lists(vault, ada.id).lab == newest


def test_what_is_typed_is_what_is_kept(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(target=100), 40, LISTS)
    kept: list[dict[str, object]] = []
    panel.wanted.connect(kept.append)
    panel.target.take("200")
    panel.shortfall.set_text(" a short drop ")
    panel.white_cells.set_text("7,4")
    panel._rows[0].box.setChecked(True)
    panel._rows[0].grade.setCurrentIndex(2)
    panel.note.set_text("thick")
    panel.button.click()
    (changes,) = kept
    assert changes["target"] == 200
    assert changes["shortfall"] == "a short drop"
    assert changes["white_cells"] == 7.4
    assert changes["lab"] == ""
    assert changes["comments"] == (f"{panel._rows[0].entry.id}:3",)
    assert changes["note"] == "thick"
    assert changes["scale"] is None


def test_enter_saves_wherever_one_is_but_beside_a_new_objective(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 40, LISTS)
    kept: list[object] = []
    named: list[str] = []
    panel.wanted.connect(kept.append)
    panel.calibrate_wanted.connect(named.append)
    panel.open_panel()
    for place in (panel.white_cells.edit, panel._rows[3].box, panel.reader):
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_Return)
    assert len(kept) == 3
    panel.objective_name.set_text("100x oil")
    panel.objective_name.edit.setFocus()
    QTest.keyClick(panel.objective_name.edit, Qt.Key.Key_Return)
    assert (len(kept), named) == (3, ["100x oil"])


@pytest.mark.parametrize(("text", "wrong"), [("much", "A number such as 7.4."), ("4000", "Between 0 and 1000.")])
def test_a_count_that_cannot_be_is_not_kept(host: QWidget, text: str, wrong: str) -> None:
    panel = SheetPanel(host, SmearSheet(), 0, LISTS)
    kept: list[object] = []
    panel.wanted.connect(kept.append)
    panel.white_cells.set_text(text)
    panel.target.take("other")
    panel.other.set_text("none")
    panel.button.click()
    assert kept == []
    assert panel.white_cells.error() == wrong
    assert panel.other.error() == "A whole number above zero.", "both are told at once"


def test_the_lab_value_is_taken_and_named_as_the_source(host: QWidget, shell: Shell, ada: Patient) -> None:
    lab = labs.add(shell.open_vault, ada, "white_cells", "12.4", "10⁹/L", date(2026, 5, 1))
    panel = SheetPanel(host, SmearSheet(), 0, Lists((), (), (), lab))
    assert panel.take_lab.text() == "Take 12.4 from the lab values, drawn 1 May 2026"
    panel.take_lab.click()
    assert panel.changes()["white_cells"] == 12.4
    assert panel.changes()["lab"] == lab.id
    panel.white_cells.set_text("12.5")
    assert panel.changes()["lab"] == "", "a count that was typed is nobody's lab value"


def test_a_field_set_aside_is_a_click_from_coming_back(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 0, LISTS, {3: Why.BY_HAND, 7: Why.UNTOLD})
    wanted: list[tuple[int, ...]] = []
    panel.take_in_wanted.connect(wanted.append)
    assert [row.button.accessibleName() for row in panel.aside] == ["Take field 3 in again", "Take field 7 in again"]
    panel.aside[1].button.click()
    assert wanted == [(7,)]


def test_another_reader_is_asked_only_when_it_changed(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 0, LISTS)
    asked: list[User | None] = []
    panel.reader_wanted.connect(asked.append)
    panel.button.click()
    assert asked == []
    panel.reader.setCurrentIndex(1)
    panel.button.click()
    assert asked == [BELA]


def test_an_objective_needs_its_name(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 0, LISTS)
    asked: list[str] = []
    panel.calibrate_wanted.connect(asked.append)
    panel.calibrate.click()
    assert asked == []
    assert panel.objective_name.error()
    panel.objective_name.set_text("100x oil")
    panel.calibrate.click()
    assert asked == ["100x oil"]


def test_a_field_that_reading_set_aside_says_why(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 0, LISTS, {3: Why.UNTOLD, 7: Why.NO_FIELD})
    shown = [one.text() for row in panel.aside for one in row.findChildren(QLabel)]
    assert shown == ["Field 3", "Field 7 · unlike a field of a smear"]


def test_what_was_taken_out_unread_comes_back_together(host: QWidget) -> None:
    aside = {3: Why.BY_HAND, **dict.fromkeys(range(8, 300), Why.NOT_READ)}
    panel = SheetPanel(host, SmearSheet(), 0, LISTS, aside)
    shown = [one.text() for row in panel.aside for one in row.findChildren(QLabel)]
    assert shown == ["Field 3 · set aside by hand", "Fields 8 to 299 · taken out unread"]
    wanted: list[tuple[int, ...]] = []
    panel.take_in_wanted.connect(wanted.append)
    panel.aside[1].button.click()
    assert wanted == [tuple(range(8, 300))]
    panel.drop_fields(wanted[0])
    assert [row.numbers for row in panel.aside] == [(3,)]


def test_alt_and_a_digit_tick_a_comment_of_ones_own_wherever_one_is(host: QWidget) -> None:
    own = tuple(Comment(id=f"own-{number}", name=f"Comment {number}", own=True) for number in range(1, 12))
    panel = SheetPanel(host, SmearSheet(), 40, Lists((*comments.pick_list(), *own), (), ()))
    panel.open_panel(panel.white_cells)
    host.activateWindow()
    assert QTest.qWaitForWindowActive(host)
    for place in (panel.white_cells.edit, panel.note.edit):
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert place.text() == "", "the digit is not typed"
        QTest.keyClick(place, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
        assert host.focusWidget() is panel._rows[-3].box
        assert not panel._rows[-3].box.visibleRegion().isEmpty(), "what was ticked is in sight"
        QTest.keyClick(place, Qt.Key.Key_9, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(place, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert panel.changes()["comments"] == ()
    QTest.keyClick(panel.note.edit, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert panel.changes()["comments"] == ("own-1",)
    shown = [one.text() for one in panel.findChildren(QLabel)]
    assert "Alt+9" in shown
    assert "Alt+10" not in shown


def test_a_picked_comment_that_left_the_list_stays_until_it_is_unticked(host: QWidget) -> None:
    gone = Comment(id="own-1", name="Repeat", text="Please send a fresh sample.", own=True)
    panel = SheetPanel(host, SmearSheet(comments=("own-1",), worded=(gone,)), 40, LISTS)
    shown = [one.text() for one in panel.findChildren(QLabel)]
    assert "no longer in the list" in shown
    assert NO_COMMENTS not in shown
    assert panel.changes()["comments"] == ("own-1",)
    panel._rows[-1].box.setChecked(False)
    assert panel.changes()["comments"] == ()


def test_where_none_are_written_it_says_where_to(host: QWidget) -> None:
    panel = SheetPanel(host, SmearSheet(), 40, LISTS)
    assert NO_COMMENTS in [one.text() for one in panel.findChildren(QLabel)]
