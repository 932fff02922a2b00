"""The second reader: reads blind, and is then compared with the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clinoscope.domain.access import Act
from clinoscope.domain.record import Exam, User
from clinoscope.domain.smear import Cell, Smear
from clinoscope.workflow import permissions
from clinoscope.workflow.smear import tables

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.records.smear_rows import Noted

FIRST_TAKES = "The fields are the first reader's: yours is the blind reading."
UNREAD = "Fields are not read yet: the first reader has them read, or takes them out."

FIRST, SECOND = 1, 2
"""As ``records.smear_rows`` has them."""


@dataclass(frozen=True)
class Difference:
    """A cell that the two readers put into different classes when neither knew of the other's."""

    cell: int
    first: str
    second: str


@dataclass(frozen=True)
class Comparison:
    """Both readers against each other. ``kappa`` has ``value``, ``low`` and ``high`` (95 %, by bootstrap over
    fields), each None where it is not defined; ``cells`` is how many both decided on."""

    cells: int
    agreed: int
    kappa: dict[str, float | None] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


def readers(vault: Vault) -> tuple[User, ...]:
    """Who else may be asked to read blind: everyone who may review smears. Raises VaultError."""
    return tuple(
        account.user
        for account in vault.custody.accounts()
        if account.user.id != vault.user.id
        and not account.removed
        and permissions.allowed(account.roles, Act.EXAM_REVIEW, tables.MODE)
    )


def role(exam: Exam, user: User) -> int:
    """Which reader a user is: the second where the sheet names them, else the first."""
    sheet = exam.smear
    return SECOND if sheet is not None and sheet.second is not None and sheet.second.id == user.id else FIRST


def seen_by(cells: Sequence[Cell], reader: int, done: datetime | None) -> tuple[Cell, ...]:
    """The cells as a reader may see them: while the second one reads, each sees only their own decisions.

    What the reader decided stands in ``first`` then, so that a cell's ``label`` is theirs.
    """
    if done is not None:
        return tuple(cells)
    if reader == SECOND:
        return tuple(replace(cell, first=cell.second, second=None) for cell in cells)
    return tuple(replace(cell, second=None) for cell in cells)


def compare(vault: Vault, exam: Exam, smear: Smear) -> Comparison | None:
    """Both readings as they were when the second reader finished; None before, and without a second reader.

    Cells that only one of them decided on are left out. Raises VaultError.
    """
    sheet = exam.smear
    if sheet is None or sheet.second_done is None:
        return None
    blind = _blind(vault.smears.decisions(exam), sheet.second_done)
    pairs = [
        (cell, blind[cell.number, FIRST], blind[cell.number, SECOND])
        for cell in smear.standing()
        if (cell.number, FIRST) in blind and (cell.number, SECOND) in blind
    ]
    different = tuple(Difference(cell.number, one, other) for cell, one, other in pairs if one != other)
    return Comparison(len(pairs), len(pairs) - len(different), _kappa(pairs), different)


def _blind(made: Sequence[Noted], until: datetime) -> dict[tuple[int, int], str]:
    """The last decision of each reader on each cell up to a time; without what was taken back."""
    last = {(note.cell, note.reader): note.label for note in made if note.at <= until}
    return {key: label for key, label in last.items() if label}


def _kappa(pairs: Sequence[tuple[Cell, str, str]]) -> dict[str, float | None]:
    import numpy as np

    from clinoscope.inference.agreement import NONE, kappa

    labels = sorted({label for _, one, other in pairs for label in (one, other)})
    if len(labels) < 2:
        return dict(NONE)
    place = {label: index for index, label in enumerate(labels)}
    first: Any = np.array([place[one] for _, one, _ in pairs])
    second: Any = np.array([place[other] for _, _, other in pairs])
    return kappa(first, second, len(labels), [str(cell.field) for cell, _, _ in pairs])
