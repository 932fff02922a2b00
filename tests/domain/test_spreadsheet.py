import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain import spreadsheet


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-cmd", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1", "-1+1", "+1", "--1"]
)
def test_what_a_spreadsheet_would_reckon_with_is_a_text(text: str) -> None:
    assert spreadsheet.safe(text) == f"'{text}"
    assert spreadsheet.bare(spreadsheet.safe(text)) == text


@pytest.mark.parametrize("cell", ["", "Ada", "O'Brien", "'", "'tis", "a=b", "-12.5", "-3", "0.5", -3, -0.00001, 12])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert spreadsheet.safe(cell) == str(cell)
    assert spreadsheet.bare(str(cell)) == str(cell)


@given(st.text())
def test_reading_undoes_writing(text: str) -> None:
    assert spreadsheet.bare(spreadsheet.safe(text)) == text
    if text and text[0] in "=+@\t\r":
        assert spreadsheet.safe(text)[0] == "'"


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), min_size=2), min_size=1)
)
def test_a_table_comes_back(rows: list[list[str]]) -> None:
    rows = [["a", "b"], *rows]
    assert spreadsheet.of_csv(spreadsheet.decoded(spreadsheet.to_csv(rows))) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_tables_are_read_as_spreadsheets_save_them(encoding: str, between: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=between).writerows([["name", "note"], ["Müller", "a, b; c"]])
    data = text.getvalue().encode(encoding)
    assert spreadsheet.of_csv(spreadsheet.decoded(data)) == [["name", "note"], ["Müller", "a, b; c"]]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"a\0b", bytes(range(32))])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no text"):
        spreadsheet.decoded(data)


def test_rows_come_by_the_names_of_their_columns() -> None:
    names, rows = spreadsheet.by_name(b"\xef\xbb\xbfPath; Nucleus Shape\r\na.png; round\r\n;\r\nb.png\r\n", {"path"})
    assert names == ["path", "Nucleus Shape"]
    assert rows == [(2, {"path": "a.png", "Nucleus Shape": "round"}), (4, {"path": "b.png"})]
    assert spreadsheet.by_name(b"", {"path"}) == ([], [])
