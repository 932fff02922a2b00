from datetime import date

from clinoscope.domain.days import in_words


def test_a_day_is_read_without_a_doubt_about_the_month() -> None:
    assert in_words(date(1990, 5, 6)) == "6 May 1990"
