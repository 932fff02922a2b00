"""How long patients are kept: a rule of the clinic, a list of who is past it, and a person who decides on each.

Nothing is ever erased by itself, and by default nothing is ever due.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

RULE = "retention"
NO_REASON = "Say in a few words why the patient is kept, such as a lawsuit or a treatment that goes on."


@dataclass(frozen=True)
class Rule:
    """Years after the last visit; for who was a minor then at least so many years after coming of age."""

    years: int
    after_majority: int


@dataclass(frozen=True)
class Due:
    """A patient whose time is over since ``until``; ``kept`` says why they are to stay all the same, "" that they are
    not."""

    patient: Patient
    last: date
    until: date
    kept: str


def offered() -> tuple[int, ...]:
    """The years that can be chosen."""
    return tuple(_table()["years"])


def rule(vault: Vault) -> Rule | None:
    """The clinic's rule; None while it has none."""
    kept = vault.settings.get(RULE)
    return Rule(int(kept["years"]), int(kept["after_majority"])) if kept else None


def set_rule(vault: Vault, chosen: Rule | None) -> None:
    """Choose the rule, or none. Nothing is erased by it. Raises NotAllowed."""
    require(vault, Act.PRIVACY)
    if chosen is None:
        vault.settings.set(RULE, None, {"to": "kept without end"})
        return
    if chosen.years < 1 or chosen.after_majority < 1:
        raise NotAllowed("A patient is kept for a year at least: choose one year or more.")
    told = f"{chosen.years} years, minors {chosen.after_majority} years after coming of age"
    vault.settings.set(RULE, {"years": chosen.years, "after_majority": chosen.after_majority}, {"to": told})


def due(vault: Vault, today: date | None = None) -> tuple[Due, ...]:
    """Who is past the rule, the one longest past first; nobody while there is none. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_ERASE)
    found, now = rule(vault), today or datetime.now(UTC).astimezone().date()
    if found is None:
        return ()
    kept = vault.keeps.reasons()
    past = [(until(seen.last, seen.born, found), seen) for seen in vault.keeps.seen()]
    return tuple(
        Due(vault.patients.get(seen.patient), seen.last, end, kept.get(seen.patient, ""))
        for end, seen in sorted(past, key=lambda entry: (entry[0], entry[1].patient))
        if end <= now
    )


def keep(vault: Vault, patient_id: str, reason: str) -> None:
    """Keep a patient beyond the rule, because of ``reason``. Raises NotAllowed without one, VaultError."""
    require(vault, Act.PATIENT_ERASE)
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise NotAllowed(NO_REASON)
    vault.keeps.note(patient_id, reason[:300])


def keep_no_more(vault: Vault, patient_id: str) -> None:
    """Take that back: the rule holds for the patient again. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_ERASE)
    vault.keeps.note(patient_id, "")


def until(last: date, born: date | None, found: Rule) -> date:
    """The last day of keeping, for a patient seen last on ``last``."""
    end = _later(last, found.years)
    if born is None:
        return end
    of_age = _later(born, int(_table()["majority_age"]))
    return max(end, _later(of_age, found.after_majority)) if last < of_age else end


def _later(day: date, years: int) -> date:
    """The same day so many years later; 1 March for a 29 February that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("retention.toml").read_text(encoding="utf-8"))
