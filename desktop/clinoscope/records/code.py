"""The recovery code: 120 random bits as 25 characters that survive being read out and typed.

Crockford's base32 (https://www.crockford.com/base32.html): no I, L, O or U, and I, L, O are read as
1, 1, 0. The last character is Crockford's check symbol (the value modulo 37), which finds every
single wrong character and every swap of two neighbours. Codes whose check symbol would be one of
the five punctuation marks are drawn again, which costs 0.2 of the 120 bits.
"""

import secrets

from clinoscope.domain.errors import VaultError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 25
_GROUP = 5
_READ_AS = str.maketrans("OIL", "011", " -\t\n\r\u2010\u2011\u2013")

MISTYPED = "The recovery code has a typing mistake: compare it with the printed one, character by character."


def new_code() -> str:
    """A fresh code such as ``7K2M9-…`` in five groups of five."""
    while True:
        value = secrets.randbits(5 * (LENGTH - 1))
        if value % 37 < len(ALPHABET):
            return grouped(_symbols(value) + ALPHABET[value % 37])


def grouped(plain: str) -> str:
    """Groups of five with hyphens, for people."""
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def read_code(typed: str) -> str:
    """The code as 25 characters of ``ALPHABET``, whatever the spacing and letter case.

    Raises VaultError when it cannot be a code at all: wrong length, character or check symbol.
    """
    plain = typed.upper().translate(_READ_AS)
    if len(plain) != LENGTH or any(symbol not in ALPHABET for symbol in plain):
        raise VaultError(MISTYPED)
    value = 0
    for symbol in plain[:-1]:
        value = value * 32 + ALPHABET.index(symbol)
    if ALPHABET.index(plain[-1]) != value % 37:
        raise VaultError(MISTYPED)
    return plain


def _symbols(value: int) -> str:
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (LENGTH - 2), -1, -5))
