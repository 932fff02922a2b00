"""Counts, percentages, the shift, the corrected count, ranges and flags, on numbers that can be done by hand."""

from dataclasses import replace

import pytest

from clinoscope.domain.differential import Side
from clinoscope.domain.record import Patient, Sex
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.workflow.smear import differential as d
from clinoscope.workflow.smear import tables

ADULT = d.Person(months=40 * 12, sex=Sex.FEMALE)


def counted(labels: dict[str, int], person: d.Person = ADULT, white_cells: float | None = None) -> d.Differential:
    return d.of_counts(labels, d.Standards(), person, white_cells)


def flags(labels: dict[str, int], person: d.Person = ADULT, white_cells: float | None = None) -> set[str]:
    return {remark.id for remark in counted(labels, person, white_cells).remarks}


def test_percentages_are_of_the_white_cells_with_rumkes_limits() -> None:
    found = counted(
        {"segmented": 50, "band": 10, "lymphocyte": 30, "monocyte": 10, "erythroblast": 7, "not_counted": 3}
    )
    assert found.total == 100
    band = found.line("band")
    assert band
    assert band.percent
    assert band.percent.value == 10
    assert (band.percent.low, band.percent.high) == pytest.approx((4.9, 17.6), abs=0.05)
    neutrophils = found.line("neutrophils")
    assert neutrophils
    assert (neutrophils.count, neutrophils.group) == (60, True)
    erythroblasts = found.line("erythroblast")
    assert erythroblasts
    assert erythroblasts.percent is None
    assert erythroblasts.per_100
    assert erythroblasts.per_100.value == pytest.approx(7)
    assert found.not_counted == 3
    assert found.line("unidentified") is None


def test_the_white_cell_count_is_corrected_for_erythroblasts() -> None:
    found = counted({"segmented": 80, "lymphocyte": 20, "erythroblast": 25}, white_cells=10.0)
    assert found.corrected == pytest.approx(8.0)
    line = found.line("lymphocyte")
    assert line
    assert line.absolute
    assert line.absolute.value == pytest.approx(1.6)
    assert (line.absolute.low, line.absolute.high) == pytest.approx((0.08 * 12.67, 0.08 * 29.18), abs=0.01)


def test_without_a_white_cell_count_nothing_is_absolute() -> None:
    assert all(line.absolute is None for line in counted({"segmented": 5}).lines)


def test_the_left_shift_index_is_young_over_segmented() -> None:
    found = counted({"segmented": 50, "band": 15, "metamyelocyte": 3, "myelocyte": 2, "lymphocyte": 30})
    assert found.shift
    assert found.young
    assert found.shift.value == pytest.approx(20 / 50)
    assert found.young.value == pytest.approx(20 / 70)
    assert found.shift.low == pytest.approx(found.young.low / (1 - found.young.low))
    assert found.shift.high == pytest.approx(found.young.high / (1 - found.young.high))


def test_no_neutrophil_has_no_shift() -> None:
    assert (counted({"lymphocyte": 9}).shift, counted({"band": 9}).shift) == (None, None)
    assert counted({"band": 9}).young


def test_nothing_counted_is_no_error() -> None:
    found = counted({}, white_cells=5.0)
    assert (found.total, found.corrected, found.shift) == (0, 5.0, None)
    assert all(line.percent is None for line in found.lines)


def test_what_lies_outside_its_range_says_on_which_side() -> None:
    found = counted({"segmented": 90, "lymphocyte": 10}, white_cells=2.0)
    neutrophils, lymphocytes = found.line("neutrophils"), found.line("lymphocytes")
    assert neutrophils
    assert lymphocytes
    assert (neutrophils.percent_side, neutrophils.absolute_side) == (Side.HIGH, Side.LOW)
    assert (lymphocytes.percent_side, lymphocytes.absolute_side) == (Side.LOW, Side.LOW)
    child = counted({"segmented": 35, "lymphocyte": 65}, d.Person(months=6)).line("lymphocytes")
    assert child
    assert child.range
    assert (child.range.percent, child.percent_side) == ((20.0, 64.0), Side.HIGH)


def test_where_the_age_is_not_known_there_is_no_range() -> None:
    found = counted({"segmented": 90, "lymphocyte": 10}, d.Person())
    assert all(line.range is None for line in (*found.lines, *found.groups))


def test_a_class_that_nobody_knows_is_unidentified() -> None:
    assert counted({"segmented": 3, "gone": 2, "unidentified": 1}).unidentified == 3


def test_flags_are_raised_at_their_limits() -> None:
    assert "blasts" in flags({"segmented": 99, "blast": 1})
    assert "young_neutrophils" not in flags({"segmented": 90, "band": 10})
    assert "young_neutrophils" in flags({"segmented": 89, "band": 11})
    assert "erythroblasts" in flags({"segmented": 100, "erythroblast": 1})
    assert "erythroblasts" not in flags({"segmented": 100, "erythroblast": 1}, d.Person(months=0))
    assert "neutropenia_severe" in flags({"segmented": 10, "lymphocyte": 90}, white_cells=4.9)
    assert "neutropenia_severe" not in flags({"segmented": 10, "lymphocyte": 90}, white_cells=5.0)
    assert "neutropenia_severe" not in flags({"segmented": 10, "lymphocyte": 90})


def test_rules_of_an_age_are_asked_at_that_age_only() -> None:
    young = {"segmented": 80, "band": 20}
    assert "young_newborn" in flags(young, d.Person(months=0))
    assert "young_newborn" not in flags(young, d.Person(months=1))
    assert "young_newborn" not in flags(young, d.Person())


def test_age_is_counted_in_whole_months() -> None:
    from datetime import date

    patient = Patient(id="p", identifier="1", name="N", sex=Sex.MALE, born=date(2020, 1, 31))
    assert d.Person.of(patient, date(2020, 2, 29)).months == 0
    assert d.Person.of(patient, date(2021, 1, 31)) == d.Person(months=12, sex=Sex.MALE)
    assert d.Person.of(Patient(id="p", identifier="1", name="N"), date(2021, 1, 1)).months is None


def test_ranges_and_remarks_wait_until_enough_is_counted() -> None:
    few = {"segmented": 8, "band": 10, "eosinophil": 1, "blast": 1}
    early = d.of_counts(few, d.Standards(), ADULT, 5.0, least=d.Enough(100))
    assert early.waits_for == 100
    assert all(line.percent_side is line.absolute_side is Side.WITHIN for line in (*early.lines, *early.groups))
    assert [remark.id for remark in early.remarks] == ["blasts"], "one blast is one too many at any count"
    nucleated = d.of_counts({**few, "erythroblast": 1}, d.Standards(), ADULT, least=d.Enough(100)).line("erythroblast")
    assert nucleated
    assert (nucleated.count, nucleated.per_100) == (1, None), "5 in 100 of twenty says nothing"
    line = early.line("band")
    assert line
    assert line.range, "the range itself is there to be looked at"
    late = d.of_counts({name: 5 * count for name, count in few.items()}, d.Standards(), ADULT, 5.0, least=d.Enough(100))
    assert late.waits_for == 0
    assert {"blasts", "young_neutrophils"} <= {remark.id for remark in late.remarks}
    assert late.line("band").absolute_side is Side.HIGH  # type: ignore[union-attr]
    assert counted(few).waits_for == 0, "where nobody asks to wait nothing waits"


def test_how_many_are_enough_follows_the_sheet() -> None:
    assert d.enough(SmearSheet(target=200)) == d.Enough(100, 20)
    assert (tables.enough(), tables.enough_neutrophils()) == (100, 20)
    assert d.enough(SmearSheet(target=50)).white == 50
    assert d.enough(SmearSheet(target=200, shortfall="a short drop")) == d.Enough(0, 20), "there are no more to come"


def test_the_left_shift_waits_for_as_many_cells_as_the_ranges_and_for_enough_neutrophils() -> None:
    least = d.Enough(100, 20)

    def shift(segmented: int, band: int, others: int) -> tuple[bool, int, int]:
        labels = {"segmented": segmented, "band": band, "lymphocyte": others}
        found = d.of_counts(labels, d.Standards(), ADULT, least=least)
        assert (found.shift is None) == (found.young is None)
        return found.shift is not None, found.waits_for, found.shift_waits_for

    assert shift(10, 2, 0) == (False, 100, 20)
    assert shift(50, 9, 40) == (False, 100, 0), "one white cell is missing"
    assert shift(50, 10, 40) == (True, 0, 0)
    assert shift(17, 2, 81) == (False, 0, 20), "one neutrophil is missing"
    assert shift(18, 2, 80) == (True, 0, 0)
    young = {"segmented": 6, "band": 2, "lymphocyte": 92}
    found = d.of_counts(young, d.Standards(), d.Person(months=0), least=least)
    assert found.young is None
    assert "young_newborn" in {remark.id for remark in found.remarks}, "a remark waits for white cells alone"


def test_a_signed_smear_tells_the_left_shift_as_it_did() -> None:
    before = SmearSheet(sha256="ab" * 32)
    assert d.enough(before).neutrophils == 0, "signed before there was a limit"
    assert d.enough(replace(before, shift_from=20)).neutrophils == 20
