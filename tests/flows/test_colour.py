"""A picture with the colour card, from the drop to the report that leaves the face out; and a device's profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QLineEdit

from clinoscope.domain.correction import Reference
from clinoscope.paths import RESOURCES
from clinoscope.regions import around
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step
from clinoscope.ui.pages.settings import SettingsPage
from clinoscope.workflow import colour

FACE = RESOURCES / "phantoms" / "face_card.png"


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def embedded(pdf: bytes) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    try:
        (image,) = document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        return np.asarray(image.get_bitmap().to_pil().convert("RGB")).astype(int)
    finally:
        document.close()


def save_in_dialog(hands: Any, page: ExamPage, path: Path) -> None:
    dialog = next(one for one in page.report.findChildren(QFileDialog) if one.isVisible())
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.setText(str(path))
    dialog.accept()
    hands.until(path.is_file, "the file is saved")
    hands.settle()


def test_a_picture_with_the_card_from_the_drop_to_the_report(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("1")
    hands.drop(page, FACE)
    note = page.bench.colour
    assert note.isVisible()
    assert note.words.text() == "Colours corrected with the colour card"
    assert page.exam is not None
    assert page.exam.picture.correction.reference is Reference.CARD
    assert page.exam.quality.ok, "under the lamp alone its colours would not pass"
    corrected = page.bench.canvas.raster
    hands.press("o")
    assert note.shows_original
    assert note.words.text() == "As it was taken"
    assert page.bench.canvas.raster is not corrected
    hands.press("o")
    assert page.bench.canvas.raster is corrected

    hands.read(page)
    hands.press("o")
    assert note.shows_original
    hands.press("o")
    hands.press("a")
    hands.settle()
    hands.sign(page)
    assert page.report.whole.isVisible()
    assert not page.report.whole.isChecked(), "of a face only the lips, unless somebody asks"
    before = page.report.pdf
    hidden = embedded(before)
    assert (np.abs(hidden[: len(hidden) // 2] - around.GREY) < 4).all()
    hands.tick(page.report.whole)
    hands.until(lambda: page.report.pdf != before, "the report is made anew")
    hands.settle()
    assert embedded(page.report.pdf).std() > hidden.std() + 5, "the whole picture is in it"
    assert page.report.whole.isChecked()

    hands.tick(page.report.whole)
    hands.settle()
    hands.click(page.report.picture)
    hands.settle()
    save_in_dialog(hands, page, tmp_path / "shared.png")
    with Image.open(tmp_path / "shared.png") as shared:
        assert (np.asarray(shared)[:400] == around.GREY).all()
    vault = hands.window.shell.open_vault
    assert vault.verify().ok
    assert vault.pictures.get(page.exam.picture.sha256) == FACE.read_bytes()

    hands.window.shell.go("exam", exam=vault.exams.get(page.exam.id))
    hands.on("exam")
    assert note.isVisible(), "a signed exam, too, says that it was corrected"


def test_a_live_picture_again_says_nothing_of_the_one_before(hands: Any) -> None:
    page = hands.begin("1")
    hands.drop(page, FACE)
    page.taking.retake()
    hands.settle()
    assert not page.bench.colour.isVisible()
    page.go_to(Step.REGION)
    hands.settle()
    assert page.bench.colour.isVisible()


def test_a_profile_is_made_of_a_camera_and_taken_away_again(hands: Any, network_camera: Any) -> None:
    vault = hands.window.shell.open_vault
    with Image.open(FACE) as image:
        network_camera.sees(image)
    vault.settings.set("exam.source.anemia", network_camera.url)
    hands.window.shell.go("settings")
    hands.on("settings")
    page = hands.window.page
    assert isinstance(page, SettingsPage)
    assert page.colours.rows == []
    hands.click(page.colours.make)
    panel = page.colours.panel
    assert panel is not None
    hands.until(lambda: panel.take.isVisible() and panel.take.isEnabled(), "the camera shows something")
    assert panel.camera.currentText() == "127.0.0.1"
    hands.click(panel.take)
    hands.until(panel.keep.isVisible, "the profile is shown")
    assert panel.words.text().startswith("This is how pictures will look.")
    hands.click(panel.keep)
    hands.until(lambda: page.colours.rows, "the profile is listed")
    hands.settle()
    (kept,) = colour.profiles(vault)
    assert kept.device == "127.0.0.1"
    hands.click(page.colours.rows[0].remove)
    hands.until(lambda: not page.colours.rows, "the profile is gone")
    hands.settle()
    assert colour.profiles(vault) == ()
