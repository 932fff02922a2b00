"""The sheet of a smear: what a person may change about it, and the classes that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.smear_sheet import CellClass, SmearSheet
from clinoscope.workflow.smear import comments, tables

if TYPE_CHECKING:
    from clinoscope.records import Vault

_SET_BY_ACTS = frozenset({"second", "second_done", "cells", "sha256", "own_classes", "worded", "shift_from", "stopped"})
_MOST_WHITE_CELLS = 1000.0


def changed(sheet: SmearSheet, changes: Mapping[str, Any]) -> SmearSheet:
    """The sheet with the fields that a person changed.

    Raises NotAllowed for a target below 1 and a white cell count that cannot be; TypeError for a name that a sheet does
    not have or an act of its own sets.
    """
    if _SET_BY_ACTS & changes.keys():
        raise TypeError("these are set by acts of their own")
    made = replace(sheet, **changes)
    if made.target < 1:
        raise NotAllowed("At least one white cell is to be counted.")
    if made.white_cells is not None and not 0 < made.white_cells <= _MOST_WHITE_CELLS:
        raise NotAllowed("The white cell count must lie between 0 and 1000 · 10⁹/L.")
    return made


def worded(vault: Vault, sheet: SmearSheet) -> SmearSheet:
    """The sheet with its comments as they are worded: what was picked keeps the words it was picked with.

    Raises VaultError.
    """
    return replace(sheet, worded=comments.worded(sheet.comments, (*sheet.worded, *comments.pick_list(vault))))


def comment_lines(vault: Vault, sheet: SmearSheet) -> tuple[tuple[str, str], ...]:
    """The picked comments, each with its group ("" for the laboratory's own) and its words. Raises VaultError."""
    known = worded(vault, sheet).worded
    groups = {entry.id: entry.group for entry in known}
    return tuple((groups.get(given.partition(":")[0], ""), comments.words(given, known)) for given in sheet.comments)


def classes(vault: Vault, exam: Exam) -> dict[str, CellClass]:
    """The classes a smear is sorted into: a draft's are this laboratory's of now and those it began with.

    Raises VaultError.
    """
    assert exam.smear is not None, "asked of smears only"
    own = {entry.id: entry for entry in exam.smear.own_classes}
    if exam.state is ExamState.DRAFT:
        own |= {entry.id: entry for entry in tables.own_classes(vault)}
    return tables.classes(own.values(), vault.settings.get(tables.KEYS, {}))
