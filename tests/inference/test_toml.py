import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.inference.toml import dumps

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
plain = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False), text)
table = st.dictionaries(text.filter(bool), st.one_of(plain, st.lists(text, max_size=3)), max_size=4)


@given(st.dictionaries(text.filter(bool), st.one_of(plain, table, st.lists(table, min_size=1, max_size=3)), max_size=5))
def test_what_is_written_reads_back_the_same(document):
    assert tomllib.loads(dumps(document)) == document


def test_a_figure_stands_in_one_line_and_none_is_left_out():
    written = dumps({"accuracy": {"value": 0.5, "low": 0.4, "high": None}, "auc": None})
    assert written == "accuracy = { value = 0.5, low = 0.4 }\n"


def test_what_toml_cannot_hold_is_a_bug():
    with pytest.raises(TypeError, match="complex"):
        dumps({"x": 1j})
