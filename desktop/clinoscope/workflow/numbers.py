"""How the clinic numbers its patients: as the program offers it, or by a pattern of its own with a check digit.

A pattern is typed as a mask: ``A`` stands for a letter, ``#`` for a digit, ``X`` for either, all else for itself.
Whether the clinic is strict decides if a number that does not fit is refused or only told: other hospitals' numbers
have to go somewhere. A number that is there already is never asked about (docs/decisions/0060).
"""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.check_digit import luhn
from clinoscope.domain.errors import NotAllowed
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

SETTING = "patients.number"
OURS = "Numbers from the program, such as 1001-7. The last digit shows slips."
NO_PATTERN = "Type the pattern, such as AA-######: A is a letter, # a digit, X either."
_WRONG_DIGIT = "The check digit does not fit: a digit is wrong, or two changed places."
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 40


@dataclass(frozen=True)
class Rule:
    """``mask`` of the clinic's own numbers, "" for those that the program offers; ``scheme`` one of ``schemes()`` or
    ""; ``strict`` refuses what does not fit."""

    mask: str = ""
    scheme: str = ""
    strict: bool = False


@dataclass(frozen=True)
class Scheme:
    """A check digit: its name, what it is in a sentence, a number that is right."""

    id: str
    name: str
    about: str
    example: str


def schemes() -> tuple[Scheme, ...]:
    """The check digits that may be chosen."""
    return tuple(Scheme(key, entry["name"], entry["about"], entry["example"]) for key, entry in _table().items())


def rule(vault: Vault) -> Rule:
    """How patients are numbered here."""
    kept = vault.settings.get(SETTING)
    return Rule(**kept) if kept else Rule()


def in_words(vault: Vault) -> str:
    """How patients are numbered here, in a sentence."""
    held = rule(vault)
    if not held.mask:
        return OURS
    name = next((scheme.name for scheme in schemes() if scheme.id == held.scheme), "no check digit")
    return f"The clinic's own, such as {example(held)}; {name}{'; others are refused' if held.strict else ''}."


def set_rule(vault: Vault, wanted: Rule) -> Rule:
    """Number patients so from now on; those who are there keep their numbers. Raises NotAllowed."""
    require(vault, Act.NUMBERS)
    mask = " ".join(wanted.mask.split())
    if mask and not any(sign in "A#X" for sign in mask):
        raise NotAllowed(NO_PATTERN)
    if len(mask) > _LONGEST:
        raise NotAllowed(f"A pattern has at most {_LONGEST} signs: shorten it.")
    if wanted.scheme and sum(sign in "#X" for sign in mask) < 2:
        raise NotAllowed("A number with a check digit needs two digits or more: put them into the pattern as #.")
    kept = Rule(mask, wanted.scheme if mask else "", wanted.strict and bool(mask))
    vault.settings.set(SETTING, asdict(kept))
    return kept


def suggested(vault: Vault) -> str:
    """The next number that the program offers; "" where the clinic has its own pattern."""
    return "" if rule(vault).mask else vault.patients.suggest_identifier()


def wrong(held: Rule, number: str) -> str:
    """What is wrong with a number, in a sentence; "" when nothing is."""
    number = " ".join(number.split())
    if not number:
        return ""
    if not held.mask:
        return _own(number)
    if not _fits(held.mask, number):
        return f"The clinic's numbers look like {example(held)}: look at it again."
    if held.scheme and not checks(held.scheme, number):
        return _WRONG_DIGIT
    return ""


def check(vault: Vault, number: str) -> None:
    """Raises NotAllowed for a number that the clinic refuses."""
    held = rule(vault)
    if held.strict and (sentence := wrong(held, number)):
        raise NotAllowed(sentence)


def example(held: Rule) -> str:
    """A number as the mask says, with a check digit that fits where that can be had by its last digits."""
    count = iter(range(1, _LONGEST + 1))
    signs = [_LETTERS[0] if sign == "A" else str(next(count) % 10) if sign in "#X" else sign for sign in held.mask]
    for last in range(100):
        tried, left = list(signs), f"{last:02}"
        for place in reversed([place for place, sign in enumerate(held.mask) if sign in "#X"][-2:]):
            tried[place], left = left[-1], left[:-1]
        if not held.scheme or checks(held.scheme, "".join(tried)):
            return "".join(tried) if held.scheme else "".join(signs)
    return "".join(signs)


def checks(scheme: str, number: str) -> bool:
    """Whether the check digit of a number fits. Signs that are neither letter nor digit do not count."""
    entry = _table()[scheme]
    signs = "".join(sign for sign in number.upper() if sign in _LETTERS or (sign.isascii() and sign.isdigit()))
    return _HOW[entry["how"]](signs, entry)


def _own(number: str) -> str:
    """Of the program's own numbers only the check digit is looked at, and only where there is one."""
    body, dash, last = number.rpartition("-")
    is_ours = dash and body.isascii() and body.isdigit() and len(last) == 1 and last.isascii() and last.isdigit()
    if not is_ours or luhn(body) == int(last):
        return ""
    return _WRONG_DIGIT


def _fits(mask: str, number: str) -> bool:
    kinds = {"A": str.isalpha, "#": lambda sign: sign.isascii() and sign.isdigit(), "X": str.isalnum}
    return len(mask) == len(number) and all(
        kinds[wanted](sign) if wanted in kinds else sign == wanted for wanted, sign in zip(mask, number, strict=True)
    )


def _luhn(signs: str, _entry: dict[str, Any]) -> bool:
    digits = "".join(sign for sign in signs if sign.isdigit())
    return len(digits) > 1 and luhn(digits[:-1]) == int(digits[-1])


def _weights(signs: str, entry: dict[str, Any]) -> bool:
    digits, weights = _digits(signs), entry["weights"]
    if len(digits) != len(weights) + 1:
        return False
    total = sum(digit * weight for digit, weight in zip(digits, weights, strict=False))
    return -total % entry["modulus"] == digits[-1]  # 10 is no digit, so that such a number never fits


def _hybrid(signs: str, _entry: dict[str, Any]) -> bool:
    digits, product = _digits(signs), 10
    for digit in digits[:-1]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return len(digits) > 1 and (product + digits[-1]) % 10 == 1


def _mod97(signs: str, _entry: dict[str, Any]) -> bool:
    written = "".join(str(int(sign, 36)) for sign in signs)
    return len(written) > 2 and int(written) % 97 == 1


def _digits(signs: str) -> list[int]:
    return [int(sign) for sign in signs if sign.isdigit()]


_HOW = {"luhn": _luhn, "weights": _weights, "hybrid": _hybrid, "mod97": _mod97}


@functools.cache
def _table() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("numbers.toml").read_text(encoding="utf-8"))
