"""What a smear is sorted into and held against: the data files beside this one, and what a laboratory changed of them.

Files: ``classes.toml``, ``ranges.toml``, ``rules.toml``, ``panel.toml``. A laboratory's own classes, keys and ranges
lie in the vault's settings; they are checked when they are written. Its comments: ``comments.py``.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clinoscope.domain.access import Act
from clinoscope.domain.differential import Range
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Sex
from clinoscope.domain.smear_sheet import MOST_OWN_CLASSES, NOT_COUNTED, UNIDENTIFIED, CellClass
from clinoscope.paths import RESOURCES
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

MODE = "neutrophil"
OWN_CLASSES, KEYS, RANGES, OWN_PANEL = "smear.classes", "smear.keys", "smear.ranges", "smear.panel"
"""Keys of the vault's settings."""

_KEY = re.compile(r"[a-z0-9]")
_LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class Group:
    """A line of the differential that several classes make up together."""

    id: str
    name: str
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RangeRow:
    """One reference range: of a class or group, from an age in months on, for one sex or both ("")."""

    of: str
    from_months: int
    sex: Sex = Sex.UNKNOWN
    percent: tuple[float, float] | None = None
    absolute: tuple[float, float] | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is flagged beside a differential; see ``rules.toml``. Ages: from ``from_months`` to under ``to_months``."""

    id: str
    name: str
    measure: Literal["count", "percent", "absolute", "per_100", "shift", "young"]
    note: str
    source: str
    of: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    from_months: int = 0
    to_months: int | None = None


@dataclass(frozen=True, kw_only=True)
class PanelEntry:
    """One picture of the reference panel: the drawn cell ``phantom`` and the words beside it."""

    of: str
    phantom: str
    look: str


class KeyRefused(NotAllowed):
    """A key that is no letter or digit, or another class has it."""


def classes(own: Iterable[CellClass] = (), keys: Mapping[str, str] | None = None) -> dict[str, CellClass]:
    """Every class by its id, in the order of the gallery: the shipped ones with ``own`` before the last two.

    ``keys`` are a laboratory's own keys by class. *unidentified* and *not counted* stand last.
    """
    shipped = _classes()
    last = (UNIDENTIFIED, NOT_COUNTED)
    ordered = [entry for entry in shipped if entry.id not in last]
    ordered += [replace(entry, own=True) for entry in own]
    ordered += [entry for entry in shipped if entry.id in last]
    given = keys or {}
    return {entry.id: replace(entry, key=given.get(entry.id, entry.key)) for entry in ordered}


def of_vault(vault: Vault) -> dict[str, CellClass]:
    """The classes of this laboratory, with its own and its keys. Raises VaultError."""
    return classes(own_classes(vault), vault.settings.get(KEYS, {}))


def own_classes(vault: Vault) -> tuple[CellClass, ...]:
    """The classes that this laboratory added, at most 15. Raises VaultError."""
    import msgspec

    return msgspec.convert(vault.settings.get(OWN_CLASSES, []), tuple[CellClass, ...])


def set_own_classes(vault: Vault, added: Sequence[CellClass]) -> None:
    """Put the laboratory's classes in the place of the ones it had.

    What is signed keeps the classes it was signed with. Raises NotAllowed for more than 15, a name that is
    missing, long or taken, KeyRefused for a key that is none or taken; VaultError.
    """
    require(vault, Act.EXAM_REVIEW, MODE)
    import msgspec

    if len(added) > MOST_OWN_CLASSES:
        raise NotAllowed(f"There can be {MOST_OWN_CLASSES} classes of your own at most.")
    added = tuple(replace(entry, name=" ".join(entry.name.split()), own=True) for entry in added)
    names = {entry.name.casefold() for entry in _classes()}
    ids = {entry.id for entry in _classes()}
    for entry in added:
        if not entry.name or len(entry.name) > _LONGEST_NAME:
            raise NotAllowed(f"A class needs a name of 1 to {_LONGEST_NAME} letters.")
        if entry.name.casefold() in names or entry.id in ids or not entry.id:
            raise NotAllowed(f"There is a class “{entry.name}” already: take another name.")
        names.add(entry.name.casefold())
        ids.add(entry.id)
    _check_keys(classes(added, vault.settings.get(KEYS, {})))
    vault.settings.set(OWN_CLASSES, msgspec.to_builtins(added))


def set_keys(vault: Vault, keys: Mapping[str, str]) -> None:
    """Put the laboratory's keys (by class) in the place of the shipped ones. Raises NotAllowed, VaultError."""
    require(vault, Act.EXAM_REVIEW, MODE)
    _check_keys(classes(own_classes(vault), keys))
    vault.settings.set(KEYS, dict(keys))


def groups() -> tuple[Group, ...]:
    """The lines that several classes make up together."""
    import msgspec

    return msgspec.convert(_file("classes.toml")["groups"], tuple[Group, ...])


def ranges(vault: Vault | None = None) -> tuple[RangeRow, ...]:
    """The reference ranges of this laboratory, or the shipped ones. Raises VaultError."""
    import msgspec

    own = vault.settings.get(RANGES) if vault else None
    return _shipped_ranges() if own is None else msgspec.convert(own, tuple[RangeRow, ...])


def set_ranges(vault: Vault, rows: Sequence[RangeRow] | None) -> None:
    """Put the laboratory's ranges in the place of the shipped table; None goes back to that one.

    Raises NotAllowed for a range that is upside down, outside what can be, or of nothing that is counted;
    VaultError.
    """
    require(vault, Act.EXAM_REVIEW, MODE)
    import msgspec

    known = {*of_vault(vault), *(group.id for group in groups())}
    for row in rows or ():
        if row.of not in known:
            raise NotAllowed(f"There is no class or group “{row.of}” to give a range to.")
        for name, span, most in (("percent", row.percent, 100.0), ("absolute", row.absolute, 1000.0)):
            if span is not None and not 0 <= span[0] <= span[1] <= most:
                raise NotAllowed(
                    f"The {name} range of {row.of} must go from a lower to a higher number, up to {most:g}."
                )
        if row.from_months < 0:
            raise NotAllowed("An age cannot be below zero.")
    vault.settings.set(RANGES, None if rows is None else msgspec.to_builtins(tuple(rows)))


def range_of(rows: Sequence[RangeRow], of: str, months: int | None, sex: Sex) -> Range | None:
    """The range of a class or group for a person; None where the age is not known or no row fits.

    Percent and absolute are looked up each on its own. A row for the person's sex goes before one for both.
    """
    if months is None:
        return None
    mine = [row for row in rows if row.of == of and row.from_months <= months and row.sex in (Sex.UNKNOWN, sex)]
    found: dict[str, Any] = {}
    for name in ("percent", "absolute"):
        fitting = [row for row in mine if getattr(row, name) is not None]
        if fitting:
            best = max(fitting, key=lambda row: (row.from_months, row.sex is not Sex.UNKNOWN))
            found[name] = tuple(getattr(best, name))
            found["source"] = best.source
    return Range(**found) if found else None


def rules() -> tuple[Rule, ...]:
    """What is flagged beside a differential."""
    import msgspec

    return msgspec.convert(_file("rules.toml")["rules"], tuple[Rule, ...])


def enough() -> int:
    """White cells from which on ranges, remarks and the left shift are told, unless fewer are wanted."""
    return int(_file("rules.toml")["enough"])


def enough_neutrophils() -> int:
    """Neutrophils, young and segmented, from which on the left shift is told."""
    return int(_file("rules.toml")["enough_neutrophils"])


def panel() -> tuple[PanelEntry, ...]:
    """The reference panel of normal cells."""
    import msgspec

    return msgspec.convert(_file("panel.toml")["entries"], tuple[PanelEntry, ...])


def panel_note() -> str:
    """What is to be said beneath the reference panel."""
    return str(_file("panel.toml")["note"])


def panel_picture(vault: Vault, entry: PanelEntry) -> tuple[bytes, bool]:
    """The picture of a class in the panel, and whether it is this laboratory's own; else the drawn one.

    Raises VaultError.
    """
    own = vault.settings.get(OWN_PANEL, {})
    if entry.of in own:
        return vault.pictures.get(own[entry.of]), True
    return (RESOURCES / "phantoms" / f"{entry.phantom}.png").read_bytes(), False


def set_panel_picture(vault: Vault, of: str, data: bytes | None) -> None:
    """Put a laboratory's own picture of a class into the panel, such as the crop of a reviewed cell; None takes it out.

    It is stored encrypted and names nobody. Raises NotAllowed for a class that the panel does not show, VaultError.
    """
    require(vault, Act.EXAM_REVIEW, MODE)
    if of not in {entry.of for entry in panel()}:
        raise NotAllowed("The panel does not show this class.")
    own = dict(vault.settings.get(OWN_PANEL, {}))
    if data is None:
        own.pop(of, None)
    else:
        own[of] = vault.pictures.put(data)
    vault.settings.set(OWN_PANEL, own)


def notes() -> tuple[str, ...]:
    """Where the shipped ranges come from, and what is to be done about them."""
    return (_file("ranges.toml")["note"], *(source["text"] for source in _file("ranges.toml")["sources"]))


@functools.cache
def _classes() -> tuple[CellClass, ...]:
    import msgspec

    return msgspec.convert(_file("classes.toml")["classes"], tuple[CellClass, ...])


@functools.cache
def _shipped_ranges() -> tuple[RangeRow, ...]:
    import msgspec

    table = _file("ranges.toml")
    sources = {entry["id"]: entry["text"] for entry in table["sources"]}
    return tuple(
        msgspec.convert({**age, "of": row["of"], "source": sources[row["source"]]}, RangeRow)
        for row in table["rows"]
        for age in row["ages"]
    )


def _check_keys(known: Mapping[str, CellClass]) -> None:
    used: dict[str, str] = {}
    for entry in known.values():
        if not entry.key:
            continue
        if not _KEY.fullmatch(entry.key):
            raise KeyRefused(f"The key of {entry.name} must be one small letter or digit.")
        if entry.key in used:
            raise KeyRefused(f"The key {entry.key} belongs to {used[entry.key]}: give {entry.name} another one.")
        used[entry.key] = entry.name


@functools.cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
