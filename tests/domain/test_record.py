from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from clinoscope.domain.picture import Origin
from clinoscope.domain.record import Patient, PictureRef


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2000, 5, 10), date(2026, 5, 9), 25),
        (date(2000, 5, 10), date(2026, 5, 10), 26),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2026, 1, 1), date(2026, 1, 2), 0),
        (None, date(2026, 1, 1), None),
    ],
)
def test_age_counts_whole_years(born: date | None, on: date, years: int | None) -> None:
    assert Patient(id="1", identifier="1", name="A", born=born).age(on) == years


SEEN = PictureRef(
    sha256="a",
    media_type="image/jpeg",
    width=4,
    height=3,
    origin=Origin.FILE,
    device="",
    taken_at=datetime(2026, 1, 1, tzinfo=UTC),
    phantom=False,
    pixels="p",
)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (replace(SEEN), True),
        (replace(SEEN, sha256="b"), True),  # packed anew
        (replace(SEEN, pixels="q"), True),  # the same file, unpacked by another program
        (replace(SEEN, pixels=""), True),
        (replace(SEEN, sha256="b", pixels=""), False),
        (replace(SEEN, page=1, pixels="q"), False),
        (replace(SEEN, sha256="b", pixels="q"), False),
    ],
)
def test_the_very_same_picture_is_known_again(other: PictureRef, same: bool) -> None:
    assert SEEN.shows_the_same(other) is same
    assert other.shows_the_same(SEEN) is same


def test_pictures_whose_pixels_are_not_known_have_nothing_of_them_in_common() -> None:
    assert not replace(SEEN, pixels="").shows_the_same(replace(SEEN, sha256="b", pixels=""))
