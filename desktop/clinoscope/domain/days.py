"""A day in words: the same wherever one is read, in whatever language the computer speaks."""

from __future__ import annotations

from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not of ``strftime``: Qt takes on the computer's language, and the program has but one."""


def in_words(day: date) -> str:
    """``17 May 1990``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
