"""What is written about a smear as a whole, and the classes its cells are sorted into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinoscope.domain.user import User

UNIDENTIFIED = "unidentified"
"""The class of a cell that needs a decision; nothing is signed while a cell is in it."""
NOT_COUNTED = "not_counted"
"""The class of what a person set aside: debris, a cell seen only in part, a blurred one."""

MOST_OWN_CLASSES = 15
MOST_OWN_COMMENTS = 30
TARGETS = (100, 200, 400)
"""How many white cells people count; any other number may be asked for as well."""


@dataclass(frozen=True, kw_only=True)
class CellClass:
    """One class of the gallery.

    ``white``: it is one of the white cells that make up 100 %. ``type`` and ``stage`` are the labels of the
    models that suggest it ("" for a class that no model knows). ``step`` counts the steps from the segmented
    neutrophil (0) back to younger ones, None outside the neutrophil line. ``key`` is one letter or digit.
    ``own`` is True for a class that this laboratory added.
    """

    id: str
    name: str
    key: str = ""
    short: str = ""
    white: bool = True
    type: str = ""
    stage: str = ""
    step: int | None = None
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A morphology comment of the pick list.

    ``name`` is what the list shows, ``text`` what the report says ("": the name). A ``graded`` one may be followed by
    a grade where it is picked, ``id:2`` or ``id:3``. ``own`` is True for one that this laboratory added.
    """

    id: str
    name: str
    text: str = ""
    group: str = ""
    graded: bool = False
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large a pixel is under one objective; holds for pictures ``width`` pixels wide."""

    objective: str
    micrometres: float
    width: int


@dataclass(frozen=True, kw_only=True)
class SmearSheet:
    """What is written about a smear as a whole; kept with its exam, signed with it.

    ``target`` white cells are to be counted; ``shortfall`` is the written reason when there are fewer.
    ``white_cells`` is the white cell count, 10⁹/L, uncorrected, ``lab`` the id of the lab value it came from
    ("" when it was typed). ``comments`` are ids of the morphology pick list, ``worded`` those comments as they were
    when they were picked, ``note`` is free text.
    ``chosen`` are the cells of the report's gallery page. ``second`` is asked to read blind; ``second_done``
    is when that reader closed the reading. ``own_classes`` are this laboratory's classes as they were then.
    ``stopped``: a person stopped the reading of the fields that wait.
    ``cells``, ``sha256`` and ``shift_from`` are set by signing: the number of cells, the hash of the signed list of all
    fields, cells and decisions, and from how many neutrophils on the left shift was told (0: from the first).
    """

    target: int = 100
    shortfall: str = ""
    white_cells: float | None = None
    lab: str = ""
    scale: Scale | None = None
    comments: tuple[str, ...] = ()
    worded: tuple[Comment, ...] = ()
    note: str = ""
    chosen: tuple[int, ...] = ()
    second: User | None = None
    second_done: datetime | None = None
    own_classes: tuple[CellClass, ...] = ()
    stopped: bool = False
    cells: int = 0
    sha256: str = ""
    shift_from: int = 0
