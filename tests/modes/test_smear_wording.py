import pytest

from clinoscope.domain.differential import Differential
from clinoscope.domain.smear import Why
from clinoscope.modes import smear_wording


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Differential(total=0, waits_for=100), ""),
        (Differential(total=11, waits_for=100, shift_waits_for=20), "100 white cells"),
        (Differential(total=100, shift_waits_for=20), "20 neutrophils"),
        (Differential(total=100), ""),
    ],
)
def test_why_there_is_no_left_shift_yet(found: Differential, words: str) -> None:
    assert smear_wording.left_shift_waits_for(found) == words


def test_fields_that_are_not_counted_are_named_with_why() -> None:
    aside = {2: Why.NO_FIELD, 3: Why.BY_HAND, 4: Why.BY_HAND, 5: Why.UNTOLD, 8: Why.NOT_READ, 9: Why.NOT_READ}
    assert smear_wording.left_out({**aside, 10: Why.NOT_READ}, (6, 7)) == (
        "Fields 6 and 7: not read yet.",
        "Field 2: unlike a field of a smear.",
        "Fields 3 and 4: set aside by hand.",
        "Field 5: set aside.",
        "Fields 8 to 10: taken out unread.",
    )
    assert smear_wording.left_out({}) == ()
