"""Readings and reviews in words: the same on the screen, in the report and in a message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinoscope.domain.correction import Correction, Reference
from clinoscope.domain.counts import listed, many
from clinoscope.domain.quality import Check, Finding
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, CellReading, Flag, Measure, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task

WHITE_CELLS = "white cells"
"""The name of the measure that says how many were counted."""
NOT_WHITE = frozenset({"erythroblast", "platelet"})
"""Types that are read but do not count as white cells."""
NOT_COUNTED = "Erythroblasts and platelets are not white cells and are left out of the count."
_PLAIN = (
    (
        re.compile(
            r"the threshold was chosen for sensitivity, to raise this on at least (\d+)\s?% of such pictures, so it is"
            r" also raised on others"
        ),
        r"it is set to come up for at least \1 of 100 such pictures, so it also comes up for others",
    ),
    (
        re.compile(
            r"raised when it is less usual than (\d+)\s?% of ordinary pictures, and not measured on abnormal ones"
        ),
        r"it comes up when \1 of 100 ordinary pictures look more usual; how many abnormal ones it finds is not known",
    ),
)
"""What training writes about a flag (training.flags), and the same for whoever stands beside a patient."""
_SCREENING = " cannot be excluded"
"""How the name of a screening flag ends (training.flags)."""


def answer_words(task: Task, answer: str) -> str:
    """An answer as a person says it: a label's name, "Unsure", "Cannot judge"."""
    fixed = {UNSURE: "Unsure", CANNOT_JUDGE: "Cannot judge", MEASURED: "Measured", COUNTED: "Counted"}
    return fixed.get(answer) or task.label_name(answer)


def headline(task: Task, reading: Reading) -> str:
    """The answer of a reading: what stands first and largest."""
    if reading.answer == COUNTED:
        count = _counted(reading)
        return white_cells(count) if count else "No white cell"
    if reading.answer == MEASURED and reading.measures:
        return measure_words(reading.measures[0])
    return answer_words(task, reading.answer)


def detail(task: Task, reading: Reading) -> str:
    """The line under the answer: what it hesitates between, or why it cannot judge."""
    if reading.answer == CANNOT_JUDGE:
        return reading.reason
    if reading.answer == UNSURE:
        names = [task.label_name(label) for label in reading.labels]
        return listed([*names[:1], *(name[:1].lower() + name[1:] for name in names[1:])], "or")
    return ""


def raised_flags(reading: Reading) -> tuple[Flag, ...]:
    """The remarks that stand beside the answer; none beside what cannot be judged."""
    return tuple(flag for flag in reading.flags if flag.raised and reading.answer != CANNOT_JUDGE)


def checked(reading: Reading) -> str:
    """What was looked for and not flagged: "Checked, not flagged: vacuoles, unusual cell"; "" for nothing.

    It never says that something is absent: a flag that is not raised is no finding. Of a screening flag only what it
    looks for is named: "not flagged: melanoma cannot be excluded" would be read as its contrary.
    """
    quiet = [flag for flag in reading.flags if not flag.raised and reading.answer != CANNOT_JUDGE]
    names = (_in_a_line(flag.name.removesuffix(_SCREENING)) for flag in quiet)
    return "Checked, not flagged: " + ", ".join(names) if quiet else ""


def flag_note(flag: Flag) -> str:
    """What a flag means, as it stands beneath its name: where the note begins with the very name, what follows it."""
    note = plain_note(flag.note)
    start, colon, rest = note.partition("; ")
    said = bool(colon) and flag.name.endswith(_SCREENING) and start.startswith(flag.name)
    return rest[:1].upper() + rest[1:] if said else note


def plain_note(note: str) -> str:
    """The note of a package's flag in words that need no statistics. Packages are signed for by their hash and keep
    what their training wrote; a note in other words is shown as it is."""
    for written, plain in _PLAIN:
        note = written.sub(plain, note)
    return note


def _in_a_line(name: str) -> str:
    """A name inside a sentence; one that begins with an abbreviation in capitals keeps it."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def certainty(reading: Reading) -> str:
    """How likely the answer is, calibrated: "84 %"; "" for *unsure*, *cannot judge* and what is no label."""
    return percent(reading.probabilities[reading.answer]) if reading.answer in reading.probabilities else ""


def correction_words(correction: Correction) -> str:
    """What the colours were corrected by: "Colours corrected with the colour card"."""
    if correction.reference is Reference.CARD:
        return "Colours corrected with the colour card"
    made = f", made {correction.made_at.astimezone():%Y-%m-%d}" if correction.made_at else ""
    return f"Colours corrected with the profile of {correction.profile}{made}"


def correction_figures(correction: Correction) -> str:
    """By how much, for who wants to know: "red × 1.12, green × 0.98, blue × 0.91; printed card 1, quality 92 %"."""
    gains = ", ".join(
        f"{name} × {gain:.2f}" for name, gain in zip(("red", "green", "blue"), correction.gains, strict=True)
    )
    evened = ", evenness of the light" if correction.flat else ""
    return f"{gains}{evened}; {correction.method}, quality {percent(correction.score)}"


def read_without_finding(region: Region, width: int, height: int) -> str:
    """What is read of a picture of ``width`` x ``height`` where nothing was found or looked for: "whole picture", or
    "middle of the picture"; "" for a region that was found or drawn."""
    if region.how != "whole":
        return ""
    # With an outline it is a strip that was cut out already: all that the picture shows.
    whole = region.box == Box(0, 0, width, height) or region.outlines
    return "whole picture" if whole else "middle of the picture"


def without_a_face(kind: str, region: Region) -> bool:
    """Whether a region of the ``kind`` lips was found by its colour alone: a mole can look like a mouth then, and a
    person has to see that it is one."""
    return kind == "lips" and region.how == "colour"


FOUND_BY_COLOUR = "No face shows: the lips were found by their red colour alone. See that these are lips."
"""Of a region ``without_a_face``, beside its reading and in the report: what is measured may be something else."""


def measure_words(measure: Measure) -> str:
    """A measure with its uncertainty: "Pallor index 41 ± 4". One standard deviation, in words nowhere else."""
    name = measure.name[:1].upper() + measure.name[1:]
    return f"{name} {number(measure)}"


def number(measure: Measure) -> str:
    """Value ± uncertainty with the digits the uncertainty deserves, and the unit."""
    unit = f" {measure.unit}" if measure.unit else ""
    if measure.uncertainty <= 0:
        return f"{measure.value:g}{unit}"
    digits = 0 if measure.uncertainty >= 2 else 1 if measure.uncertainty >= 0.2 else 2
    value = f"{measure.value:.{digits}f}".replace("-", "\u2212")
    return f"{value} ± {measure.uncertainty:.{digits}f}{unit}"


def percent(share: float) -> str:
    """A share in words people read: "46 %", and never 0 % or 100 % for what is not exactly so."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


@dataclass(frozen=True)
class TypeCount:
    """One line of a differential: ``share`` (0..1) of the white cells, None for what is not one."""

    label: str
    name: str
    count: int
    share: float | None


def differential(types: Task, cells: Sequence[CellReading]) -> tuple[TypeCount, ...]:
    """How many cells were read as each type (the likeliest one): white cells first, most first.

    ``types`` is the task that names the types. A cell whose type was not read counts as a white cell.
    """
    counts: dict[str, int] = {}
    for cell in cells:
        label = likeliest(cell.type)
        counts[label] = counts.get(label, 0) + 1
    white = sum(count for label, count in counts.items() if label not in NOT_WHITE)
    names = {label.id: label.name for label in types.labels}
    ordered = sorted(counts.items(), key=lambda entry: (entry[0] in NOT_WHITE, -entry[1], entry[0]))
    return tuple(
        TypeCount(label, names.get(label, "Type not read"), count, None if label in NOT_WHITE else count / white)
        for label, count in ordered
    )


def likeliest(probabilities: Mapping[str, float]) -> str:
    """The label with the highest probability; "" when there is none."""
    return max(probabilities, key=probabilities.__getitem__, default="")


def _counted(reading: Reading) -> int:
    for measure in reading.measures:
        if measure.name == WHITE_CELLS:
            return round(measure.value)
    return sum(likeliest(cell.type) not in NOT_WHITE for cell in reading.cells)


def white_cells(count: int) -> str:
    """ "12 white cells", and one as one."""
    return many(count, "white cell", "white cells")


def fields(count: int) -> str:
    """ "3 fields" of a smear, and one as one."""
    return many(count, "field", "fields")


CHECK_WORDS = {
    Check.BLANK: ("Something to see", "Nothing to see"),
    Check.FOCUS: ("Sharp", "Not sharp"),
    Check.MOTION: ("Still", "Moving"),
    Check.DARK: ("Bright enough", "Too dark"),
    Check.BRIGHT: ("Not too bright", "Too bright"),
    Check.GLARE: ("No glare", "Glare"),
    Check.HAZE: ("Clear", "Hazy"),
    Check.GRAIN: ("Not grainy", "Grainy"),
    Check.COLOUR: ("Colour", "Colour cast"),
    Check.GREY: ("In colour", "No colour"),
    Check.BLOCKS: ("Saved well", "Saved with strong compression"),
    Check.SIZE: ("Close enough", "Too small"),
    Check.SUBJECT: ("In the frame", "Not in the frame"),
}
"""The word of a check that is well, and of one that failed."""


def check_words(finding: Finding) -> str:
    """The word beside a check's dot. An advice may bring its own: ``Too dark: face the window``."""
    good, bad = CHECK_WORDS[finding.check]
    if finding.ok:
        return good
    word, colon, _todo = finding.advice.partition(": ")
    return word if colon else bad
