from __future__ import annotations

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Sex
from clinoscope.workflow.smear import ranges_csv, tables
from clinoscope.workflow.smear.tables import RangeRow

HEAD = ",".join(ranges_csv.COLUMNS)


def table(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


def test_the_shipped_table_survives_the_way_there_and_back() -> None:
    assert ranges_csv.of_csv(ranges_csv.to_csv(tables.ranges())) == tables.ranges()


def test_one_kind_of_range_alone_keeps_its_columns() -> None:
    rows = (
        RangeRow(of="band", from_months=216, sex=Sex.FEMALE, absolute=(0.1, 2.1), source="ours, 2026"),
        RangeRow(of="blast", from_months=0, percent=(0.0, 0.5)),
    )
    assert ranges_csv.of_csv(ranges_csv.to_csv(rows)) == rows


def test_as_a_german_spreadsheet_saves_it() -> None:
    text = HEAD.replace(",", ";") + "\r\nband;12;f;0;5,5;;;Müller\r\n;;;;;;;\r\n"
    (row,) = ranges_csv.of_csv(text.encode("cp1252"))
    assert row == RangeRow(of="band", from_months=12, sex=Sex.FEMALE, percent=(0.0, 5.5), source="Müller")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (",0,,1,2,,,", "must name a class"),
        ("band,old,,1,2,,,", "whole months, not “old”"),
        ("band,0,W,1,2,,,", "F, M or empty"),
        ("band,0,,1,,,,", "go together"),
        ("band,0,,one,2,,,", "no range of numbers"),
        ("band,0,,3,2,,,", "higher to the lower"),
        ("band,0,,nan,2,,,", "higher to the lower"),
        ("band,0,,,,,,", "neither a range"),
    ],
)
def test_a_wrong_line_is_named(line: str, wrong: str) -> None:
    with pytest.raises(NotAllowed, match=f"Line 3: .*{wrong}"):
        ranges_csv.of_csv(table("band,0,,1,2,,,", line))


def test_many_wrong_lines_are_told_in_part() -> None:
    with pytest.raises(NotAllowed, match=r"Line 6: (.|\n)*And 3 more lines"):
        ranges_csv.of_csv(table(*["band,0,,3,2,,,"] * 8))


def test_what_is_no_table_of_ranges_is_refused() -> None:
    with pytest.raises(NotAllowed, match="Missing: of, from_months"):
        ranges_csv.of_csv(b"name,value\nx,1\n")
    with pytest.raises(NotAllowed, match="Missing"):
        ranges_csv.of_csv(b"")
    with pytest.raises(NotAllowed, match="no ranges"):
        ranges_csv.of_csv(table())
    with pytest.raises(NotAllowed, match="too large"):
        ranges_csv.of_csv(b"x" * 1_000_001)
