"""How large a pixel is under each objective, from a picture of a stage micrometer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed, PictureError
from clinoscope.domain.picture import Picture
from clinoscope.domain.smear_sheet import Scale
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear import tables

if TYPE_CHECKING:
    from clinoscope.records import Vault

OBJECTIVES = "smear.objectives"
"""Key of the vault's settings."""

DIVISION = 10.0
"""Micrometres between two lines of the usual stage micrometer: 1 mm in 100 parts."""

_FINEST, _COARSEST = 0.005, 20.0
"""Micrometres a pixel that a microscope camera cannot be below or above."""

_LOOSEST = 0.01
"""Relative standard error of the spacing above which a measurement is refused."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """One calibrated objective: ``micrometres`` a pixel in pictures ``width`` pixels wide, from ``lines`` lines.

    ``error`` is the relative standard error of the spacing; ``device`` and ``by`` are names, ``at`` is UTC.
    """

    name: str
    micrometres: float
    width: int
    lines: int
    error: float
    device: str
    by: str
    at: datetime

    @property
    def scale(self) -> Scale:
        return Scale(objective=self.name, micrometres=self.micrometres, width=self.width)


def measure(picture: Picture, name: str, by: str, division: float = DIVISION) -> Objective:
    """Measure an objective with a picture of a micrometer whose lines lie ``division`` micrometres apart.

    Raises PictureError when no ruling can be trusted, or when what comes out cannot be a microscope's; NotAllowed
    without a name.
    """
    from clinoscope.regions.ruling import find_ruling

    name = " ".join(name.split())
    if not name:
        raise NotAllowed("The objective needs a name, such as 100x oil.")
    ruling = find_ruling(picture.pixels)
    error = ruling.uncertainty / ruling.period
    micrometres = division / ruling.period
    if error > _LOOSEST:
        raise PictureError("The lines are not sharp enough to be measured to 1 %: focus, and take the picture anew.")
    if not _FINEST <= micrometres <= _COARSEST:
        raise PictureError(
            f"A pixel would be {micrometres:.3g} µm, which no microscope camera has: check the spacing of the lines."
        )
    return Objective(
        name=name,
        micrometres=micrometres,
        width=picture.width,
        lines=ruling.lines,
        error=error,
        device=picture.device,
        by=by,
        at=datetime.now(UTC),
    )


def objectives(vault: Vault) -> tuple[Objective, ...]:
    """The calibrated objectives, by name. Raises VaultError."""
    import msgspec

    return msgspec.convert(vault.settings.get(OBJECTIVES, []), tuple[Objective, ...])


def keep(vault: Vault, measured: Objective) -> None:
    """Keep a measurement; it takes the place of an earlier one of its name and picture width. Raises VaultError."""
    require(vault, Act.EXAM_REVIEW, tables.MODE)
    others = [entry for entry in objectives(vault) if (entry.name, entry.width) != (measured.name, measured.width)]
    _store(vault, [*others, measured])


def forget(vault: Vault, entry: Objective) -> None:
    """Take a calibration away. Signed smears keep theirs. Raises VaultError."""
    require(vault, Act.EXAM_REVIEW, tables.MODE)
    _store(vault, [one for one in objectives(vault) if one != entry])


def _store(vault: Vault, entries: Sequence[Objective]) -> None:
    import msgspec

    ordered = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.width))
    vault.settings.set(OBJECTIVES, msgspec.to_builtins(ordered))
