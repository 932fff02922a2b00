"""Dates as people type and read them, without a doubt about which number is the month."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from clinoscope.domain.days import MONTHS
from clinoscope.domain.days import in_words as in_words

OLDEST = 120
"""Years: nobody on record reached 123."""


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def when(moment: datetime, now: datetime) -> str:
    """``10:42`` today, ``Yesterday 10:42``, else ``17 May 2026``; in local time."""
    local, here = moment.astimezone(), now.astimezone()
    days = (here.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return f"Yesterday {local:%H:%M}"
    return in_words(local.date())


def parse_birth(text: str, now: date) -> date | None:
    """A birth date from ``1990-05-17``, ``17.5.1990``, ``17/05/1990``, ``17 May 1990`` or ``19900517``.

    Day before month unless the year comes first; the field shows what it understood in words.
    Raises ValueError with a few words for the person when it is none, or not a possible birth date.
    """
    text = text.strip()
    if not text:
        return None
    found = _ymd(text) or _dmy(text)
    if found is None:
        raise ValueError("Type it like 1990-05-17 or 17.5.1990.")
    year, month, day = found
    try:
        born = date(year, month, day)
    except ValueError:
        raise ValueError("There is no such day.") from None
    if born > now:
        raise ValueError("This day is still to come.")
    if now.year - born.year > OLDEST:
        raise ValueError(f"That is more than {OLDEST} years ago.")
    return born


def parse_time(text: str) -> time | None:
    """A time of day from ``14:30``, ``14.30``, ``1430`` or ``14``; None for nothing typed.

    Raises ValueError with a few words for the person when it is none.
    """
    text = text.strip()
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,2})(?:[:.h ]?([0-9]{2}))?", text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("Type it like 14:30, or leave it empty.")
    return time(int(found[1]), int(found[2] or 0))


def _ymd(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"(\d{4})[-./ ]?(\d{1,2})[-./ ]?(\d{1,2})", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _dmy(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"(\d{1,2})[-./ ]+(\d{1,2}|[A-Za-z]{3,9})[-./ ]+(\d{4})", text)
    if not found:
        return None
    if found[2].isdigit():
        month = int(found[2])
    else:
        names = [name.lower() for name in MONTHS]
        if found[2][:3].lower() not in names:
            return None
        month = names.index(found[2][:3].lower()) + 1
    return int(found[3]), month, int(found[1])


def time_left(passed: float, done: int, open_: int) -> str:
    """The time left in words, once there is something to go by; ``open_`` pictures are still to be read."""
    if passed < 2 or done == 0 or open_ == 0:
        return ""
    seconds = passed / done * open_
    return f", about {seconds / 60:.0f} min left" if seconds >= 90 else f", about {max(1, round(seconds))} s left"
