import contextlib
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinoscope.domain.errors import VaultError
from clinoscope.records.code import ALPHABET, LENGTH, grouped, new_code, read_code

codes = st.integers(0, 10_000).map(lambda _: new_code())


def test_a_code_is_five_groups_of_five_plain_characters() -> None:
    groups = new_code().split("-")
    assert [len(group) for group in groups] == [5] * 5
    assert set("".join(groups)) <= set(ALPHABET)


def test_codes_differ() -> None:
    assert len({new_code() for _ in range(100)}) == 100


@given(codes)
def test_a_printed_code_reads_back(code: str) -> None:
    assert grouped(read_code(code)) == code


@given(codes, st.text("  -\t", max_size=3), st.booleans())
def test_spacing_letter_case_and_lookalikes_do_not_matter(code: str, gap: str, lower: bool) -> None:
    typed = gap.join(code).replace("0", "O").replace("1", "l")
    assert read_code(typed.lower() if lower else typed) == read_code(code)


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(code: str, place: int, wrong: str) -> None:
    plain = read_code(code)
    assume(plain[place] != wrong)
    with pytest.raises(VaultError, match="typing mistake"):
        read_code(plain[:place] + wrong + plain[place + 1 :])


@given(codes, st.integers(0, LENGTH - 2))
def test_two_swapped_neighbours_are_found(code: str, place: int) -> None:
    plain = read_code(code)
    assume(plain[place] != plain[place + 1])
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    with pytest.raises(VaultError, match="typing mistake"):
        read_code(swapped)


@given(st.text(string.printable, max_size=40))
def test_anything_typed_is_a_code_or_a_sentence(typed: str) -> None:
    with contextlib.suppress(VaultError):
        assert len(read_code(typed)) == LENGTH
