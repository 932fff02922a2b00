from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.check_digit import luhn


def test_luhn_of_the_published_example() -> None:
    assert luhn("7992739871") == 3  # ISO/IEC 7812-1's usual example


@given(st.integers(1, 10**10), st.integers(0, 9), st.integers(1, 9))
def test_luhn_finds_any_one_wrong_digit(number: int, place: int, add: int) -> None:
    digits = str(number)
    place %= len(digits)
    wrong = digits[:place] + str((int(digits[place]) + add) % 10) + digits[place + 1 :]
    assert luhn(wrong) != luhn(digits)


@given(st.integers(0, 10**10))
def test_noughts_in_front_change_nothing(number: int) -> None:
    assert luhn(f"000{number}") == luhn(str(number))
