"""The cells of signed smears as labelled pictures, for tasks that read single cells.

A reader decided on every cell of a signed smear: the class is the label, where the task knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clinoscope.domain.picture import Pixels
from clinoscope.domain.record import Exam
from clinoscope.domain.region import Box, Region
from clinoscope.domain.smear import Cell, Field, Smear
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.domain.task import Task
from clinoscope.modes.wording import likeliest
from clinoscope.workflow.export_pictures import boxes_json, cut
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.collect import field_picture
from clinoscope.workflow.smear.reading import CELLS, STAGE, TYPE

if TYPE_CHECKING:
    from clinoscope.records import Vault


Labelled = tuple[tuple[Cell, str], ...]
"""Cells, each with its label."""


@dataclass(frozen=True, eq=False)
class CellPicture:
    """One cell cut out of its field (h, w, 3), RGB.

    ``boxes`` is the cell's place in it as JSON. ``answer`` is what ``model`` had read, ``device`` took the field,
    ``sha256`` is that of the small picture of the cell, by which the same one is known again. ``by_hand``: a person
    drew its box, where the program had not found it.
    """

    number: int
    label: str
    pixels: Pixels = field(repr=False)
    boxes: str
    device: str
    model: str
    answer: str
    sha256: str
    by_hand: bool


def also_from(task: Task) -> tuple[str, ...]:
    """The tasks whose signed exams hold cells of this one, beside its own."""
    return (CELLS,) if task.id in (TYPE, STAGE) else ()


def by_field(task: Task, exam: Exam, smear: Smear) -> tuple[tuple[Field, Labelled], ...]:
    """The decided cells of a signed smear that have a label of the task, for each field that shows any."""
    own = exam.smear.own_classes if exam.smear is not None else ()
    labels = {entry.id: label_of(entry, task) for entry in tables.classes(own).values()}
    fields = {entry.number: entry for entry in smear.fields}
    wanted: dict[int, list[tuple[Cell, str]]] = {}
    for cell in smear.standing():
        if cell.first is not None and (label := labels.get(cell.first.label)):
            wanted.setdefault(cell.field, []).append((cell, label))
    return tuple((fields[number], tuple(cells)) for number, cells in wanted.items())


def of_field(vault: Vault, task: Task, entry: Field, cells: Labelled) -> tuple[CellPicture, ...]:
    """The labelled cells of a field, cut out. Raises VaultError and PictureError when it is missing or damaged."""
    pixels = field_picture(vault, entry).pixels
    return tuple(_picture_of(task, cell, label, entry, pixels) for cell, label in cells)


def label_of(entry: CellClass, task: Task) -> str:
    """The label of a task that a class of the gallery means; "" when it is none of them."""
    known = {label.id for label in task.labels}
    return next((name for name in (entry.type, entry.stage) if name in known), "")


def _picture_of(task: Task, cell: Cell, label: str, entry: Field, pixels: Pixels) -> CellPicture:
    drawn = cell.seen.drawn_by is not None
    region = Region(cell.seen.box, "drawn" if drawn else "network", cell.seen.score)
    kept = cut(task.region, region, Box(0, 0, pixels.shape[1], pixels.shape[0]))
    read = cell.seen.stage if task.id == STAGE else cell.seen.type
    models = {TYPE: 1, STAGE: 2}  # fields name the packages of counting, types and stages, in this order
    return CellPicture(
        number=cell.number,
        label=label,
        pixels=pixels[kept.y : kept.bottom, kept.x : kept.right],
        boxes=boxes_json(region, kept),
        device=entry.picture.device,
        model=str(entry.models[models[task.id]]) if len(entry.models) > models[task.id] else "",
        answer=likeliest(read),
        sha256=cell.seen.crop,
        by_hand=drawn,
    )
