"""The audit chain in words, for whoever may read it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope import modes
from clinoscope.domain.access import Act
from clinoscope.domain.counts import of_records
from clinoscope.domain.erasure import Reason
from clinoscope.workflow import permissions
from clinoscope.workflow.erasure import REASONS
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Event, Vault

PAGE = 500


@dataclass(frozen=True)
class Entry:
    """One event. ``about`` names a patient only for who may see patients; ``tone`` is "" , ``amber`` or ``danger``."""

    seq: int
    at: datetime
    who: str
    words: str
    details: str
    about: str
    tone: str


@dataclass(frozen=True)
class Filter:
    """``user`` and ``patient`` are ids, ``group`` one of ``groups()``; "" for all."""

    user: str = ""
    group: str = ""
    patient: str = ""


def groups() -> Mapping[str, str]:
    """The groups of acts and their names, in the order in which they are offered."""
    found: dict[str, str] = _table()["groups"]
    return found


def people(vault: Vault) -> tuple[tuple[str, str], ...]:
    """(id, name) of everyone who ever had an account. Raises NotAllowed."""
    require(vault, Act.AUDIT)
    return tuple((entry.user.id, entry.user.name) for entry in vault.custody.accounts())


def entries(vault: Vault, wanted: Filter, before: int | None = None, limit: int = PAGE) -> tuple[Entry, ...]:
    """Events older than ``before``, the newest first. Raises NotAllowed, VaultError."""
    from clinoscope.records.audit import Wanted

    require(vault, Act.AUDIT)
    acts = tuple(act for act, entry in _table()["acts"].items() if entry["group"] == wanted.group)
    found = vault.audit(Wanted(wanted.user, acts, wanted.patient), before, limit)
    names = {entry.user.id: entry.user.name for entry in vault.custody.accounts()}
    shown = permissions.may(vault, Act.PATIENT_READ)
    about = {patient for _, patient in found if patient and shown}
    patients = {patient: vault.patients.get(patient).name for patient in about}
    return tuple(
        _entry(event, names, patients.get(patient, "A patient" if patient else "")) for event, patient in found
    )


def _entry(event: Event, names: Mapping[str, str], about: str) -> Entry:
    said = _table()["acts"].get(event.act, {"words": event.act})
    if not about:
        about = names.get(event.subject, "") if event.subject != event.user else ""
    return Entry(
        seq=event.seq,
        at=event.at,
        who=names.get(event.user, "The program"),
        words=said["words"],
        details=_details(event),
        about=about,
        tone=said.get("tone", "amber" if event.details.get("wrong_tries") else ""),
    )


def _details(event: Event) -> str:
    """What the event says beyond its act, in a few words."""
    details = event.details
    found = [
        _setting(event.subject) if event.act == "setting.set" else "",
        _reason(event),
        _erased(details),
        str(details.get("to", "")),
        permissions.act_words(str(details["act"])) if "act" in details else "",
        f"after {details['wrong_tries']} wrong tries" if details.get("wrong_tries") else "",
        f"version {details['version']}" if "version" in details else "",
        ", ".join(permissions.role_name(role) for role in details.get("roles", ())),
        modes.task(details["task"]).name if details.get("task") in modes.task_ids() else "",
        f"{len(details['in_spite_of'])} looked alike" if "in_spite_of" in details else "",
        f"{details['patients']} patients" if "patients" in details else "",
        event.subject if event.act == "vault.backup" else "",
    ]
    return " · ".join(part for part in found if part)


def _setting(key: str) -> str:
    """A setting in words, with the mode or the camera it is of."""
    known: Mapping[str, str] = _table()["settings"]
    begin = next((begin for begin in known if begin.endswith(".") and key.startswith(begin)), key)
    of = key.removeprefix(begin)
    names = {mode.id: mode.name for mode in modes.all_modes()}
    return " · ".join(filter(None, (known.get(begin, key), names.get(of, of))))


def _reason(event: Event) -> str:
    reason = str(event.details.get("reason", ""))
    return dict(REASONS).get(Reason(reason), reason) if event.act == "patient.erase" else reason


def _erased(details: Mapping[str, Any]) -> str:
    if "exams" not in details:
        return ""
    again = ", again after an older backup was restored" if details.get("again") else ""
    return of_records(*(int(details[name]) for name in ("exams", "pictures", "labs"))) + again


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("acts.toml").read_text(encoding="utf-8"))
