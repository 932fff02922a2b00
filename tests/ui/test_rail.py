import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.ui.rail import Rail
from clinoscope.ui.shell import Shell


@pytest.mark.parametrize("place", ["today", "people", "smears", "models", "settings"])
def test_each_place_is_one_click_or_key_away(shell: Shell, place: str) -> None:
    rail, went = Rail(shell), []
    shell.went.connect(lambda where, _what: went.append(where))
    rail.show()
    QTest.mouseClick(rail.button(place), Qt.MouseButton.LeftButton)
    QTest.keyClick(rail.button(place), Qt.Key.Key_Space)
    assert went == [place, place]
    assert rail.button(place).isChecked()


def test_patient_and_exam_belong_to_people(shell: Shell) -> None:
    rail = Rail(shell)
    for place in ("patient", "exam"):
        rail.show_place(place)
        assert rail.button("people").isChecked()
        assert not rail.button("today").isChecked()
    rail.show_place("smear")
    assert rail.button("smears").isChecked()
    rail.deleteLater()
