"""How hard a password is to guess, in plain words.

The estimate counts what an attacker would have to try: length times the bits of the kinds of
characters used, less for repeats, runs and the most used passwords. The steps follow NIST SP
800-63B-4: length is what counts, no rules about kinds of characters.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

from clinoscope.domain import passwords

MIN_LENGTH = passwords.MINIMUM
"""What the vault asks for; the words ask for more."""

_COMMON = (
    "password",
    "passwort",
    "qwerty",
    "azerty",
    "letmein",
    "welcome",
    "admin",
    "clinic",
    "doctor",
    "nurse",
    "iloveyou",
)
_FAIR_BITS = 45
_STRONG_BITS = 65


@dataclass(frozen=True)
class Strength:
    """``level`` 0 (refused), 1 weak, 2 fair, 3 strong; ``words`` says what to do."""

    level: int
    words: str


def strength(password: str, name: str = "") -> Strength:
    """Judge a password. ``name`` is the user's own, which must not be most of it."""
    if not password:
        return Strength(0, f"{MIN_LENGTH} characters or more. Three or four words do well.")
    missing = MIN_LENGTH - len(password)
    if missing > 0:
        return Strength(0, f"{missing} more {'character' if missing == 1 else 'characters'}.")
    if passwords.problem(password):
        return Strength(0, "One of the commonest passwords. Three or four words do well.")
    bits = _bits(password, name)
    if bits < _FAIR_BITS:
        return Strength(1, "Easy to guess. Add another word.")
    if bits < _STRONG_BITS:
        return Strength(2, "Fair. One more word makes it strong.")
    return Strength(3, "Strong.")


def _bits(password: str, name: str) -> float:
    """Bits of guessing work, roughly and on the low side."""
    folded = password.lower()
    for known in (*_COMMON, *(word for word in name.lower().split() if len(word) > 2)):
        folded = folded.replace(known, "\0")  # a known word counts as one character
    folded = re.sub(r"(.)\1{2,}", r"\1", folded)
    kinds = sum(
        size for size, pattern in ((26, r"[a-z]"), (10, r"\d"), (20, r"[^a-z\d]")) if re.search(pattern, folded)
    )
    kinds += 26 if password != password.lower() else 0
    steps = sum(1 for a, b in itertools.pairwise(folded) if ord(b) - ord(a) not in (0, 1, -1)) + 1
    return steps * math.log2(max(kinds, 2)) * 0.8
