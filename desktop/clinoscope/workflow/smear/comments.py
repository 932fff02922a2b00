"""The morphology comments of a smear: the pick list of ``comments.toml``, and what a laboratory added to it.

A laboratory's own lie in the vault's settings, in the order in which they are offered; they are checked when they are
written. A smear keeps the words of what was picked for it (``SmearSheet.worded``), so that its report says the same
whatever becomes of the list.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.smear_sheet import MOST_OWN_COMMENTS, Comment
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear.tables import MODE

if TYPE_CHECKING:
    from clinoscope.records import Vault

OWN = "smear.comments"
"""Key of the vault's settings."""
LONGEST_NAME, LONGEST_TEXT = 40, 300
"""In letters: a name stands on one line of the sheet, a text on a few of the report."""
_KEYED = 9
GRADES = {"2": "moderate", "3": "many"}


class TextRefused(NotAllowed):
    """What the report should say is too long."""


def pick_list(vault: Vault | None = None) -> tuple[Comment, ...]:
    """All comments that are offered, the laboratory's own last. Raises VaultError."""
    return (*_shipped(), *(own(vault) if vault is not None else ()))


def own(vault: Vault) -> tuple[Comment, ...]:
    """The comments that this laboratory added, in its order. Raises VaultError."""
    import msgspec

    kept = msgspec.convert(vault.settings.get(OWN, []), tuple[Comment, ...])
    return tuple(replace(entry, own=True) for entry in kept)


def make(name: str, text: str = "") -> Comment:
    """A comment with an id that no other has. Changed words are another comment: what was picked keeps its own."""
    return Comment(id=f"own-{uuid.uuid4().hex[:8]}", name=name, text=text, own=True)


def keys(offered: Iterable[Comment]) -> dict[str, str]:
    """Which key ticks a comment in the sheet, by its id: the first nine of the laboratory's own have one."""
    first = itertools.islice((entry for entry in offered if entry.own), _KEYED)
    return {entry.id: f"Alt+{place}" for place, entry in enumerate(first, 1)}


def set_own(vault: Vault, added: Sequence[Comment]) -> None:
    """Put the laboratory's comments in the place of the ones it had.

    Raises NotAllowed for more than 30, a name that is missing, long or taken; TextRefused; VaultError.
    """
    require(vault, Act.EXAM_REVIEW, MODE)
    import msgspec

    if len(added) > MOST_OWN_COMMENTS:
        raise NotAllowed(f"There can be {MOST_OWN_COMMENTS} comments of your own at most: take one away first.")
    names = {entry.name.casefold() for entry in _shipped()}
    ids = {entry.id for entry in _shipped()}
    kept = []
    for given in added:
        entry = replace(given, name=" ".join(given.name.split()), text=" ".join(given.text.split()), own=True)
        _check(entry)
        if entry.name.casefold() in names or entry.id in ids:
            raise NotAllowed(f"There is a comment “{entry.name}” already: take another name.")
        names.add(entry.name.casefold())
        ids.add(entry.id)
        kept.append(entry)
    vault.settings.set(OWN, msgspec.to_builtins(tuple(kept)))


def words(given: str, known: Iterable[Comment]) -> str:
    """What a picked comment says: ``toxic_granulation:2`` is "Toxic granulation, moderate"; its id where it is gone."""
    name, _, grade = given.partition(":")
    said = next((entry.text or entry.name for entry in known if entry.id == name), name)
    return f"{said}, {GRADES[grade]}" if grade in GRADES else said


def worded(picked: Iterable[str], known: Iterable[Comment]) -> tuple[Comment, ...]:
    """The comments that were picked; of several in ``known`` with one id the first."""
    found = {entry.id: entry for entry in reversed(tuple(known))}
    names = (given.partition(":")[0] for given in picked)
    return tuple(found[name] for name in names if name in found)


def _check(entry: Comment) -> None:
    if not entry.name:
        raise NotAllowed("Give the comment a short name.")
    if len(entry.name) > LONGEST_NAME:
        over = len(entry.name) - LONGEST_NAME
        raise NotAllowed(f"A short name has at most {LONGEST_NAME} letters: take {over} away.")
    if len(entry.text) > LONGEST_TEXT:
        over = len(entry.text) - LONGEST_TEXT
        raise TextRefused(f"The report takes at most {LONGEST_TEXT} letters here: take {over} away.")
    if not entry.id or ":" in entry.id:
        raise ValueError("an id has letters, and no colon: that is for the grade")


@functools.cache
def _shipped() -> tuple[Comment, ...]:
    import msgspec

    groups = tomllib.loads((Path(__file__).parent / "comments.toml").read_text(encoding="utf-8"))["groups"]
    return tuple(
        replace(msgspec.convert(entry, Comment), group=group["name"]) for group in groups for entry in group["comments"]
    )
