from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.domain.record import Exam, ExamState
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import state
from clinoscope.ui.smear.side import Side
from clinoscope.ui.smear.state import State
from clinoscope.workflow.smear.second import FIRST, SECOND, Comparison, Difference


@pytest.fixture
def found(shell: Shell, smear: Exam) -> State:
    return state.open_smear(shell.open_vault, smear).state


@pytest.fixture
def side(host: QWidget) -> Side:
    made = Side(host)
    made.resize(336, 600)
    made.show()
    return made


def words(side: Side) -> str:
    return "\n".join(one.text() for one in side.findChildren(QLabel) if one.isVisible())


def test_it_says_how_far_the_count_is_and_all_that_is_left(side: Side, found: State) -> None:
    side.show_state(found, FIRST)
    shown = words(side)
    assert "4 of 5 white cells" in shown
    assert "2 fields" in shown
    assert all(sentence in shown for sentence in found.hindrances)
    assert not side.sign.isEnabled()
    assert side.open.isVisible()
    side.show_state(replace(found, waiting=3), FIRST)
    assert "2 fields · reading 3…" in words(side)


def test_nothing_left_may_be_signed(side: Side, found: State) -> None:
    side.show_state(replace(found, hindrances=(), bands=()), FIRST)
    assert side.sign.isEnabled()
    assert not side.open.isVisible()


def test_a_signed_one_has_its_report(side: Side, found: State) -> None:
    signed = replace(found, exam=replace(found.exam, state=ExamState.SIGNED))
    side.show_state(signed, FIRST)
    assert side.report.isVisible()
    assert side.amend.isVisible()
    assert not side.sign.isVisible()
    assert not side.sheet.isVisible()
    assert not side.open.isVisible()


def test_the_blind_reader_sees_what_is_left_and_closes_it(side: Side, found: State) -> None:
    side.show_state(found, SECOND)
    assert side.sign.text() == "Finish blind reading"
    assert "5 cells are left to review." in words(side)
    assert not side.sheet.isVisible()


def test_two_readers_are_compared(side: Side, found: State) -> None:
    apart = (Difference(1, "band", "segmented"), Difference(2, "band", "segmented"))
    kappa = {"value": 0.5, "low": 0.1, "high": 0.9}
    side.show_state(replace(found, comparison=Comparison(5, 3, kappa, apart)), FIRST)
    assert "Two readers agreed on 3 of 5 cells; kappa 0.50 (0.10 to 0.90)." in words(side)
    assert side.differences.text() == "Show the 2 cells they differ on"
    side.show_state(replace(found, comparison=Comparison(5, 4, {}, apart[:1])), FIRST)
    assert side.differences.text() == "Show the cell they differ on"
    side.show_state(replace(found, comparison=Comparison(5, 5)), FIRST)
    assert not side.differences.isVisible()


def test_a_count_is_corrected_only_where_there_are_erythroblasts(side: Side, found: State) -> None:
    plain = replace(found.differential, white_cells=7.4, corrected=7.4)
    side.show_state(replace(found, differential=plain), FIRST)
    assert "White cells 7.4\u00a0·" in words(side)
    assert "without" not in words(side)
    side.show_state(replace(found, differential=replace(plain, corrected=7.0)), FIRST)
    assert "White cells 7.4, without erythroblasts 7.00\u00a0·" in words(side)


def test_fields_of_another_objective_are_told(side: Side, found: State) -> None:
    side.show_state(found, FIRST)
    assert "objective" not in words(side)
    side.show_state(replace(found, odd="Cells of field 2 are larger."), FIRST)
    assert "Cells of field 2 are larger. Ctrl+D sets a field aside." in words(side)


def test_it_says_what_ranges_wait_for(side: Side, found: State) -> None:
    side.show_state(found, FIRST)
    assert "Ranges, remarks and left shift wait for 5 white cells" in words(side)
    side.show_state(replace(found, differential=replace(found.differential, waits_for=0)), FIRST)
    assert "wait for" not in words(side)


def test_many_fields_say_how_long_they_may_take(side: Side, found: State) -> None:
    side.left = ", about 40 s left"
    side.show_state(replace(found, waiting=30), FIRST)
    assert "2 fields · reading 30, about 40 s left" in words(side)
    side.show_state(found, FIRST)
    assert "left" not in words(side).split("\n")[1]
