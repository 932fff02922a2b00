"""What a package file (``package.toml``) says, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from clinoscope.domain.reading import ModelRef
from clinoscope.domain.task import Kind

FORMAT = 1
"""The package format this program reads; a package of a newer format is refused."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """How a region becomes what the network sees.

    ``size`` is the side in pixels; ``colour`` the colour space and range (only
    ``"rgb 0..255"`` is known: scaling lies inside the network); ``margin`` the share of the
    region's longer side that is added around it before it is cut out. ``outline_only`` paints
    what lies outside the region's outlines black. ``steps`` names what is done to the square, in
    order, before it is resized; see ``inference.steps``.
    """

    size: int
    margin: float = 0.0
    colour: Literal["rgb 0..255"] = "rgb 0..255"
    outline_only: bool = False
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The logits are divided by ``temperature`` before the softmax (Guo et al., ICML 2017)."""

    temperature: float


@dataclass(frozen=True, kw_only=True)
class Conformal:
    """A label is in the set when its probability is at least ``1 - quantile``.

    ``method`` is ``"lac"``: least ambiguous set (Sadinle, Lei, Wasserman, JASA 2019).
    ``coverage`` is the promised share of pictures whose set holds the true label.
    """

    coverage: float
    quantile: float
    method: Literal["lac"] = "lac"


@dataclass(frozen=True, kw_only=True)
class Caution:
    """What stands in for calibration and conformal sets where the package is not validated at this site.

    Laboratories differ, and a network is surest of itself where it learned. ``temperature`` and ``quantile`` were
    fitted to ``pictures`` of the sources ``fitted_on``, read by networks that never saw a picture of theirs;
    ``coverage`` is what the sets promise at one more laboratory, if it differs no more than those did.
    """

    temperature: float
    coverage: float
    quantile: float
    pictures: int
    fitted_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """When a picture is not of the task's kind: *cannot judge*.

    ``rule`` is ``"distance"`` (how far the features lie from those of training, above
    ``threshold``) or ``"distance+kind"`` (that, or a linear rule that tells own from foreign
    pictures says foreign). The features are those of the watcher network with the SHA-256
    ``watcher`` (see ``inference.watcher``), or the package's own embedding when that is empty. The
    numbers lie in ``reference``, a file of the package; see ``inference.rejection``.
    """

    rule: Literal["distance", "distance+kind"]
    threshold: float
    reference: str = "reference.npz"
    watcher: str = ""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Whether the network's maps may be shown as a heatmap, and the two checks behind it.

    ``randomised`` is the mean rank correlation between the maps of the network and those of the same
    network with random weights (a sanity check after Adebayo et al., NeurIPS 2018: near 0 is good);
    ``repeated`` the same between maps of a picture and of the picture changed a little (near 1 is good).
    """

    shown: bool
    randomised: float
    repeated: float


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured value with its 95 % interval; None where it cannot be measured."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "not measured"
        if self.low is None or self.high is None:
            return f"{self.value:.2f}"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, kw_only=True)
class LabelFigures:
    """How one label did: ``n`` pictures of it, and one label against the rest."""

    label: str
    n: int
    sensitivity: Figure = Figure()
    specificity: Figure = Figure()
    precision: Figure = Figure()


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """How the package did on pictures of a source it never saw in training, with the caution that the other
    sources teach where it has one; ``refused`` is the share its rejection rule would not judge."""

    source: str
    n: int
    accuracy: Figure = Figure()
    balanced_accuracy: Figure = Figure()
    ece: Figure = Figure()
    coverage: Figure = Figure()
    answered: Figure = Figure()
    accuracy_answered: Figure = Figure()
    refused: Figure = Figure()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How the package did on ``groups`` (people, lesions, slides) never seen in training.

    ``answered`` is the share of pictures with one label in the set; ``accuracy_answered`` the
    accuracy on those; ``coverage`` the share of sets that hold the true label;
    ``own_refused`` / ``foreign_refused`` the shares of new pictures of the task's kind / of other
    kinds that the rejection rule refuses, ``unseen_refused`` of kinds the rule never saw.
    ``how`` is one plain sentence on how all this was measured; ``weak`` is one plain sentence
    when the figures do not deserve trust, else "".
    """

    n: int
    groups: int
    how: str
    accuracy: Figure = Figure()
    balanced_accuracy: Figure = Figure()
    auc: Figure = Figure()
    ece: Figure = Figure()
    coverage: Figure = Figure()
    answered: Figure = Figure()
    accuracy_answered: Figure = Figure()
    own_refused: Figure = Figure()
    foreign_refused: Figure = Figure()
    unseen_refused: Figure = Figure()
    weak: str = ""
    labels: tuple[LabelFigures, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    tones: tuple[ToneFigures, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FlagRule:
    """How a package raises a flag beside its answer; see ``inference.flags``.

    ``kind``: ``"label"`` compares the probability of ``label`` with ``threshold`` (screening);
    ``"linear"`` the logistic of a linear rule on the embedding, which is no probability; ``"texture"``
    the same on the features of the watcher network, of the region cut out with ``margin``;
    ``"distance"`` the share of ordinary pictures that are less unusual than this one (relative
    distance). All numbers but thresholds lie in
    ``flags.npz``. ``only_for`` names the likeliest labels beside which the flag means anything
    (empty: all). ``sensitivity`` and ``specificity`` were measured on held-out groups.
    """

    id: str
    name: str
    note: str
    kind: Literal["label", "linear", "texture", "distance"]
    threshold: float
    label: str = ""
    margin: float = 0.0
    only_for: tuple[str, ...] = ()
    sensitivity: Figure = Figure()
    specificity: Figure = Figure()


@dataclass(frozen=True, kw_only=True)
class ToneFigures:
    """How the package did on pictures of one band of skin tone (individual typology angle)."""

    tone: str
    n: int
    accuracy: Figure = Figure()
    balanced_accuracy: Figure = Figure()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Pictures a package learned from: whose, under which licence, and what they show."""

    name: str
    licence: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Use:
    """Another package that this one works with, pinned to the exact file."""

    task: str
    name: str
    version: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PackageInfo:
    """A package file as read; its other files are not verified yet (see ``packages.load``).

    ``files`` maps every other file of the folder to its SHA-256; ``sha256`` is that of the
    package file itself. ``signature`` is a slot, empty for now. ``parameters`` are the numbers
    of a package of kind measure or count. ``adapted_from`` is the hash of the package whose last layer
    was fitted to a site's own pictures to make this one, else "".
    """

    format: int
    name: str
    version: str
    task: str
    kind: Kind
    intended_use: str
    labels: tuple[str, ...] = ()
    trained_on: str = ""
    command: str = ""
    signature: str = ""
    adapted_from: str = ""
    input: Input | None = None
    calibration: Calibration | None = None
    conformal: Conformal | None = None
    caution: Caution | None = None
    rejection: Rejection | None = None
    explanation: Explanation | None = None
    flags: tuple[FlagRule, ...] = ()
    figures: Figures | None = None
    sources: tuple[Source, ...] = ()
    uses: tuple[Use, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()
    sha256: str = ""

    @property
    def ref(self) -> ModelRef:
        return ModelRef(self.name, self.version, self.sha256)

    def __hash__(self) -> int:
        # the file names the hash of all else, so its own stands for the whole package
        return hash(self.sha256)


@dataclass(frozen=True, kw_only=True, eq=False)
class Package(PackageInfo):
    """A verified package: ``content`` holds the very bytes whose hashes were checked."""

    content: Mapping[str, bytes] = field(default_factory=dict, repr=False)
