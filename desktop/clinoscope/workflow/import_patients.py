"""A list of patients taken in: first shown line by line, then, when somebody says so, all of it or nothing.

``clinoscope patients`` and the page People do it with these.
"""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope import collector
from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.record import Patient
from clinoscope.workflow import duplicates, numbers, patient_list
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

_MOST = 30
"""Of one birth date, or one name, so many are held against a line: more would say nothing any more."""
NOTHING = "There is nobody in this list who is not here already."


Scored = tuple[float, str, Patient, str]
"""Bits and why they are alike, who it is, and where: "" for here, else the line."""


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    THERE = "there"
    ALIKE = "alike"
    ERROR = "error"


@dataclass(frozen=True)
class Planned:
    """A line of the file by its number there, and what becomes of it; ``words`` say why, or what to do."""

    number: int
    fate: Fate
    patient: Patient | None
    words: str = ""


@dataclass(frozen=True)
class Preview:
    """All lines of a file of that SHA-256 (hex). Nothing has been written."""

    lines: tuple[Planned, ...]
    unused: tuple[str, ...]
    undecided: int
    sha256: str

    @functools.cached_property
    def _counts(self) -> Counter[Fate]:
        return Counter(line.fate for line in self.lines)

    def count(self, fate: Fate) -> int:
        """How many lines that becomes of. Cheap."""
        return self._counts[fate]


def preview(vault: Vault, file: Path, today: date, day_first: bool | None = None) -> Preview:
    """What would become of each line. Raises NotAllowed for a file that is no list of patients, KnownError."""
    require(vault, Act.PATIENT_IMPORT)
    with collector.held_off():
        data = _bytes(file)
        table = patient_list.read(data, today, day_first)
        known = _Known(numbers.rule(vault), len(table.lines))
        for patient, _ in vault.patients.all():
            known.add(patient)
        lines = tuple(known.plan(line) for line in table.lines)
        known.forget()
        return Preview(lines, table.unused, table.undecided, hashlib.sha256(data).hexdigest())


def take_in(vault: Vault, seen: Preview, *, alike: bool = False) -> int:
    """Add everyone who is new, and with ``alike`` those who look like somebody; how many. All of them or nobody.

    Who has no number gets the next ones that the program offers. Raises NotAllowed, VaultError.
    """
    require(vault, Act.PATIENT_IMPORT)
    wanted = {Fate.NEW, Fate.ALIKE} if alike else {Fate.NEW}
    chosen = [line.patient for line in seen.lines if line.fate in wanted and line.patient is not None]
    if not chosen:
        raise NotAllowed(NOTHING)
    free = _free_numbers(vault, {patient.identifier for patient in chosen})
    with collector.held_off():
        news = [
            replace(patient, id=uuid.uuid4().hex, identifier=patient.identifier or next(free)) for patient in chosen
        ]
        return len(vault.patients.add_all(news, seen.sha256))


def save_template(file: Path) -> None:
    """Write an empty list to be filled in. Raises KnownError."""
    _write(file, patient_list.template())


def export(vault: Vault, file: Path) -> int:
    """Write everyone to a table; how many. The act is noted before the file gets its name. Raises NotAllowed,
    KnownError."""
    require(vault, Act.PATIENT_EXPORT)
    from clinoscope.records.operations import note

    patients = [patient for patient, into in vault.patients.all() if not into]
    data = patient_list.written(patients)
    vault.run(note("patient.export", hashlib.sha256(data).hexdigest(), {"patients": len(patients)}))
    _write(file, data)
    return len(patients)


@dataclass
class _Known:
    """Who is there, and who comes in the lines before."""

    rule: numbers.Rule
    size: int
    numbers: dict[str, tuple[Patient, str]] = field(default_factory=dict)
    born: dict[date, list[tuple[Patient, str]]] = field(default_factory=dict)
    names: dict[str, list[tuple[Patient, str]]] = field(default_factory=dict)

    def add(self, patient: Patient, where: str = "") -> None:
        """``where`` the patient stands: "" for here, else the line."""
        from clinoscope.records.naming import fold

        self.size += not where
        self.numbers[fold(patient.identifier)] = patient, where
        if patient.born is not None:
            _hold(self.born, patient.born, patient, where)
        _hold(self.names, _key(patient.name), patient, where)

    def forget(self) -> None:
        """One after the other: all of 30,000 gone at once would hold Python's lock, and so the window, for 40 ms."""
        for held in (self.numbers, self.born, self.names):
            while held:
                held.popitem()

    def plan(self, line: patient_list.Line) -> Planned:
        """What becomes of a line; it counts as known for those below."""
        patient = line.patient
        if patient is None:
            return Planned(line.number, Fate.ERROR, None, line.error)
        fate, words = self._fate(patient)
        if fate in (Fate.NEW, Fate.ALIKE):
            self.add(replace(patient, id=f"line {line.number}"), f"line {line.number}")
        return Planned(line.number, fate, patient, words)

    def _fate(self, patient: Patient) -> tuple[Fate, str]:
        from clinoscope.records.naming import fold

        if not patient.identifier and self.rule.mask:
            return Fate.ERROR, f"There is no number: write one like {numbers.example(self.rule)}."
        holder = self.numbers.get(fold(patient.identifier)) if patient.identifier else None
        if holder is not None:
            return self._held(patient, *holder)
        wrong = numbers.wrong(self.rule, patient.identifier)
        if wrong and self.rule.strict:
            return Fate.ERROR, wrong
        likeliest = max(self._scored(patient), key=_order, default=None)
        if likeliest is None:
            return Fate.NEW, wrong
        _, why, other, where = likeliest
        who = f"{other.name}, {other.identifier}"
        if not patient.identifier and not where and duplicates.same(patient, other):
            return Fate.THERE, f"{who}: {why}."
        return Fate.ALIKE, f"Looks like {where or who}: {why}."

    def _held(self, patient: Patient, holder: Patient, where: str) -> tuple[Fate, str]:
        """Whoever has that number already."""
        same, _ = duplicates.score(replace(patient, identifier=""), replace(holder, identifier=""))
        if where:
            return Fate.ERROR, f"{where.capitalize()} has the same number: one of both is wrong."
        if same > 0:
            return Fate.THERE, f"{holder.name} has this number here."
        return Fate.ERROR, f"This number is {holder.name}'s here: look at both, and give another one."

    def _scored(self, patient: Patient) -> Iterator[Scored]:
        limit = duplicates.limit_of(self.size)
        found = [*(self.born.get(patient.born, ()) if patient.born else ()), *self.names.get(_key(patient.name), ())]
        for other, where in found:
            bits, why = duplicates.score(patient, other)
            if bits >= limit:
                yield bits, why, other, where


def _hold(held: dict[Any, list[tuple[Patient, str]]], key: object, patient: Patient, where: str) -> None:
    """Beneath ``key``, the newest ``_MOST``."""
    alike = held.setdefault(key, [])
    alike.append((patient, where))
    del alike[:-_MOST]


def _order(found: Scored) -> tuple[float, str, str, str, str]:
    """The likeliest last, always the same one of several that are as likely."""
    bits, why, other, where = found
    return bits, why, other.name, other.identifier, where


def _key(name: str) -> str:
    """What two names share when they have the same parts in any order, script and spelling."""
    from clinoscope.records.naming import parts, sound

    return " ".join(sorted(sound(part) for part in parts(name)))


def _free_numbers(vault: Vault, taken: set[str]) -> Iterator[str]:
    from clinoscope.records.patients import numbered

    number = int(vault.patients.suggest_identifier().partition("-")[0])
    while True:
        if numbered(number) not in taken:
            yield numbered(number)
        number += 1


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > patient_list.LARGEST:
            raise NotAllowed(patient_list.TOO_LARGE)
        return file.read_bytes()
    except OSError as error:
        raise KnownError(f"{file.name} cannot be read: {error.strerror}. Check where it lies.") from None


def _write(file: Path, data: bytes) -> None:
    from clinoscope.workflow.files import save

    save(file, data, file.name)
