import pytest

from clinoscope.domain.passwords import MINIMUM, problem
from clinoscope.ui.gate.strength import MIN_LENGTH, strength


def test_the_least_is_what_the_vault_asks_for() -> None:
    assert MIN_LENGTH == MINIMUM
    assert strength("x" * (MIN_LENGTH - 1)).level == 0
    assert strength("qbfkzlma").level > 0


@pytest.mark.parametrize("common", ["password", "12345678", "Football", "QWERTYUIOP"])
def test_the_commonest_are_refused_as_the_vault_refuses_them(common: str) -> None:
    assert strength(common).level == 0
    assert problem(common)


@pytest.mark.parametrize(
    "weak", ["Passwort9", "aaaaaaaaaaaa", "7777788888", "abcdefghij", "grace mensah", "Qwerty9123"]
)
def test_easy_ones_are_called_easy(weak: str) -> None:
    assert strength(weak, "Grace Mensah").level == 1


@pytest.mark.parametrize("strong", ["three quiet rivers", "a green kite over the bay", "xK9$mPq2!vLzR7"])
def test_hard_ones_are_called_strong(strong: str) -> None:
    assert strength(strong).level == 3


def test_more_of_the_same_kind_is_never_weaker() -> None:
    levels = [strength("three quiet rivers"[:length]).level for length in range(19)]
    assert levels == sorted(levels)


def test_it_says_how_many_are_missing() -> None:
    assert strength("abcdefg").words == "1 more character."
    assert strength("abcdef").words == "2 more characters."
