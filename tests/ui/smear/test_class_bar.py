from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.smear.class_bar import ClassBar
from clinoscope.workflow.smear import tables


def test_every_class_is_a_click_away(host: QWidget, classes: Mapping[str, CellClass]) -> None:
    bar = ClassBar(host)
    bar.resize(500, 30)
    bar.show_classes(classes)
    bar.show()
    wanted: list[str] = []
    bar.wanted.connect(wanted.append)
    for class_id in classes:
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.chip(class_id).center())
    assert wanted == list(classes)
    assert bar.class_at(bar.mapToGlobal(bar.chip("band").center())) == "band"
    assert bar.class_at(bar.mapToGlobal(QPoint(-5, -5))) == ""
    assert "Band neutrophil: b" in bar.accessibleDescription()


def test_the_chips_wrap_and_none_is_cut_off(host: QWidget, classes: Mapping[str, CellClass]) -> None:
    bar = ClassBar(host)
    bar.resize(300, 30)
    bar.show_classes(classes)
    assert bar.height() > 100
    assert all(bar.rect().contains(bar.chip(class_id)) for class_id in classes)


def test_long_names_of_a_laboratory_leave_the_cells_their_room(host: QWidget) -> None:
    own = [CellClass(id=f"own-{n}", name=f"Eigene Klasse mit langem Namen {n}", key="", own=True) for n in range(15)]
    bar = ClassBar(host)
    bar.resize(560, 30)
    bar.show_classes(tables.classes(own))
    assert bar.height() < 8 * 34
    assert all(bar.chip(entry.id).width() < 180 for entry in own)
    assert len({bar._words[entry.id] for entry in own}) == 15, "told apart by their ends"
