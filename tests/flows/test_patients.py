"""A patient who is here already, two records merged and separated, and a list taken in, with keyboard and mouse."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from clinoscope.domain.record import Patient, Sex
from clinoscope.ui.pages.import_panel import ImportPanel
from clinoscope.ui.pages.merge_panel import MergePanel
from clinoscope.ui.pages.patient_panel import ALL_THE_SAME
from clinoscope.workflow.import_patients import Fate

ADA = Patient(id="p0", identifier="2100-4", name="Ada Okafor", sex=Sex.FEMALE, born=date(1990, 3, 12))
SERGEI = Patient(id="p1", identifier="2110-3", name="Сергей Иванов", sex=Sex.MALE, born=date(1971, 7, 1))


@pytest.fixture
def hands(logged_in: Any) -> Any:
    """Logged in, on the page People, with two patients."""
    for patient in (ADA, SERGEI):
        logged_in.window.shell.vault.patients.add(patient)
    logged_in.ctrl(Qt.Key.Key_F)
    logged_in.on("people")
    return logged_in


def word(number: int) -> str:
    """A made-up word, another one for each number."""
    return "".join("bdfghklmnprstvz"[number // 15**place % 15] + "aeiou"[place] for place in range(4)).title()


def adding(hands: Any, name: str, born: str) -> Any:
    """The panel with a new patient typed in."""
    hands.click(hands.window.page.add)
    panel = hands.window.page.panel
    hands.until(panel.isVisible, "the panel is open")
    hands.settle()
    hands.type(name)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Tab)
    hands.type(born)
    return panel


def test_a_name_in_cyrillic_is_found_by_latin_letters(hands: Any) -> None:
    hands.type("sergei iv")
    hands.settle()
    assert [row.texts[0] for row in hands.window.page.rows.rows()] == [SERGEI.name]


def test_who_is_here_already_is_shown_while_typing_and_opened(hands: Any) -> None:
    panel = adding(hands, "Okafro Ada", "21.3.1990")
    hands.until(lambda: panel.likely.isVisible(), "the likely one is shown")
    (found,) = panel.likely.found
    assert found.patient == ADA
    hands.click(panel.likely.buttons[0])
    hands.on("patient")
    assert hands.window.shell.patient == ADA
    assert not panel.isVisible()


def test_saving_in_spite_of_it_takes_one_more_press(hands: Any) -> None:
    vault = hands.window.shell.vault
    panel = adding(hands, "Sergey Iwanow", "1.7.1971")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: panel.button.text() == ALL_THE_SAME, "it is asked again")
    assert len(vault.patients.search("iwanow")) == 1  # the one who is there
    hands.until(panel.button.isEnabled, "the button can be pressed")
    hands.press(Qt.Key.Key_Space)
    hands.on("patient")
    assert hands.window.shell.patient.name == "Sergey Iwanow"
    added = next(event for event in vault.events(10) if event.act == "patient.add")
    assert added.details == {"in_spite_of": [SERGEI.id]}


def test_a_wrong_check_digit_is_said_on_leaving_the_field(hands: Any) -> None:
    hands.click(hands.window.page.add)
    panel = hands.window.page.panel
    hands.settle()
    hands.press(Qt.Key.Key_Tab)
    hands.ctrl(Qt.Key.Key_A)
    hands.type("2187-4")
    hands.press(Qt.Key.Key_Tab)
    assert "check digit does not fit" in panel.identifier.help_text()


def test_two_records_are_merged_and_separated_again(hands: Any) -> None:
    vault = hands.window.shell.vault
    twin = vault.patients.add(Patient(id="p2", identifier="9-1", name="Ada Okafor-Berg", born=date(1990, 3, 21)))
    hands.type("okafor-berg")
    hands.settle()
    hands.press(Qt.Key.Key_Return)
    hands.on("patient")
    hands.settle()
    page = hands.window.page
    hands.click(page.merged.merge)
    panel = page.merged.panel
    assert isinstance(panel, MergePanel)
    hands.until(panel.isVisible, "the panel is open")
    hands.type("2100")
    hands.settle()
    hands.press(Qt.Key.Key_Return)
    hands.until(panel.facts.isVisible, "both are side by side")
    hands.click(panel.facts.options["identifier"][1].radio)  # the other one's number holds
    hands.click(panel.facts.options["name"][0].words)  # and the name of this one
    hands.click(panel.facts.options["born"][1].words)
    hands.click(panel.reason.edit)
    hands.type("same passport")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: hands.window.shell.patient.id == ADA.id, "the kept one is shown")
    hands.settle()
    kept = vault.patients.get(twin.id)
    assert (kept.id, kept.identifier, kept.name, kept.born) == (ADA.id, "2100-4", "Ada Okafor-Berg", ADA.born)
    hands.until(lambda: page.merged.isVisible(), "it says so")
    hands.click(page.merged.separate[0])
    hands.settle()
    assert vault.patients.get(ADA.id) == ADA
    assert vault.patients.get(twin.id) == twin
    hands.until(lambda: not page.merged.isVisible(), "they are apart")


@pytest.fixture
def _workers_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """``QTest.qWait`` keeps Python's lock while it waits. The program's own loop lets workers have it, and is
    held up by them."""

    def wait(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    monkeypatch.setattr(QTest, "qWait", wait)


@pytest.mark.usefixtures("_workers_go_on")
def test_a_long_list_does_not_hold_the_window_up(hands: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    born = [date.fromordinal(705_000 + number * 17 % 30_000) for number in range(10_000)]
    lines = [f"X{number},{word(number)} {word(number * 7 + 3)},{day}" for number, day in enumerate(born)]
    file.write_text("\n".join(["number,name,born", *lines]), encoding="utf-8")
    hands.click(hands.window.page.take_in)
    panel = hands.window.page.import_panel
    hands.until(panel.isVisible, "the panel is open")
    panel.read(file)
    hands.until(lambda: panel.seen is not None, "the lines are shown", seconds=120)
    hands.settle()
    assert len(panel.rows.rows()) == 10_000
    hands.click(panel.button)
    hands.until(lambda: "were added" in panel.said.text(), "the list is in", seconds=120)
    hands.settle()  # the watchdog fails the test when it was held up


def test_a_list_is_looked_at_and_taken_in(hands: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    lines = ["number,name,born", "2100-4,Ada Okafor,1990-03-12", ",Kofi Mensah,03/04/1988", ",,1990-01-01"]
    born = [date.fromordinal(705_000 + number * 17) for number in range(1500)]
    lines += [f"X{number},{word(number)} {word(number * 7 + 3)},{day}" for number, day in enumerate(born)]
    file.write_text("\n".join(lines), encoding="utf-8")
    page, vault = hands.window.page, hands.window.shell.vault
    hands.click(page.take_in)
    panel = page.import_panel
    assert isinstance(panel, ImportPanel)
    hands.until(panel.isVisible, "the panel is open")
    panel.read(file)
    hands.until(lambda: panel.seen is not None, "the lines are shown", seconds=60)
    hands.settle()
    assert panel.seen.undecided == 1
    assert panel.rows.rows()[0].chip[0] == "Error"
    assert panel.dates.isVisible()
    hands.click(panel.dates.findChildren(type(page.take_in))[1])  # day first
    hands.until(lambda: panel.seen is not None and not panel.seen.undecided, "the dates are plain", seconds=60)
    hands.settle()
    new = panel.seen.count(Fate.NEW)
    assert new > 1490
    assert panel.button.text() == f"Import {new}"
    hands.click(panel.button)
    hands.until(lambda: "were added" in panel.said.text(), "the list is in", seconds=120)
    hands.settle()
    (kofi,) = vault.patients.search("kofi mensah")
    assert kofi.born == date(1988, 4, 3)
    assert vault.events(1)[0].act != "patient.add"
    hands.press(Qt.Key.Key_Escape)
