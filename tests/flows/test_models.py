"""A package on a stick: installed, put in use, read with, and gone again; the window is never held."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from clinoscope.domain.record import ExamState
from clinoscope.paths import RESOURCES
from clinoscope.workflow import models

RASH = RESOURCES / "phantoms" / "rash.png"


def go_to_models(hands: Any) -> Any:
    hands.ctrl(Qt.Key.Key_4)
    hands.on("models")
    page = hands.window.page
    hands.until(lambda: page.rows.rows(), "the packages are listed", 30)
    hands.settle()
    return page


def test_from_the_stick_to_a_reading_and_back(with_ada: Any, site: Path, own_package: Callable[..., Path]) -> None:
    hands, folder = with_ada, own_package()
    stick = shutil.make_archive(str(folder.parent / "stick"), "zip", folder.parent, folder.name)
    page = go_to_models(hands)
    hands.click(page.install)
    hands.wait(200)
    hands.press(Qt.Key.Key_Return)  # the panel's first button has the keyboard
    (dialog,) = page.findChildren(QFileDialog)
    hands.until(dialog.isVisible, "the dialog is open")
    dialog.findChild(QLineEdit).setText(stick)
    dialog.accept()
    hands.window.activateWindow()  # a system with a screen does this as the dialog closes
    hands.until(lambda: any("9.0.0" in row.below for row in page.rows.rows()), "it is installed", 30)
    hands.settle()
    assert page.rows.current().below == "skin-rash 9.0.0 · installed here"
    shipped = models.of_task("skin/rash").ref
    hands.click(page.use)
    hands.until(lambda: page.rows.current().chip == ("In use", "accent"), "it is in use", 30)
    hands.settle()

    hands.ctrl(Qt.Key.Key_E)
    hands.on("exam")
    exam_page = hands.window.page
    tile = next(tile for tile in exam_page.choose.tiles if tile.accessibleName() == "Skin: Rash")
    hands.click(tile)
    hands.settle()
    hands.drop(exam_page, RASH)
    exam = hands.read(exam_page)
    assert exam.reading.model.version == "9.0.0"
    assert exam.state is ExamState.DRAFT

    page = go_to_models(hands)
    models.use(models.pick(models.SHIPPED, "skin/rash"))  # as another copy of the program would
    page.enter()
    hands.settle()
    page.rows.select([row.below for row in page.rows.rows()].index("skin-rash 9.0.0 · installed here"))
    hands.settle()
    hands.click(page.remove)
    hands.wait(200)
    hands.click(page.remove_panel.button)
    hands.until(lambda: not any("9.0.0" in row.below for row in page.rows.rows()), "it is gone", 30)
    hands.settle()
    assert models.ready("skin/rash") == shipped
    assert models.about("skin/rash", exam.reading), "the exam still tells the figures of what read it"
