"""Fields into a smear: stored at once, read one after the other, and no cell counted twice."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clinoscope import __version__
from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef
from clinoscope.domain.smear import Field, FieldState, Smear
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.reading import CELLS, FieldRead, read_field

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.records.smears import Placed
    from clinoscope.regions.track import Spot, Track

_KEPT = 4
"""Decoded pictures of fields just added, so that they are not decoded again to be read; 4 MB each."""


def begin(vault: Vault, patient: Patient, target: int = 100) -> Exam:
    """Begin a smear for a patient: a draft without a field yet. Raises NotAllowed for a target below 1, VaultError."""
    require(vault, Act.EXAM_TAKE, tables.MODE)
    if target < 1:
        raise NotAllowed("At least one white cell is to be counted.")
    exam = Exam(
        id=uuid.uuid4().hex,
        version=1,
        patient_id=patient.id,
        task=CELLS,
        state=ExamState.DRAFT,
        created_at=datetime.now(UTC),
        program=__version__,
        smear=SmearSheet(target=target, own_classes=tables.own_classes(vault)),
    )
    vault.exams.save_draft(exam)
    return exam


def reference(vault: Vault, picture: Picture) -> PictureRef:
    """Store a field's picture, encrypted; what a row keeps of it. Raises VaultError."""
    return PictureRef(
        sha256=vault.pictures.put(picture.data),
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        origin=picture.origin,
        device=picture.device,
        taken_at=picture.taken_at,
        phantom=picture.phantom,
        page=picture.page,
        clock=picture.clock,
    )


class Collector:
    """Adds fields to one draft and reads them. May be used from any thread; reads one field at a time."""

    def __init__(self, vault: Vault, exam: Exam, smear: Smear) -> None:
        self._vault, self._exam = vault, exam
        self._fields = {entry.number: entry for entry in smear.fields}
        self._cells = {cell.number: cell for cell in smear.cells}
        self._pixels: OrderedDict[int, Pixels] = OrderedDict()
        self._changing, self._reading = threading.Lock(), threading.Lock()
        self._track: Track | None = None

    @property
    def waiting(self) -> int:
        """Fields that are stored and not read yet."""
        with self._changing:
            return sum(entry.state is FieldState.ADDED for entry in self._fields.values())

    def add(self, picture: Picture) -> Field:
        """Store a field; it is safe when this returns. Raises NotAllowed for one that is in already, VaultError."""
        added = self._vault.smears.add_field(self._exam, reference(self._vault, picture))
        with self._changing:
            self._fields[added.number] = added
            self._pixels[added.number] = picture.pixels
            while len(self._pixels) > _KEPT:
                self._pixels.popitem(last=False)
        return added

    def read_next(self) -> Smear | None:
        """Read the field that has waited longest; what changed of the smear, None when none waits.

        Raises PackageError, VaultError; the field then still waits.
        """
        with self._reading:
            with self._changing:
                left = [entry for entry in self._fields.values() if entry.state is FieldState.ADDED]
                if not left:
                    return None
                entry = min(left, key=lambda one: one.number)
                pixels = self._pixels.get(entry.number)
            pixels = self._pixels_of(entry) if pixels is None else pixels
            read = read_field(pixels, phantom=entry.picture.phantom, validated=_validated(self._vault))
            return self._keep(entry, read)

    def changed(self, field: Field) -> None:
        """Take in that a field was set aside or taken back."""
        with self._changing:
            self._fields[field.number] = field

    def _keep(self, entry: Field, read: FieldRead) -> Smear:
        spot = self._opened().place(entry.number, read.small, read.width, read.height)
        placed = self._placed(spot, read)
        here = replace(entry, track=spot.track, x=spot.x, y=spot.y)
        part = self._vault.smears.set_read(self._exam, here, placed, read.small, read.models)
        with self._changing:
            self._fields.update({one.number: one for one in part.fields})
            self._cells.update({cell.number: cell for cell in part.cells})
            self._pixels.pop(entry.number, None)
        return part

    def _placed(self, spot: Spot, read: FieldRead) -> list[Placed]:
        """The found cells, each with the earlier one that it is."""
        from clinoscope.records.smears import Placed
        from clinoscope.regions.track import Seen, same_cells

        near = {other.number: other for other in self._opened().overlapping(spot)}
        aside = {number for number, entry in self._fields.items() if entry.state is FieldState.ASIDE}
        earlier = [
            Seen(cell.number, cell.field, cell.seen.box, cell.seen.kind)
            for cell in self._cells.values()
            if cell.same_as is None and cell.field in near and cell.field not in aside
        ]
        pairs = {
            pair.new: pair for pair in same_cells(spot, [(cell.box, cell.kind) for cell in read.cells], earlier, near)
        }
        return [
            Placed(
                seen,
                crop,
                same_as=pairs[index].number if index in pairs else None,
                replaces=index in pairs and pairs[index].replaces,
            )
            for index, (seen, crop) in enumerate(zip(read.cells, read.crops, strict=True))
        ]

    def _opened(self) -> Track:
        """The track with all fields that were placed before."""
        from clinoscope.regions.track import Spot, Track

        if self._track is None:
            self._track = Track(lambda number: self._vault.smears.small_fields(self._exam, [number])[number])
            for entry in self._fields.values():
                if entry.track is not None:
                    taken = entry.picture
                    self._track.known(Spot(entry.number, entry.track, entry.x, entry.y, taken.width, taken.height))
        return self._track

    def _pixels_of(self, entry: Field) -> Pixels:
        return field_picture(self._vault, entry).pixels


def field_picture(vault: Vault, entry: Field) -> Picture:
    """A field's picture at full resolution, decoded and checked against its hash. Raises VaultError."""
    from clinoscope.capture.files import open_picture

    taken = entry.picture
    picture = open_picture(vault.pictures.get(taken.sha256), taken.origin, taken.device, page=taken.page)
    return replace(picture, taken_at=taken.taken_at, clock=taken.clock, phantom=taken.phantom)


def _validated(vault: Vault) -> frozenset[str]:
    """The hashes of the packages that read cells and have passed this site's test. Raises PackageError, VaultError."""
    from clinoscope.inference import packages
    from clinoscope.workflow import acceptance

    uses = packages.for_task(CELLS).uses
    passed = (acceptance.validated(vault, ModelRef(use.name, use.version, use.sha256)) for use in uses)
    return frozenset(use.sha256 for use, here in zip(uses, passed, strict=True) if here)
