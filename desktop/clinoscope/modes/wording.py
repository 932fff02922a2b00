"""Readings and reviews in words: the same on the screen, in the report and in a message."""

from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, CellReading, Measure, Reading
from clinoscope.domain.task import Task


def answer_words(task: Task, answer: str) -> str:
    """An answer as a person says it: a label's name, "Unsure", "Cannot judge"."""
    fixed = {UNSURE: "Unsure", CANNOT_JUDGE: "Cannot judge", MEASURED: "Measured", COUNTED: "Counted"}
    return fixed.get(answer) or task.label_name(answer)


def headline(task: Task, reading: Reading) -> str:
    """The answer of a reading: what stands first and largest."""
    if reading.answer in (MEASURED, COUNTED) and reading.measures:
        return measure_words(reading.measures[0])
    return answer_words(task, reading.answer)


def detail(task: Task, reading: Reading) -> str:
    """The line under the answer: what it hesitates between, or why it cannot judge."""
    if reading.answer == CANNOT_JUDGE:
        return reading.reason
    if reading.answer == UNSURE:
        names = [task.label_name(label) for label in reading.labels]
        first = names[0] if names else ""
        rest = [name[:1].lower() + name[1:] for name in names[1:]]
        return " or ".join([first, *rest]) if len(names) < 3 else ", ".join([first, *rest[:-1]]) + " or " + rest[-1]
    return ""


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
    return f"{measure.value:.{digits}f} ± {measure.uncertainty:.{digits}f}{unit}"


def differential(cells: tuple[CellReading, ...]) -> tuple[tuple[str, int], ...]:
    """How many cells were read as each type (the likeliest one), most first."""
    counts: dict[str, int] = {}
    for cell in cells:
        if cell.type:
            top = max(cell.type, key=cell.type.__getitem__)
            counts[top] = counts.get(top, 0) + 1
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
