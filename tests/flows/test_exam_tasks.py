"""Every task with the packages that are shipped, on its phantom; and what only some tasks have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QTableWidget

from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED
from clinoscope.domain.record import ExamState
from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.series_plot import SeriesPlot
from clinoscope.ui.exam.step import Step
from clinoscope.workflow import look

PHANTOMS = RESOURCES / "phantoms"
TASKS = {
    # the key that chooses it
    "anemia/lip": ("1", "lips.png"),
    "anemia/nail": ("2", "nails.png"),
    "anemia/conjunctiva": ("3", "eyelid.png"),
    "skin/lesion-photo": ("4", "lesion.png"),
    "skin/lesion-dermoscopy": ("5", "dermoscopy.png"),
    "skin/rash": ("6", "rash.png"),
    "scalp/disease": ("7", "scalp.png"),
    "scalp/hair-loss": ("8", "vertex.png"),
    "neutrophil/cells": ("9", "smear.png"),
    "neutrophil/type": ("0", "cell.png"),
    "neutrophil/stage": ("a", "cell.png"),
}


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def opened(hands: Any, task: str, phantom: str = "") -> ExamPage:
    """A new exam of a task whose picture is taken, at its region."""
    digit, own = TASKS[task]
    page = hands.begin(digit)
    hands.drop(page, PHANTOMS / (phantom or own))
    return page


@pytest.mark.parametrize("task", TASKS)
def test_each_task_reads_its_phantom(hands: Any, task: str) -> None:
    page = opened(hands, task)
    assert page.bench.region.region is not None
    exam = hands.read(page)
    assert exam.task == task
    reading = page.bench.reading
    assert reading.answer.words
    shown = [row.accessibleName() for row in reading.rows.rows.values()] if reading.rows else []
    if exam.reading.answer == CANNOT_JUDGE:
        assert not any("%" in name for name in shown), "what cannot be judged has no percentages"
        assert not reading.heat.link.isVisible()
        said: list[str] = []
        hands.window.shell.said.connect(said.append)
        hands.press("h")
        assert len(said) == 1
        assert said[0].startswith("No heatmap: ")
    hands.press("a")
    hands.settle()
    assert page.exam.review.agrees


def test_a_pasted_picture(hands: Any) -> None:
    page = hands.begin("4")
    QApplication.clipboard().setImage(QImage(str(PHANTOMS / "lesion.png")))
    hands.ctrl("v")
    hands.taken(page)
    assert page.exam.picture.origin == "clipboard"


def test_lips_stand_beside_their_earlier_values(hands: Any) -> None:
    for phantom in ("lips.png", "lips_card.png"):
        page = opened(hands, "anemia/lip", phantom)
        hands.read(page)
        hands.press("a")
        hands.settle()
        hands.sign(page)
        hands.press(Qt.Key.Key_Escape)
        hands.press(Qt.Key.Key_Escape)
        hands.on("patient")
    page = opened(hands, "anemia/lip", "face.png")
    exam = hands.read(page)
    assert exam.reading.answer == MEASURED
    assert "change from earlier" in [measure.name.lower() for measure in exam.reading.measures]
    (plot,) = page.bench.reading.findChildren(SeriesPlot)
    assert plot.accessibleName().count(";") == 2


def test_nails_are_walked_over_and_taken_away(hands: Any) -> None:
    page = opened(hands, "anemia/nail")
    step = page.bench.region
    found = len(step.region.boxes)
    assert found > 1
    hands.press(Qt.Key.Key_Delete)
    assert len(step.region.boxes) == found - 1
    hands.press("n")
    assert len(step.region.boxes) == found
    hands.press("r")
    assert step.region == step.editor.automatic


def test_a_smear_is_counted_and_its_cells_are_marked(hands: Any) -> None:
    page = opened(hands, "neutrophil/cells")
    exam = hands.read(page)
    assert exam.reading.answer == COUNTED
    white = next(measure for measure in exam.reading.measures if measure.name == "white cells")
    assert page.bench.reading.answer.words == f"{white.value:g} white cells"
    table = page.bench.reading.findChild(QTableWidget)
    rows = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    counted = [int(count) for _name, count, share in rows if share.isdigit()]
    assert sum(counted) == white.value, "the table adds up"
    assert sum(int(count) for _name, count, _share in rows) == len(exam.reading.cells)
    hands.click(table.viewport(), QPoint(40, table.rowViewportPosition(0) + 10))
    hands.settle()
    hands.press("a")
    hands.settle()
    assert hands.sign(page).state is ExamState.SIGNED


def test_a_map_that_was_not_checked_is_not_shown_and_the_key_says_so(
    hands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "why_no_heatmap", lambda _package: look.FAILED)
    page = opened(hands, "skin/lesion-photo")
    hands.read(page)
    said: list[str] = []
    hands.window.shell.said.connect(said.append)
    assert not page.bench.reading.heat.link.isVisible()
    hands.press("h")
    hands.settle()
    assert said == [look.FAILED]
    assert "heat" not in page.bench.canvas._overlays


def test_model_standing_and_research_use_stand_beside_every_reading(hands: Any) -> None:
    page = opened(hands, "skin/lesion-dermoscopy")
    exam = hands.read(page)
    told = "\n".join(part.text() for part in page.bench.reading.findChildren(QLabel) if part.isVisible())
    assert f"Read by {exam.reading.model.name} {exam.reading.model.version}." in told
    assert "Not validated here" in told
    assert "Research use only; not a diagnosis." in told


def test_seven_labels_are_seen_at_once_on_a_small_screen(hands: Any) -> None:
    page = opened(hands, "skin/lesion-dermoscopy")
    hands.read(page)
    side = page.bench.reading
    assert side.rows is not None
    assert len(side.rows.rows) == 7
    (scroll,) = side.findChildren(QScrollArea)
    first, *_, last = side.rows.rows.values()
    room = scroll.viewport().rect()
    for row in (first, last):
        assert room.contains(row.mapTo(scroll.viewport(), row.rect().topLeft()))
        assert room.contains(row.mapTo(scroll.viewport(), row.rect().bottomRight()))


def test_the_heatmap_comes_and_goes(hands: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whether the shipped package's maps passed is written in it; here it is the window that is tried.
    monkeypatch.setattr(look, "why_no_heatmap", lambda _package: "")
    page = opened(hands, "skin/lesion-photo")
    hands.read(page)
    canvas, heat = page.bench.canvas, page.bench.reading.heat.link
    plain = canvas.grab().toImage()
    hands.press("h")
    hands.until(lambda: heat.text() == "Hide heatmap" and "heat" in canvas._overlays, "the heatmap is shown")
    hands.wait(200)
    shown = canvas.grab().toImage()
    assert shown != plain
    hands.press("h")
    hands.until(lambda: "heat" not in canvas._overlays, "it has faded out")
    assert canvas.grab().toImage() == plain


@pytest.mark.parametrize("by", ["mouse", "key"])
def test_a_region_is_drawn_where_none_is_found(hands: Any, by: str) -> None:
    page = opened(hands, "anemia/nail", "lesion.png")
    step, canvas = page.bench.region, page.bench.canvas
    assert step.region is None
    assert not step.go_on.isEnabled()
    if by == "mouse":
        start, end = QPoint(300, 200), QPoint(500, 340)
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(canvas, left, pos=start)
        for part in range(1, 11):
            QTest.mouseMove(canvas, start + (end - start) * part / 10)
            hands.wait(10)
        QTest.mouseRelease(canvas, left, pos=end)
    else:
        hands.press("n")
    hands.settle()
    assert step.region is not None
    assert step.region.how == "drawn"
    hands.until(lambda: page.exam.region == step.region, "the drawn region is kept")
    assert hands.read(page).reading is not None


def test_a_draft_that_failed_its_check_comes_back_with_its_picture(hands: Any, tmp_path: Path) -> None:
    dark = QImage(str(PHANTOMS / "lesion.png")).convertToFormat(QImage.Format.Format_RGB888)
    dark.fill(0x101010)
    assert dark.save(str(tmp_path / "dark.png"))
    page = hands.begin("4")
    hands.give(page, tmp_path / "dark.png")
    hands.until(lambda: page.bench.capture.failed, "the check has failed")
    hands.settle()
    kept = page.exam
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")
    hands.press(Qt.Key.Key_Return)
    hands.on("exam")
    hands.until(lambda: page.exam is not None, "the draft is open")
    assert page.exam.id == kept.id
    assert page.step is Step.CAPTURE
    assert page.bench.canvas.raster is not None, "the picture that is to be judged is shown"
    assert page.bench.capture.retake.isVisible()
