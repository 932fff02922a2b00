"""What a model says about a region. It suggests; a clinician decides and signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clinoscope.domain.region import Box

UNSURE = "unsure"
CANNOT_JUDGE = "cannot judge"
MEASURED = "measured"
"""The answer of a task that measures numbers and has no labels (lips)."""
COUNTED = "counted"
"""The answer of a task that finds and types cells."""


@dataclass(frozen=True)
class ModelRef:
    """The exact model package that made a reading; ``sha256`` is that of its package file,
    which in turn names the hash of every other file of the package."""

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        """As it is typed on the command line and written into files: ``skin-rash@2.1.0``."""
        return f"{self.name}@{self.version}"

    @property
    def shown(self) -> str:
        """As people read it on screens, in reports and in sentences: ``skin-rash 2.1.0``."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Measure:
    """A number read off the picture: ``value`` ± ``uncertainty`` (one standard deviation)."""

    name: str
    value: float
    uncertainty: float
    unit: str = ""


@dataclass(frozen=True)
class Flag:
    """A remark beside the answer, such as *vacuoles* or *anemia cannot be excluded*.

    ``value`` 0..1 is held against the threshold of the package's rule; ``raised`` says whether it
    is over it. ``note`` is one sentence for people: what it means, and what the threshold was chosen for.
    """

    id: str
    name: str
    value: float
    raised: bool
    note: str = ""


@dataclass(frozen=True)
class CellReading:
    """One white cell of a field: where it is, and how its type and stage were read.

    ``stage`` is empty unless the cell is of the neutrophil line.
    """

    box: Box
    score: float
    type: Mapping[str, float] = field(default_factory=dict)
    stage: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """``answer`` is one label, ``unsure``, ``cannot judge``, ``measured`` or ``counted``.

    ``labels`` is the conformal set, likeliest first: the labels that cannot be excluded at
    the package's stated coverage. ``probabilities`` are calibrated and sum to 1, one for every
    label in the package's order. ``reason`` is one sentence when the answer is *cannot judge*. ``cautious`` says
    that both come of the package's second calibration, for sites that have not validated it.
    """

    task: str
    answer: str
    model: ModelRef
    labels: tuple[str, ...] = ()
    probabilities: Mapping[str, float] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    cells: tuple[CellReading, ...] = ()
    flags: tuple[Flag, ...] = ()
    reason: str = ""
    cautious: bool = False

    @property
    def top(self) -> str:
        """The likeliest label, even when the answer is *unsure*; "" where there are none."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default="")
