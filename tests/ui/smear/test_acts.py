from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.record import ExamState
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.exam.panels import AmendPanel, DiscardPanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.page import SIGNED, SmearPage
from clinoscope.ui.smear.panels import AsidePanel, ClassesPanel, ReferencePanel, SignPanel
from clinoscope.ui.smear.sheet_panel import SheetPanel
from clinoscope.workflow.smear import calibration, tables

PASSWORD = "three quiet rivers"


def panel(page: SmearPage, kind: type) -> Any:
    assert isinstance(page.acts.panel, kind)
    return page.acts.panel


def test_the_sheet_is_kept(page: SmearPage) -> None:
    page.show_sheet()
    sheet = panel(page, SheetPanel)
    assert sheet.white_cells.edit.hasFocus()
    sheet.white_cells.set_text("7.4")
    sheet.button.click()
    assert page.acts.panel is None
    assert page.bench is not None
    assert page.bench.sheet.white_cells == 7.4


def test_a_field_goes_aside_and_comes_back(page: SmearPage) -> None:
    page.gallery.go_to(1)
    page.set_aside()
    aside = panel(page, AsidePanel)
    assert aside.keep.hasFocus(), "Enter changes nothing"
    aside.button.click()
    assert page.acts.panel is None
    assert {cell.field for cell in page.gallery.cells()} == {2}
    page.show_sheet()
    sheet = panel(page, SheetPanel)
    sheet.note.set_text("half a word")
    sheet.aside[0].button.click()
    assert len(page.gallery.cells()) == 5
    assert sheet.isVisible()
    assert sheet.aside == []
    assert sheet.note.text() == "half a word", "what was typed stays"


def test_an_objective_is_calibrated_while_the_sheet_is_open(page: SmearPage, shell: Shell, tmp_path: Path) -> None:
    ruled = np.full((600, 1000, 3), 235, np.uint8)
    for place, left in enumerate(range(40, 960, 50)):
        ruled[100 : 500 if place % 10 == 0 else 400, left : left + 5] = 40
    Image.fromarray(ruled).save(tmp_path / "ruled.png")
    Image.new("RGB", (1000, 600), (200, 200, 200)).save(tmp_path / "grey.png")
    page.show_sheet()
    sheet = panel(page, SheetPanel)
    sheet.note.set_text("half a word")
    page.acts.calibrate("100x oil", str(tmp_path / "grey.png"))
    assert "micrometer" in sheet.objective_name.error()
    for _ in range(2):
        page.acts.calibrate("100x oil", str(tmp_path / "ruled.png"))
    assert sheet.objective.count() == 2, "measured again, it stands there once"
    assert sheet.changes()["scale"].micrometres == pytest.approx(10 / 50, rel=0.01)
    assert sheet.note.text() == "half a word"
    assert len(calibration.objectives(shell.open_vault)) == 1


def test_a_class_of_ones_own_is_on_the_bench_at_once(page: SmearPage, shell: Shell) -> None:
    went: list[str] = []
    shell.went.connect(lambda place, _what: went.append(place))
    page.acts.ask_classes()
    classes = panel(page, ClassesPanel)
    classes.name.set_text("Hairy cell")
    classes.key.set_text("s")
    classes.button.click()
    assert "belongs to Segmented neutrophil" in classes.key.error()
    classes.key.set_text("h")
    classes.button.click()
    assert page.acts.panel is None
    assert [entry.name for entry in tables.own_classes(shell.open_vault)] == ["Hairy cell"]
    assert went == ["smear"], "the same smear is opened anew with it"


def test_the_reference_takes_a_reviewed_cell_only(page: SmearPage, shell: Shell) -> None:
    page.gallery.go_to(2)
    page.show_reference()
    shown = panel(page, ReferencePanel)
    assert shown.links("Put the current cell here") == []
    page.back()
    page.gallery.confirm()
    page.gallery.go_to(2)
    page.show_reference()
    (put,) = panel(page, ReferencePanel).links("Put the current cell here")
    put.click()
    band = next(entry for entry in tables.panel() if entry.of == "band")
    assert tables.panel_picture(shell.open_vault, band)[1]
    (back,) = panel(page, ReferencePanel).links("Back to the drawn one")
    back.click()
    assert not tables.panel_picture(shell.open_vault, band)[1]


def reviewed(page: SmearPage) -> None:
    page.gallery.choose((1, 2, 3, 4))
    page.gallery.confirm()
    page.gallery.go_to(5)
    page.gallery.decide("eosinophil")


def test_signed_with_the_password_and_then_amended(page: SmearPage, shell: Shell) -> None:
    page.finish()
    assert page.acts.panel is None, "nothing is signed while a cell is open"
    reviewed(page)
    page.finish()
    sign = panel(page, SignPanel)
    sign.password.edit.setText("three loud rivers")
    sign.button.click()
    assert "not right" in sign.password.error()
    page.back()
    page.finish()
    sign = panel(page, SignPanel)
    sign.password.edit.setText(PASSWORD)
    sign.button.click()
    assert page.signed
    assert page.report.pdf.startswith(b"%PDF")
    said: list[str] = []
    shell.said.connect(said.append)
    page.gallery.go_to(1)
    page.gallery.decide("monocyte")
    assert said == [SIGNED]
    assert next(cell for cell in page.gallery.cells() if cell.number == 1).label == "segmented"

    went: list[dict[str, Any]] = []
    shell.went.connect(lambda _place, what: went.append(what))
    page.acts.ask_amend()
    amend = panel(page, AmendPanel)
    amend.reason.edit.setText("A second look")
    amend.button.click()
    assert went[-1]["exam"].version == 2
    assert went[-1]["exam"].state is ExamState.DRAFT


def test_a_draft_is_discarded_after_asking(page: SmearPage, shell: Shell) -> None:
    went: list[str] = []
    shell.went.connect(lambda place, _what: went.append(place))
    page.acts.ask_discard()
    discard = panel(page, DiscardPanel)
    assert discard.keep.hasFocus()
    discard.wanted.emit()
    assert went == ["patient"]
    found = shell.open_vault.exams.smears(10)
    assert [exam.state for exam, _patient in found] in ([], [ExamState.VOIDED])


def test_own_classes_are_fifteen_at_most(page: SmearPage, shell: Shell) -> None:
    keys = "123456789cfghiq"
    many = [CellClass(id=f"own-{key}", name=f"Class {key}", key=key, own=True) for key in keys]
    tables.set_own_classes(shell.open_vault, many)
    page.acts.ask_classes()
    classes = panel(page, ClassesPanel)
    classes.name.set_text("One more")
    classes.button.click()
    assert "15" in classes.name.error()
