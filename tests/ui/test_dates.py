from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinoscope.ui.dates import in_words, parse_birth, parse_time, time_left, when

NOW = date(2026, 11, 20)


@pytest.mark.parametrize(
    "typed",
    ["1990-05-17", "17.5.1990", "17.05.1990", "17/05/1990", "17 May 1990", "17-5-1990", "19900517", " 1990/5/17 "],
)
def test_a_birth_date_as_people_type_it(typed: str) -> None:
    assert parse_birth(typed, NOW) == date(1990, 5, 17)


def test_nothing_typed_is_no_date() -> None:
    assert parse_birth("  ", NOW) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31.2.1990", "no such day"),
        ("1990-13-01", "no such day"),
        ("2026-11-21", "still to come"),
        ("1.1.1850", "120 years"),
        ("yesterday", "like 1990-05-17"),
        ("17 Foo 1990", "like 1990-05-17"),
        ("17.5.90", "like 1990-05-17"),
    ],
)
def test_what_cannot_be_says_why(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_birth(typed, NOW)


def test_words_leave_no_doubt_about_the_month() -> None:
    assert in_words(date(1990, 6, 5)) == "5 Jun 1990"


def test_when_is_a_time_today_and_a_day_before() -> None:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert when(now, now) == f"{now.astimezone():%H:%M}"
    assert when(now - timedelta(days=1), now).startswith("Yesterday ")
    assert when(now - timedelta(days=9), now) == "11 Nov 2026"


@pytest.mark.parametrize("typed", ["14:30", "14.30", "1430", "14h30", " 14 30 "])
def test_a_time_as_people_type_it(typed: str) -> None:
    assert parse_time(typed) == time(14, 30)


def test_the_hour_alone_and_nothing() -> None:
    assert parse_time("8") == time(8)
    assert parse_time(" ") is None


@pytest.mark.parametrize("typed", ["24:00", "12:60", "noon", "12:5", "٣"])
def test_what_is_no_time_says_how_to_type_it(typed: str) -> None:
    with pytest.raises(ValueError, match="like 14:30"):
        parse_time(typed)


def test_the_time_left_in_words() -> None:
    assert time_left(1.0, 3, 100) == ""
    assert time_left(3.0, 0, 100) == ""
    assert time_left(3.0, 30, 0) == ""
    assert time_left(3.0, 30, 100) == ", about 10 s left"
    assert time_left(60.0, 30, 120) == ", about 4 min left"
