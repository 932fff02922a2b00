from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.ui.dates import in_words, today
from clinoscope.ui.day_field import DayField
from clinoscope.ui.shell import Shell


@pytest.fixture
def field(host: QWidget) -> DayField:
    made = DayField("Said on", "Type the day.")
    made.setParent(host)
    made.show_today()
    return made


def retype(field: DayField, text: str) -> None:
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)


def test_it_begins_today_and_says_what_is_understood(field: DayField) -> None:
    assert (field.day(), field.help_text(), field.ok()) == (today(), in_words(today()), True)
    retype(field, "5/6/2026")
    assert (field.day(), field.help_text()) == (date(2026, 6, 5), "5 Jun 2026")


@pytest.mark.parametrize(
    ("text", "words"), [("", "Type the day."), ("soon", "Type it like"), ("1.1.2999", "still to come")]
)
def test_what_is_no_day_that_has_been_is_told(field: DayField, text: str, words: str) -> None:
    retype(field, text)
    assert field.help_text() == " "
    assert not field.ok()
    assert words in field.error()
    with pytest.raises(ValueError, match=words):
        field.day()


def test_a_day_that_was_refused_is_told_beneath_it_and_what_is_broken_across_the_window(
    field: DayField, shell: Shell
) -> None:
    warned: list[str] = []
    shell.warned.connect(lambda words, *_: warned.append(words))
    field.refuse(NotAllowed("This day is before the patient was born: check it."), shell)
    assert "before the patient was born" in field.error()
    assert warned == []
    field.set_error("")
    field.refuse(VaultError("The disk is full."), shell)
    assert field.error() == ""
    assert warned == ["The disk is full."]
