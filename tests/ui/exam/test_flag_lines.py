from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.reading import CANNOT_JUDGE, Flag, ModelRef, Reading
from clinoscope.ui import theme
from clinoscope.ui.exam.flag_lines import FlagLines

MODEL = ModelRef("m", "1.0.0", "0" * 64)
SCREEN = Flag("screen", "Anemia cannot be excluded", 0.4, True, "Screening: threshold chosen for sensitivity.")
QUIET = Flag("odd", "Unusual cell", 0.1, False, "Unlike the cells it learned from.")


@pytest.fixture
def lines(host: QWidget) -> FlagLines:
    return FlagLines(host)


def reading(*flags: Flag, answer: str = "not_anemic") -> Reading:
    return Reading("anemia/nail", answer, MODEL, flags=flags)


def test_a_raised_flag_has_its_name_and_what_it_means(lines: FlagLines) -> None:
    lines.show_reading(reading(SCREEN, QUIET))
    assert lines.text.splitlines() == [SCREEN.name, SCREEN.note, "Checked, not flagged: unusual cell"]
    spoken = [part.accessibleName() for part in lines.findChildren(QWidget) if part.accessibleName()]
    assert spoken == ["Flag: Anemia cannot be excluded. Screening: threshold chosen for sensitivity."]
    theme.set_appearance(theme.Appearance.DARK)
    assert not lines.grab().isNull()


def test_what_is_not_flagged_is_never_said_to_be_absent(lines: FlagLines) -> None:
    lines.show_reading(reading(QUIET))
    assert lines.text == "Checked, not flagged: unusual cell"
    assert QUIET.note not in lines.text
    assert "no unusual" not in lines.text.lower()


def test_without_flags_it_takes_no_room(lines: FlagLines) -> None:
    lines.show_reading(reading(SCREEN))
    assert lines.isVisible()
    lines.show_reading(reading())
    assert not lines.isVisible()
    lines.show_reading(reading(SCREEN, answer=CANNOT_JUDGE))
    assert not lines.isVisible()
