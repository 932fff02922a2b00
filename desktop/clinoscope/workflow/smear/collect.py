"""Fields into a smear: stored at once, read one after the other, and no cell counted twice."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clinoscope import __version__
from clinoscope.domain.access import Act
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, Field, FieldState, SeenCell, Smear
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.workflow.permissions import require
from clinoscope.workflow.smear import by_hand, tables
from clinoscope.workflow.smear.reading import CELLS, FieldRead, read_drawn, read_field

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
    def waiting(self) -> tuple[int, ...]:
        """The numbers of the fields that are stored and not read yet."""
        with self._changing:
            return tuple(entry.number for entry in self._fields.values() if entry.state is FieldState.ADDED)

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

        A picture that does not look like a field of a smear is set aside at once.
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

    def add_cell(self, number: int, box: Box) -> Smear:
        """Read and keep a cell that the vault's user drew in a field; what changed of the smear, the cell last.

        Raises NotAllowed for a box that is too small, outside the field, over all of it or over a cell that is there,
        for a field that does not count, or when the smear is no draft; PackageError, VaultError.
        """
        from clinoscope.records.smears import NOT_READ

        with self._reading:
            with self._changing:
                entry = self._fields[number]
                known = tuple(self._cells.values())
            if entry.state is not FieldState.READ:
                raise NotAllowed(NOT_READ.format(number))
            pixels = self._pixels_of(entry)
            box = by_hand.fitted(box, pixels.shape[1], pixels.shape[0])
            by_hand.refuse_twice(box, number, known)
            others = [cell.seen.box for cell in known if cell.field == number and not cell.gone]
            drawn, validated = entry.picture.phantom, _validated(self._vault)
            read = read_drawn(pixels, box, others, self._vault.user, phantom=drawn, validated=validated)
            (placed,) = self._placed(_spot(entry), [read.seen], [read.crop])
            if placed.same_as in self._counting() and not placed.replaces:
                raise NotAllowed(by_hand.already(placed.same_as))
            return self._took_in(self._vault.smears.add_cell(self._exam, number, placed, read.models))

    def set_gone(self, number: int, *, gone: bool) -> Smear:
        """Take a cell away that was added by hand, or put it back. Raises NotAllowed, VaultError."""
        with self._reading:
            return self._took_in(self._vault.smears.set_gone(self._exam, number, gone=gone))

    def changed(self, fields: Iterable[Field]) -> None:
        """Take in that fields were set aside or taken back."""
        with self._changing:
            self._fields.update({entry.number: entry for entry in fields})

    def _keep(self, entry: Field, read: FieldRead) -> Smear:
        spot = self._opened().place(entry.number, read.small, read.width, read.height)
        placed = self._placed(spot, read.cells, read.crops)
        here = replace(entry, track=spot.track, x=spot.x, y=spot.y)
        part = self._vault.smears.set_read(self._exam, here, placed, read.small, read.models, aside=read.strange)
        with self._changing:
            self._pixels.pop(entry.number, None)
        return self._took_in(part)

    def _counting(self) -> dict[int, Cell]:
        """The cells that a person decides on, each by the number of the cell that it stands for."""
        whole = Smear(tuple(self._fields.values()), tuple(self._cells.values()))
        return {cell.same_as or cell.number: cell for cell in whole.standing()}

    def _took_in(self, part: Smear) -> Smear:
        with self._changing:
            self._fields.update({one.number: one for one in part.fields})
            self._cells.update({cell.number: cell for cell in part.cells})
        return part

    def _placed(self, spot: Spot, cells: Sequence[SeenCell], crops: Sequence[bytes]) -> list[Placed]:
        """The cells of a field, each with the earlier one that it is."""
        from clinoscope.records.smears import Placed
        from clinoscope.regions.track import Seen, same_cells

        near = {other.number: other for other in self._opened().overlapping(spot)}
        # Also those of fields set aside and those taken away: they may come back, and then are no other cells.
        known = {cell.number: cell for cell in self._cells.values() if cell.same_as is None} | self._counting()
        earlier = [
            Seen(number, cell.field, cell.seen.box, cell.seen.kind)
            for number, cell in known.items()
            if cell.field in near
        ]
        pairs = {pair.new: pair for pair in same_cells(spot, [(cell.box, cell.kind) for cell in cells], earlier, near)}
        return [
            Placed(
                seen,
                crop,
                same_as=pairs[index].number if index in pairs else None,
                replaces=index in pairs and pairs[index].replaces,
            )
            for index, (seen, crop) in enumerate(zip(cells, crops, strict=True))
        ]

    def _opened(self) -> Track:
        """The track with all fields that were placed before."""
        from clinoscope.regions.track import Track

        if self._track is None:
            self._track = Track(lambda number: self._vault.smears.small_fields(self._exam, [number])[number])
            for entry in self._fields.values():
                if entry.track is not None:
                    self._track.known(_spot(entry))
        return self._track

    def _pixels_of(self, entry: Field) -> Pixels:
        return field_picture(self._vault, entry).pixels


def _spot(entry: Field) -> Spot:
    """Where a field lies that was read."""
    from clinoscope.regions.track import Spot

    assert entry.track is not None, "a field that was read has its place"
    return Spot(entry.number, entry.track, entry.x, entry.y, entry.picture.width, entry.picture.height)


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
