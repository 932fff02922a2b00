from datetime import date

import pytest

from clinoscope.domain.record import Patient


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
