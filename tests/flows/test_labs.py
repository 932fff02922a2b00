"""Lab values on a patient's page with the keyboard, and a training set from the settings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from clinoscope.capture.files import open_picture
from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.ui.dates import today
from clinoscope.workflow import exams
from clinoscope.workflow.demo import phantom


def test_a_value_is_added_corrected_and_voided(with_ada: Any) -> None:
    hands, vault = with_ada, with_ada.window.shell.vault
    patient = hands.window.shell.patient
    hands.window.shell.go("patient", patient_id=patient.id)
    hands.settle()
    block = hands.window.page.labs
    hands.ctrl(Qt.Key.Key_B)
    hands.type("125")
    hands.press(Qt.Key.Key_Return)
    assert "Is it 125 g/L?" in block.form.value.error()
    hands.ctrl(Qt.Key.Key_A)
    hands.type("12,5")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: block.rows, "the value is listed")
    (lab,) = vault.labs.of_patient(patient.id)
    assert (lab.value, lab.drawn_at.astimezone().date()) == (12.5, today())
    hands.until(lambda: block.add.hasFocus(), "the keyboard is back at the button")
    hands.press(Qt.Key.Key_Tab)
    assert block.rows[0].void.hasFocus()
    hands.press(Qt.Key.Key_Return)
    hands.type("typed into the wrong patient")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: not block.rows, "the value is gone from the list")
    (gone,) = vault.labs.of_patient(patient.id, voided=True)
    assert gone.void.reason == "typed into the wrong patient"
    assert vault.verify().ok


def test_a_training_set_leaves_with_the_password_asked_again(with_ada: Any, tmp_path: Path) -> None:
    hands, vault = with_ada, with_ada.window.shell.vault
    picture = open_picture(phantom("skin/rash"))
    exam = exams.take(vault, hands.window.shell.patient, "skin/rash", picture)
    exam = exams.set_region(vault, exam, Region(Box(200, 200, 300, 250), "drawn"), Quality())
    exam = exams.set_reading(vault, exam, Reading("skin/rash", "mpox", ModelRef("m", "1.0.0", "0" * 64)))
    exams.sign(vault, exams.review(vault, exam, "mpox"), hands.password)
    hands.ctrl(Qt.Key.Key_Comma)
    hands.on("settings")
    page = hands.window.page
    hands.click(page.export)
    panel = page.export_panel
    panel.task.setCurrentIndex(panel.task.findData("skin/rash"))
    panel.put_into(tmp_path / "stick")
    hands.click(panel.password.edit)
    hands.type(hands.password)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.exported.isVisible(), "the export is told")
    (made,) = (tmp_path / "stick").iterdir()
    assert made.name == f"training-skin-rash-{datetime.now(UTC):%Y-%m}"
    assert len((made / "labels.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert vault.events(1)[0].act == "dataset.export"
