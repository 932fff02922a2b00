"""A smear from its fields to the signed report, with keyboard and mouse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from clinoscope.domain.access import Role
from clinoscope.domain.record import ExamState
from clinoscope.paths import RESOURCES
from clinoscope.ui.smear.page import SmearPage

sys.path.insert(0, str(RESOURCES / "phantoms"))
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="session")
def fields(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two overlapping fields of a drawn smear, marked as drawn, and a file that is no picture."""
    from drawing import smear

    scan, _truth = smear.scan(810, 1100, 6, 4)
    folder = tmp_path_factory.mktemp("fields")
    note = PngImagePlugin.PngInfo()
    note.add_text("clinoscope-phantom", "smear")
    paths = []
    for x, y in ((0, 0), (380, 60)):
        path = folder / f"{x}.png"
        Image.fromarray(np.ascontiguousarray(scan[y : y + 500, x : x + 700])).save(path, pnginfo=note)
        paths.append(str(path))
    return paths


def begin(hands: Any) -> SmearPage:
    """New exam, Differential count."""
    hands.ctrl(Qt.Key.Key_E)
    hands.on("exam")
    hands.press("b")
    hands.on("smear")
    page = hands.window.page
    assert isinstance(page, SmearPage)
    return page


def filled(hands: Any, page: SmearPage, paths: list[str]) -> None:
    page.intake.add_files(paths)

    def read() -> bool:
        state = page.state
        return state is not None and state.fields == 2 and state.waiting == 0 and not page.busy

    hands.until(read, "the fields are read", 60)
    hands.settle()
    assert page.gallery.hasFocus(), "the cells are at hand as soon as they are there"


def test_from_fields_to_the_signed_report(with_ada: Any, fields: list[str], tmp_path: Path) -> None:
    hands, page = with_ada, begin(with_ada)
    bad = tmp_path / "no picture.png"
    bad.write_bytes(b"not a picture")
    filled(hands, page, [*fields, str(bad)])
    assert page.state is not None
    assert page.state.fields == 2
    assert page.state.phantom
    assert "1 of 3 files" in hands.window.frame.banner.text()
    cells = page.gallery.cells()
    assert 4 <= len(cells) <= 12, "cells that both fields show stand once"

    first = page.gallery.current
    assert first is not None
    hands.press("e")
    hands.settle()
    assert next(cell for cell in page.gallery.cells() if cell.number == first.number).label == "eosinophil"
    hands.ctrl("z")
    hands.settle()
    assert not next(cell for cell in page.gallery.cells() if cell.number == first.number).reviewed
    hands.ctrl("y")
    hands.settle()

    hands.press(Qt.Key.Key_Space)
    hands.settle()
    assert page.desk.looking
    assert not page.gallery.isVisible()
    assert page.desk.field.field > 0
    hands.press("l")  # sorting goes on while the field is looked at
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.gallery.isVisible()

    hands.ctrl(Qt.Key.Key_Return)
    hands.settle()
    assert page.acts.panel is None, "nothing is signed while a cell is unreviewed"
    review_all(hands, page)

    hands.ctrl("i")
    hands.until(lambda: page.acts.panel is not None, "the sheet is open")
    hands.wait(200)
    panel: Any = page.acts.panel
    hands.click(panel.shortfall.edit)
    hands.type("a short drop")
    hands.click(panel.white_cells.edit)
    hands.type("-4")
    before = page.gallery.current
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    assert page.acts.panel is panel, "what cannot be is not kept"
    hands.ctrl("a")
    hands.type("7,4")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is None, "the sheet is kept")
    hands.settle()
    assert page.gallery.current == before, "Enter in the sheet is not meant for the cell under it"
    assert page.state.exam.smear is not None
    assert page.state.exam.smear.white_cells == 7.4
    assert page.state.hindrances == ()

    hands.ctrl(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is not None, "the signing panel is open")
    hands.wait(200)
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.report.pdf.startswith(b"%PDF"), "the report is shown", 30)
    hands.settle()
    assert page.state.exam.state is ExamState.SIGNED
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    before = [cell.label for cell in page.gallery.cells()]
    hands.press("m")
    hands.settle()
    assert [cell.label for cell in page.gallery.cells()] == before, "what is signed stays"


def review_all(hands: Any, page: SmearPage) -> None:
    """Band after band is taken as it stands; what has no class yet is not counted."""
    for _ in range(20):
        left = [cell for cell in page.gallery.cells() if not cell.reviewed or cell.label == "unidentified"]
        if not left:
            return
        page.gallery.go_to(left[0].number)
        if left[0].label == "unidentified":
            hands.press("0")
        else:
            hands.ctrl("a")
            hands.press(Qt.Key.Key_Return)
        hands.settle()
    pytest.fail("some cells stay open")


def test_a_comment_of_ones_own_is_written_and_picked_by_the_keys_alone(with_ada: Any, fields: list[str]) -> None:
    hands = with_ada
    hands.ctrl(Qt.Key.Key_Comma)
    hands.on("settings")
    settings: Any = hands.window.page
    hands.until(lambda: settings.whole, "the page is whole")
    settings.smears.comments.setFocus()
    hands.press(Qt.Key.Key_Return)
    panel = settings.smears.comments_panel
    for name, text in (("Repeat", "Please send a fresh sample."), ("Seen twice", "")):
        hands.until(lambda: panel.name.edit.hasFocus(), "a name can be typed")
        hands.type(name)
        hands.press(Qt.Key.Key_Tab)
        hands.type(text)
        hands.press(Qt.Key.Key_Return)
        hands.settle()
    panel.rows.setFocus()
    hands.press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    hands.settle()
    assert [row.texts for row in panel.rows.rows()] == [("Seen twice", "Alt+1"), ("Repeat", "Alt+2")]
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: not panel.isVisible(), "the panel has gone")

    hands.window.shell.go("patient", patient_id="p1")
    hands.on("patient")
    page = begin(hands)
    filled(hands, page, fields)
    hands.ctrl("i")
    hands.until(lambda: page.acts.panel is not None, "the sheet is open")
    hands.wait(200)
    hands.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is None, "the sheet is kept")
    hands.settle()
    assert page.state is not None
    assert page.state.comments == ("Please send a fresh sample.",)


def test_a_draft_is_there_again_and_opens_on_the_bench(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    filled(hands, page, fields)
    hands.press("b")
    hands.settle()
    count = len(page.gallery.cells())
    hands.ctrl("3")
    hands.on("smears")
    hands.press(Qt.Key.Key_Return)
    hands.on("smear")
    hands.until(lambda: len(page.gallery.cells()) == count, "the cells are there again")
    assert sum(cell.reviewed for cell in page.gallery.cells()) == 1
    hands.ctrl("1")
    hands.on("today")
    assert "Count and review" in str([row.texts for row in hands.window.page.drafts.rows()])
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Return)
    hands.on("smear")


def test_two_are_held_side_by_side_and_a_field_is_set_aside(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    filled(hands, page, fields)
    hands.press(Qt.Key.Key_Home)
    hands.press(Qt.Key.Key_Right, SHIFT)
    hands.settle()
    assert " beside " in page.desk.detail.pictures.accessibleName()
    hands.ctrl("r")
    hands.until(lambda: page.acts.panel is not None, "the reference cells are shown")
    words = [one.text() for one in page.acts.panel.findChildren(QLabel)]  # type: ignore[union-attr]
    assert "Band neutrophil" in words
    hands.press(Qt.Key.Key_Escape)
    before = len(page.gallery.cells())
    hands.ctrl("d")
    hands.wait(200)
    hands.click(page.acts.panel.button)  # type: ignore[union-attr]
    hands.until(lambda: len(page.gallery.cells()) < before, "its cells leave the count")


def test_a_picture_that_is_no_field_is_told_and_taken_in_for_who_insists(
    with_ada: Any, fields: list[str], tmp_path: Path
) -> None:
    hands, page = with_ada, begin(with_ada)
    blank = np.clip(np.random.default_rng(0).normal(200, 2, (480, 640, 3)), 0, 255).astype(np.uint8)
    Image.fromarray(blank).save(tmp_path / "blank.png")
    filled(hands, page, [fields[0], str(tmp_path / "blank.png"), fields[1]])
    assert page.state is not None
    assert page.state.strange == (2,), "and the files beside it went in"
    assert "Field 2 does not look like a field of a stained smear" in hands.window.frame.banner.text()
    hands.ctrl("i")
    hands.until(lambda: page.acts.panel is not None, "the sheet is open")
    hands.wait(200)
    (row,) = page.acts.panel.aside  # type: ignore[union-attr]
    hands.click(row.button)
    hands.until(lambda: page.state.fields == 3, "it counts all the same")  # type: ignore[union-attr]
    hands.settle()
    assert hands.window.frame.banner.text() == "", "what was told of it is over"
    assert page.state.strange == ()


def test_reading_is_stopped_left_and_gone_on_with_by_the_keys_alone(
    with_ada: Any, fields: list[str], tmp_path: Path
) -> None:
    hands, page = with_ada, begin(with_ada)
    many = []
    for place in range(12):
        with Image.open(fields[place % 2]) as picture:
            note = PngImagePlugin.PngInfo()
            note.add_text("clinoscope-phantom", "smear")
            moved = picture.crop((10 * place, 0, 560 + 10 * place, 420))
            moved.save(tmp_path / f"{place}.png", pnginfo=note)
        many.append(str(tmp_path / f"{place}.png"))
    page.intake.add_files(many)
    hands.until(lambda: page.state is not None and len(page.state.read) > 0, "a field is read", 60)
    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: page.state.stopped and not page.busy, "reading is stopped")  # type: ignore[union-attr]
    waiting = page.state.waiting  # type: ignore[union-attr]
    read = page.state.read  # type: ignore[union-attr]
    assert waiting > 0
    assert page.desk.side.progress.toggle.text() == "Go on reading"

    hands.ctrl("1")
    hands.on("today")
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Return)
    hands.on("smear")
    hands.until(lambda: page.state is not None, "the smear is on the bench again")
    hands.wait(300)
    assert (page.state.stopped, page.state.waiting, page.state.read) == (True, waiting, read)  # type: ignore[union-attr]
    hands.ctrl("t")
    hands.until(lambda: page.state.waiting == 0 and not page.busy, "the rest is read", 60)  # type: ignore[union-attr]
    hands.settle()


def test_a_missed_cell_is_added_with_the_keys_alone(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    filled(hands, page, fields)
    before = len(page.gallery.cells())
    hands.ctrl("b")
    hands.until(lambda: page.desk.add.editor is not None, "the box is on the field")
    number = page.desk.add.number
    hands.press("l")
    hands.press(Qt.Key.Key_Plus)
    for _ in range(60):  # past the cells that are there, which are refused with a sentence
        hands.press(Qt.Key.Key_Return)
        hands.settle()
        if not page.desk.adding:
            break
        assert "already" in page.desk.add.refusal
        hands.press(Qt.Key.Key_Down, SHIFT)
    hands.until(lambda: not page.desk.adding, "the cell is in")
    hands.settle()
    added = page.gallery.current
    assert added is not None
    assert (added.field, added.reviewed, len(page.gallery.cells())) == (number, False, before + 1)
    assert page.gallery.hasFocus()
    assert "1 cell was added by hand" in "\n".join(one.text() for one in page.desk.side.findChildren(QLabel))
    hands.press("m")
    hands.settle()
    page.gallery.go_to(added.number)
    hands.press(Qt.Key.Key_Delete)
    hands.settle()
    assert len(page.gallery.cells()) == before
    hands.ctrl("z")
    hands.settle()
    assert page.gallery.current is not None
    assert (page.gallery.current.number, page.gallery.current.label) == (added.number, "monocyte")
    review_all(hands, page)
    hands.ctrl("i")
    hands.until(lambda: page.acts.panel is not None, "the sheet is open")
    hands.wait(200)
    hands.click(page.acts.panel.shortfall.edit)  # type: ignore[union-attr]
    hands.type("a short drop")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is None, "the sheet is kept")
    hands.ctrl(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is not None, "the signing panel is open")
    hands.wait(200)
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.report.pdf.startswith(b"%PDF"), "the report is shown", 30)
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.ctrl("b")
    hands.settle()
    assert not page.desk.adding, "what is signed takes no cell"


def test_leaving_in_the_middle_keeps_every_decision(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    filled(hands, page, fields)
    exam = page.state.exam  # type: ignore[union-attr]
    for key in ("s", "b", "e"):
        hands.press(key)
    hands.window.close()
    from clinoscope.records import Vault

    vault = Vault.open(hands.window.shell.preferences.value.vault, hands.user, hands.password)
    labels = [cell.first.label for cell in vault.smears.of(vault.exams.get(exam.id, 1)).cells if cell.first]
    vault.close()
    assert sorted(labels) == ["band", "eosinophil", "segmented"]


def test_a_second_reader_reads_blind_and_both_see_where_they_differ(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    hands.window.shell.open_vault.custody.add_user("Nora Fekete", "four quiet rivers", [Role.PATHOLOGIST])
    filled(hands, page, fields)
    hands.ctrl("i")
    hands.until(lambda: page.acts.panel is not None, "the sheet is open")
    sheet: Any = page.acts.panel
    sheet.reader.setCurrentIndex(1)
    hands.wait(200)
    hands.click(sheet.button)
    hands.until(lambda: page.bench.sheet.second is not None, "the reader is asked")  # type: ignore[union-attr]
    hands.settle()
    page.gallery.setFocus()
    review_all(hands, page)
    first = page.gallery.cells()[0]

    hands.window.shell.close_vault()
    hands.log_in("Nora Fekete", "four quiet rivers")
    hands.on("today")
    hands.ctrl("3")
    hands.on("smears")
    hands.press(Qt.Key.Key_Return)
    hands.on("smear")
    page = hands.window.page
    assert page.state is not None
    assert not any(cell.reviewed for cell in page.gallery.cells()), "nothing of the first reader is seen"
    assert not page.desk.add_files.isVisible()
    page.gallery.go_to(first.number)
    hands.press("p")
    hands.settle()
    review_all(hands, page)
    hands.ctrl(Qt.Key.Key_Return)
    hands.until(lambda: page.state.comparison is not None, "the blind reading is closed")
    hands.settle()
    assert [one.cell for one in page.state.comparison.differences] == [first.number]
    hands.click(page.desk.side.differences)
    hands.settle()
    assert page.gallery.current.number == first.number
    hands.press("m")
    hands.ctrl("z")
    hands.settle()
    assert [one.cell for one in page.state.comparison.differences] == [first.number], "what was read blind stays"
    assert "blind reading is closed" in hands.window.toast.text()
    assert hands.window.frame.banner.text() == ""


def test_locked_in_the_middle_it_goes_on_where_it_was(with_ada: Any, fields: list[str]) -> None:
    hands, page = with_ada, begin(with_ada)
    filled(hands, page, fields)
    hands.press(Qt.Key.Key_Right)
    hands.press("b")
    hands.settle()
    before = page.gallery.current
    hands.ctrl("l")
    hands.until(hands.window.locked, "it is locked")
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: not hands.window.locked(), "it is open again")
    hands.settle()
    assert page.gallery.hasFocus()
    assert page.gallery.current == before
    hands.ctrl("z")
    hands.settle()
    assert not any(cell.reviewed for cell in page.gallery.cells()), "undo reaches over the lock"
