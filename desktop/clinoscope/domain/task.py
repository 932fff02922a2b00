"""A mode and its tasks, as the files in ``modes/`` describe them."""

from dataclasses import dataclass, field
from enum import StrEnum

from clinoscope.domain import spreadsheet
from clinoscope.domain.quality import QualityLimits


class Kind(StrEnum):
    """How a task arrives at its answer."""

    CLASSIFY = "classify"
    MEASURE = "measure"
    COUNT = "count"


@dataclass(frozen=True, kw_only=True)
class Label:
    """One possible answer of a task: ``id`` for files, ``name`` for people."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What one model does, such as ``skin/lesion-photo``.

    ``region`` names the finder in ``regions``; ``guide`` the outline over the live picture
    (``lips``, ``eye``, ``fingers``, ``spot``, ``dermatoscope``, ``rash``, ``parting``, ``crown``, ``field``,
    ``cell``, or a plain ``circle`` or ``square``); ``fill`` is the share of the frame's height that
    the guide takes. ``offered`` is False for tasks that only work inside another one (the type of a
    single cell, for instance, in the exam page). ``shipped`` is False
    for tasks that come without a model package: a clinic trains one on its own pictures, or installs one.
    ``colour_card`` says whether the printed colour card is looked for; ``hide_around`` that reports leave out what
    lies outside the region, which is a face, unless somebody asks for it. The labels of an ``ordered`` task are grades,
    the least first.
    """

    id: str
    name: str
    purpose: str
    kind: Kind
    region: str
    guide: str
    instruction: str
    cannot_see: str
    fill: float = 0.6
    offered: bool = True
    shipped: bool = True
    colour_card: bool = False
    hide_around: bool = False
    ordered: bool = False
    labels: tuple[Label, ...] = ()
    quality: QualityLimits = field(default_factory=QualityLimits)

    @property
    def mode(self) -> str:
        return self.id.partition("/")[0]

    def label_name(self, label: str) -> str:
        """The words for a label id; the id itself where the task does not know it."""
        return next((entry.name for entry in self.labels if entry.id == label), label)

    def label_id(self, written: str) -> str | None:
        """The label that people mean by its id or its words, in capitals or not: ``Other rash`` is ``other_rash``."""
        (wanted,) = spreadsheet.header([written])
        known = ((entry.id, spreadsheet.header([entry.id, entry.name])) for entry in self.labels)
        return next((label for label, names in known if wanted in names), None)


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One field of work: a file in ``modes/``, a colourless icon, and its tasks."""

    id: str
    name: str
    icon: str
    summary: str
    tasks: tuple[Task, ...]
