"""Slips of the hand and of the memory: one letter or digit wrong, missing, too many, or two that changed places."""

from __future__ import annotations

from datetime import date


def distance(one: str, other: str, most: int) -> int:
    """How many slips lead from one text to the other; ``most`` + 1 for any number above ``most``.

    Damerau-Levenshtein with adjacent swaps, each place changed once (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def near_days(day: date) -> frozenset[date]:
    """Every other day that one slip makes of a day: a wrong digit, two digits that changed places, day for month."""
    digits = f"{day:%Y%m%d}"
    texts = {digits[:4] + digits[6:] + digits[4:6]}
    for place in range(len(digits)):
        texts.update(digits[:place] + other + digits[place + 1 :] for other in "0123456789")
        texts.add(digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :])
    return frozenset(found for text in texts if (found := _day(text)) is not None) - {day}


def near_numbers(number: str) -> frozenset[str]:
    """Every other number that one slip makes of one: a wrong, missing or needless digit, two signs that changed places.

    Letters and signs between stay as they are, but may change places.
    """
    found: set[str] = set()
    for place in range(len(number) + 1):
        found.update(number[:place] + digit + number[place:] for digit in "0123456789")
        found.add(number[:place] + number[place : place + 2][::-1] + number[place + 2 :])
        if number[place : place + 1].isdigit():
            found.add(number[:place] + number[place + 1 :])
            found.update(number[:place] + digit + number[place + 1 :] for digit in "0123456789")
    return frozenset(found) - {number, ""}


def _day(digits: str) -> date | None:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= 1850 else None
