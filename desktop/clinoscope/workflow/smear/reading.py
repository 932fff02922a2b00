"""One field from its pixels to its cells: found, typed, staged, flagged, cut out. The same for bench and batch, and for
a cell that a person adds by hand."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clinoscope import modes
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, ModelRef
from clinoscope.domain.region import Box, Region
from clinoscope.domain.smear import CellKind, SeenCell
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED, CellClass
from clinoscope.domain.user import User
from clinoscope.workflow.smear import tables

if TYPE_CHECKING:
    from clinoscope.inference.card import Package
    from clinoscope.regions.cells import FoundCell

CELLS, TYPE, STAGE = "neutrophil/cells", "neutrophil/type", "neutrophil/stage"
SMUDGE = "smudge"

LEAST_SURE = 0.5
"""Probability of the likeliest class under which a cell is suggested as unidentified: another class is likelier
altogether than the one that would be named."""

CROP_MARGIN = 0.3
"""Of a cell's longer side, on every side: neighbours show how large a red cell is."""

_CROP_SIDE = 160


@dataclass(frozen=True, eq=False)
class FieldRead:
    """All that was read in one field. ``crops`` are JPEG, one for each cell; ``small`` is the grey copy that tells
    where the field lies; ``models`` are the packages of counting, types and stages. ``strange``: nothing in the picture
    speaks for a field of a smear (``inference.cells``)."""

    width: int
    height: int
    cells: tuple[SeenCell, ...]
    crops: tuple[bytes, ...] = field(repr=False)
    small: bytes = field(repr=False)
    models: tuple[ModelRef, ...]
    phantom: bool = False
    strange: bool = False


def read_field(pixels: Pixels, *, phantom: bool = False, validated: Container[str] = ()) -> FieldRead:
    """Find and read the white cells of a field, RGB (height, width, 3). Raises PackageError.

    Of a ``phantom``, a drawn picture, it is not asked whether its cells look like those the model learned from, nor
    whether it is a field at all.
    ``validated`` holds the hashes of packages that passed this site's own test; others are read with their caution.
    """
    from clinoscope.inference import cells as counting
    from clinoscope.regions import cell_kinds, track
    from clinoscope.regions.cells import find_cells
    from clinoscope.regions.geometry import whole

    reader = _reader(phantom, validated)
    found = find_cells(pixels)
    kinds = cell_kinds.kinds(pixels, [cell.box for cell in found])
    seen, crops = [], []
    for cell, kind in zip(found, kinds, strict=True):
        crop = cut_out(pixels, cell.box)
        seen.append(_read_cell(pixels, cell, kind, reader, hashlib.sha256(crop).hexdigest()))
        crops.append(crop)
    height, width = pixels.shape[:2]
    told = [cell.foreign for cell in seen[: counting.ASKED]]
    strange = not phantom and counting.nothing_speaks(pixels, whole(pixels, 1.0), told)
    small = track.encoded(pixels)
    return FieldRead(width, height, tuple(seen), tuple(crops), small, reader.models, phantom, strange)


@dataclass(frozen=True, eq=False)
class CellRead:
    """A cell that a person drew, as it was read: what was seen, its small picture (JPEG), the packages that read it."""

    seen: SeenCell
    crop: bytes = field(repr=False)
    models: tuple[ModelRef, ...]


def read_drawn(
    pixels: Pixels,
    box: Box,
    others: Sequence[Box],
    by: User,
    *,
    phantom: bool = False,
    validated: Container[str] = (),
) -> CellRead:
    """Read the cell in a box that ``by`` drew in a field, as ``read_field`` reads those it finds. Raises PackageError.

    ``others`` are the boxes of the field's cells: by them it is told whether this one touches another.
    """
    from clinoscope.regions import cell_kinds
    from clinoscope.regions.cells import FoundCell

    reader = _reader(phantom, validated)
    kind = cell_kinds.kinds(pixels, [box, *others])[0]
    crop = cut_out(pixels, box)
    seen = _read_cell(pixels, FoundCell(box, 1.0), kind, reader, hashlib.sha256(crop).hexdigest())
    return CellRead(replace(seen, drawn_by=by), crop, reader.models)


def cut_out(pixels: Pixels, box: Box) -> bytes:
    """The small picture of a cell for the gallery, a square JPEG of 160 pixels at most."""
    import cv2

    from clinoscope.inference.classify import resize
    from clinoscope.regions import crop

    square = crop(pixels, box, CROP_MARGIN)
    if square.shape[0] > _CROP_SIDE:
        square = resize(square, _CROP_SIDE)
    done, data = cv2.imencode(".jpg", square[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return bytes(data)


def class_shares(type_of: Mapping[str, float], stage_of: Mapping[str, float]) -> dict[str, float]:
    """The probability of every class that a model can suggest: that of its type, parted by the stages of that type.

    The neutrophil line is two types of five stages; each stage's share counts within its type alone. Without
    stages a neutrophil is taken for a segmented one, an immature granulocyte for a metamyelocyte.
    """
    shares: dict[str, float] = {}
    for label, share in type_of.items():
        own = _classes_of_type().get(label, ())
        if len(own) < 2:
            shares.update({entry.id: share for entry in own})
            continue
        weights = [stage_of.get(entry.stage, 0.0) for entry in own]
        whole = sum(weights)
        parts = [weight / whole for weight in weights] if whole > 0 else [1.0] + [0.0] * (len(own) - 1)
        shares.update({entry.id: share * part for entry, part in zip(own, parts, strict=True)})
    return shares


def suggestion(kind: CellKind, shares: Mapping[str, float], *, foreign: bool) -> tuple[str, float]:
    """The class that is suggested for a cell, and the doubt about it, 0..1: what speaks for all other classes.

    Cells that the edge cuts are set to *not counted* (the next field shows them whole), smudged ones to their own
    class, what no class reaches one half for is *unidentified*. A cell unlike all that the model learned from is
    named, with the greatest doubt: it stands first in its class.
    """
    best = max(shares, key=shares.__getitem__, default=UNIDENTIFIED)
    sure = shares.get(best, 0.0)
    doubt = 1.0 if foreign else round(1.0 - sure, 4)
    if kind is CellKind.CUT:
        return NOT_COUNTED, doubt
    if kind is CellKind.SMUDGED:
        return SMUDGE, max(doubt, 0.5)
    if sure < LEAST_SURE:
        return UNIDENTIFIED, doubt
    return best, doubt


@dataclass(frozen=True, eq=False)
class _Reader:
    """The packages that read the cells of a field, whether each is validated here, and whether the field is drawn.

    ``models`` are those of counting, types and stages."""

    models: tuple[ModelRef, ...]
    types: Package
    stages: Package
    types_validated: bool
    stages_validated: bool
    phantom: bool


def _reader(phantom: bool, validated: Container[str]) -> _Reader:
    from clinoscope.inference import cells as counting
    from clinoscope.inference import packages

    count = packages.for_task(CELLS)
    types, stages = counting.used(count, TYPE), counting.used(count, STAGE)
    models = (count.ref, types.ref, stages.ref)
    return _Reader(models, types, stages, types.sha256 in validated, stages.sha256 in validated, phantom)


def _read_cell(pixels: Pixels, cell: FoundCell, kind: CellKind, reader: _Reader, crop: str) -> SeenCell:
    from clinoscope.inference import cells as counting
    from clinoscope.inference import classify
    from clinoscope.modes.wording import likeliest

    region = Region(cell.box, "network", cell.score)
    reading = classify.classify(modes.task(TYPE), pixels, region, reader.types, reader.phantom, reader.types_validated)
    cautious = reading.cautious
    stage: Mapping[str, float] = {}
    if likeliest(reading.probabilities) in counting.NEUTROPHIL_LINE:
        stage = classify.distribution(pixels, region, cell.box, reader.stages, reader.stages_validated)
        cautious = cautious or (reader.stages.caution is not None and not reader.stages_validated)
    foreign = reading.answer == CANNOT_JUDGE
    suggested, doubt = suggestion(kind, class_shares(reading.probabilities, stage), foreign=foreign)
    return SeenCell(
        box=cell.box,
        score=cell.score,
        kind=kind,
        suggested=suggested,
        doubt=doubt,
        type={label: round(share, 4) for label, share in reading.probabilities.items()},
        stage={label: round(share, 4) for label, share in stage.items()},
        flags=reading.flags,
        foreign=foreign,
        crop=crop,
        cautious=cautious,
    )


@functools.cache
def _classes_of_type() -> dict[str, tuple[CellClass, ...]]:
    found: dict[str, tuple[CellClass, ...]] = {}
    for entry in tables.classes().values():
        if entry.type:
            found[entry.type] = (*found.get(entry.type, ()), entry)
    return found
