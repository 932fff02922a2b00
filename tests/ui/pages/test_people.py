from typing import Any

from PySide6.QtTest import QTest

from clinoscope.domain.record import Patient
from clinoscope.ui.pages.people import SHOWN, PeoplePage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import exams


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


def test_a_list_that_does_not_hold_everybody_says_so(shell: Shell, ada: Patient, at_once: None) -> None:
    page = PeoplePage(shell)
    page.show()
    page.enter()
    assert not page.more.isVisible()
    for number in range(SHOWN):
        exams.new_patient(shell.open_vault, name=f"Kofi Mensah {number}", identifier=f"K-{number}")
    QTest.qWait(10)
    assert len(page.rows.rows()) == SHOWN
    assert page.more.isVisible()
    assert "changed last" in page.more.text()
    page.search.setText("kofi")
    assert page.more.text() == "The first 50. Type more to find anybody else."
    page.search.setText("ada")
    assert not page.more.isVisible()
    page.leave()
