"""Is this person here already? Asked while a patient is typed in, and before one is saved."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.record import Patient, Sex
from clinoscope.domain.slips import distance, near_days, near_numbers
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.records.alike import Alike

_LONG = 8  # letters: a part of a name from which on two slips are taken for slips


@dataclass(frozen=True)
class Likely:
    """Who is likely meant. ``recorded`` is the record that is alike, another one than ``patient`` when it was merged;
    ``bits`` how much it says for one person, see duplicates.toml; ``why`` in a few words."""

    patient: Patient
    recorded: Patient
    bits: float
    why: str


def likely(vault: Vault, typed: Patient) -> tuple[Likely, ...]:
    """Who is likely the same person as the one that is typed in, the likeliest first. Its ``identifier`` is what a
    person typed, or "" where the program offered it. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_READ)
    found, size = vault.patients.alike(typed.name, typed.born, typed.identifier)
    chosen = best(typed, found, limit_of(size))
    return tuple(
        Likely(vault.patients.get(recorded.id), recorded, bits, why)
        for bits, why, recorded in chosen[: _settings()["shown"]["at_most"]]
    )


def best(typed: Patient, found: tuple[Alike, ...], limit: float) -> list[tuple[float, str, Patient]]:
    """Of those found, the ones that reach ``limit`` bits, the likeliest first, each once for the one it points at."""
    likeliest: dict[str, tuple[float, str, Patient]] = {}
    for alike in found:
        if alike.recorded.id == typed.id:
            continue
        bits, why = score(typed, alike.recorded)
        if bits >= limit and bits > likeliest.get(alike.kept, (limit - 1,))[0]:
            likeliest[alike.kept] = bits, why, alike.recorded
    return sorted(likeliest.values(), key=lambda entry: -entry[0])


def limit_of(size: int) -> float:
    """The bits from which on somebody is shown, in a vault of ``size`` patients."""
    shown = _settings()["shown"]
    return math.log2(max(size, shown["fewest"]) / shown["duplicates"] * shown["odds"])


def score(one: Patient, other: Patient) -> tuple[float, str]:
    """How many bits two records say for one person, and what is alike about them in words."""
    name, born = _names(one.name, other.name), _births(one.born, other.born)
    number = _numbers(one.identifier, other.identifier)
    found = {"name": name, "born": born, "sex": _sexes(one.sex, other.sex), "number": number}
    if name == "other" and not (born == "same" and number == "near"):
        return -math.inf, ""  # a birth date is shared by many, and so is most of a number
    weights = _weights()
    why = [_WORDS[what, level] for what, level in found.items() if (what, level) in _WORDS]
    return sum(weights[what, level] for what, level in found.items()), ", ".join(why)


_WORDS = {
    ("name", "same"): "the same name",
    ("name", "alike"): "a name much alike",
    ("name", "part"): "part of the name",
    ("born", "same"): "the same birth date",
    ("born", "near"): "a birth date one slip away",
    ("born", "guessed"): "the same year of birth",
    ("number", "near"): "a number one slip away",
}


def same(one: Patient, other: Patient) -> bool:
    """Whether both have the same birth date and the parts of one name, in any order, script and spelling."""
    return _births(one.born, other.born) == "same" and _names(one.name, other.name) == "same"


@functools.lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[tuple[str, str], ...]:
    """The parts of a name in Latin letters, each with its sound."""
    from clinoscope.records.naming import parts, sound

    return tuple((part, sound(part)) for part in parts(name))


def _names(one: str, other: str) -> str:
    fewer, more = sorted((_parts(one), _parts(other)), key=len)
    if not fewer:
        return "other"
    if _joined(fewer) & _joined(more):
        return "same"
    left, same, alike, long = list(more), 0, 0, False
    for part in sorted(fewer, key=lambda entry: -len(entry[0])):
        match = next((entry for entry in left if entry[0] == part[0]), None)
        same += match is not None
        if match is None:
            match = next((entry for entry in left if _part_alike(part, entry)), None)
            alike += match is not None
        if match is not None:
            left.remove(match)
            long = long or len(part[0]) > 2
    if same == len(fewer) and not left:
        return "same"
    if same + alike == len(fewer) and (len(fewer) > 1 or not left):
        return "alike"
    return "part" if long else "other"


def _joined(parts: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The parts without a space between them, forwards and backwards: ``Wangfang`` is ``Wang Fang``."""
    written = [part for part, _ in parts]
    return frozenset({"".join(written), "".join(reversed(written))})


def _part_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    if len(one[0]) == 1 or len(other[0]) == 1:  # an initial
        return one[0][0] == other[0][0]
    if one[1] == other[1] and len(one[1]) > 1:
        return True
    shorter = min(len(one[0]), len(other[0]))
    slips = 2 if shorter >= _LONG else 1
    if shorter < 3 or not _an_end_stands(one[0], other[0], (shorter - 2) // 2 if slips == 1 else 1):
        return False
    return distance(one[0], other[0], slips) <= slips


def _an_end_stands(one: str, other: str, letters: int) -> bool:
    """Whether so many letters at the beginning or at the end are the same: cheap, and one slip leaves one of both."""
    return letters == 0 or one[:letters] == other[:letters] or one[-letters:] == other[-letters:]


def _births(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return "unknown"
    if one == other:
        return "same"
    if other in _near_days(one):
        return "near"
    guessed = any((day.month, day.day) in ((1, 1), (7, 1)) for day in (one, other))
    return "guessed" if guessed and one.year == other.year else "other"


def _sexes(one: Sex, other: Sex) -> str:
    if Sex.UNKNOWN in (one, other):
        return "unknown"
    return "same" if one == other else "other"


def _numbers(one: str, other: str) -> str:
    if not one:
        return "unknown"
    return "near" if other.casefold() in _near_numbers(one.casefold()) else "other"


_near_days = functools.lru_cache(maxsize=64)(near_days)
_near_numbers = functools.lru_cache(maxsize=64)(near_numbers)


@functools.cache
def _weights() -> dict[tuple[str, str], float]:
    return {
        (what, level): math.log2(entry["m"] / entry["u"])
        for what, levels in _settings().items()
        if what != "shown"
        for level, entry in levels.items()
    }


@functools.cache
def _settings() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("duplicates.toml").read_text(encoding="utf-8"))
