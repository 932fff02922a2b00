from typing import Any

from PySide6.QtTest import QTest

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.people import PeoplePage
from clinoscope.ui.shell import Shell


def test_nobody_yet_and_nobody_found_are_told_apart(shell: Shell, at_once: None) -> None:
    page = PeoplePage(shell)
    page.show()
    page.enter()
    assert page.nobody.isVisible()
    page.search.setText("ada")
    assert page.not_found.isVisible()
    page.leave()


def test_a_row_has_what_is_known_and_the_last_exam_comes_later(
    shell: Shell, ada: Patient, add_exam: Any, pallor: Any, at_once: None
) -> None:
    add_exam(ada.id, 1, pallor(41))
    page = PeoplePage(shell)
    page.show()
    page.enter()
    (row,) = page.rows.rows()
    assert row.texts[0] == "Ada Okafor"
    assert row.texts[1] == "F"
    assert row.texts[2].endswith(" y")
    assert row.texts[3:] == ("1001-7", "")
    QTest.qWait(250)
    assert page.rows.rows()[0].texts[4].startswith("Yesterday")
    page.leave()


def test_add_takes_over_what_was_typed_unless_it_is_a_number(shell: Shell, ada: Patient, at_once: None) -> None:
    page = PeoplePage(shell)
    page.show()
    page.enter()
    page.search.setText("Kofi Mensah")
    page.add.click()
    assert page.panel.name.text() == "Kofi Mensah"
    page.search.setText("2187-4")
    page.add.click()
    assert page.panel.name.text() == ""
    assert page.panel.identifier.text() == "1002-5"
    page.leave()
