from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clinoscope import modes
from clinoscope.domain.reading import COUNTED, MEASURED, UNSURE, CellReading, Measure, ModelRef, Reading
from clinoscope.domain.region import Box
from clinoscope.ui.exam.findings import Differential, LabelRows, Measures
from clinoscope.ui.exam.series_plot import SeriesPlot

MODEL = ModelRef("m", "1.0.0", "0" * 64)
SPOT = modes.task("skin/lesion-photo")
SURE = {label.id: share for label, share in zip(SPOT.labels, (0.5, 0.3, 0.1, 0.06, 0.04), strict=True)}
READING = Reading(SPOT.id, UNSURE, MODEL, ("actinic_keratosis",), SURE)


def test_every_label_has_a_row_with_its_key_and_share(host: QWidget) -> None:
    rows = LabelRows(SPOT, READING, locked=False).rows
    names = [row.accessibleName() for row in rows.values()]
    assert names[0] == "Actinic keratosis, 50 %"
    assert len(names) == 5
    assert "Key 5" in rows["seborrheic_keratosis"].accessibleDescription()


def test_many_labels_stand_closer_and_none_is_cut(host: QWidget) -> None:
    many = modes.task("skin/lesion-dermoscopy")
    shares = {label.id: 1 / len(many.labels) for label in many.labels}
    rows = LabelRows(many, Reading(many.id, UNSURE, MODEL, (), shares), locked=False)
    rows.setParent(host)
    rows.resize(328, 400)
    rows.show()
    heights = {row.heightForWidth(328) for row in rows.rows.values()}
    few = LabelRows(SPOT, READING, locked=False).rows["melanoma"].heightForWidth(328)
    assert len(rows.rows) == 7
    assert max(heights) < few
    assert min(heights) >= 26, "words, and a bar under them"
    assert not rows.grab().isNull()


def test_a_row_is_pressed_to_overrule(host: QWidget) -> None:
    rows = LabelRows(SPOT, READING, locked=False)
    chosen: list[str] = []
    rows.chosen.connect(chosen.append)
    rows.setParent(host)
    rows.show()
    QTest.mouseClick(rows.rows["melanoma"], Qt.MouseButton.LeftButton)
    assert chosen == ["melanoma"]
    rows.show_chosen("melanoma")
    assert [label for label, row in rows.rows.items() if row.isChecked()] == ["melanoma"]


def test_a_signed_reading_takes_no_answer(host: QWidget) -> None:
    rows = LabelRows(SPOT, READING, locked=True)
    rows.setParent(host)
    rows.show()
    chosen: list[str] = []
    rows.chosen.connect(chosen.append)
    QTest.mouseClick(rows.rows["melanoma"], Qt.MouseButton.LeftButton)
    assert chosen == []


def lips(value: float) -> Reading:
    return Reading("anemia/lip", MEASURED, MODEL, measures=(Measure("pallor index", value, 4), Measure("a*", 20, 1)))


def test_earlier_values_are_plotted_oldest_first(host: QWidget) -> None:
    alone = Measures(lips(41), ())
    assert not alone.findChildren(SeriesPlot)
    assert [part.text() for part in alone.findChildren(QLabel)] == ["A*", "20.0 ± 1.0"]
    series = Measures(lips(41), (lips(52), lips(47)))
    (plot,) = series.findChildren(SeriesPlot)
    assert plot.accessibleName().endswith("52 ± 4; 47 ± 4; 41 ± 4")


def test_going_to_a_type_marks_all_its_cells(host: QWidget) -> None:
    kinds = ({"neutrophil": 0.9}, {"lymphocyte": 0.8}, {"neutrophil": 0.7})
    cells = tuple(CellReading(Box(0, 0, 9, 9), 0.9, kind) for kind in kinds)
    table = Differential(Reading("neutrophil/cells", COUNTED, MODEL, cells=cells).cells)
    marked: list[frozenset[int]] = []
    table.cells_chosen.connect(marked.append)
    texts = [[table.table.item(row, column).text() for column in range(3)] for row in range(2)]
    assert texts == [["Neutrophil", "2", "67"], ["Lymphocyte", "1", "33"]]
    pressed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QApplication.sendEvent(table.table, pressed)
    assert not pressed.isAccepted(), "letters are the page's keys"
    table.table.selectRow(0)
    table.table.clearSelection()
    assert marked == [frozenset({0, 2}), frozenset()]
