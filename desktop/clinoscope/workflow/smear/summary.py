"""What an exam of a smear says in short: the count, the neutrophils, and whether the models were followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clinoscope import __version__
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.reading import COUNTED, Measure, Reading
from clinoscope.domain.record import Exam, Review
from clinoscope.domain.smear import FieldState, Smear
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.modes.wording import WHITE_CELLS
from clinoscope.workflow.smear import differential as differentials
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.reading import CELLS


def summed_up(exam: Exam, smear: Smear, classes: Mapping[str, CellClass]) -> Exam:
    """The exam with what a time line shows: white cells, neutrophils, and whether the models were followed.

    Its picture is the first field that counts.
    Raises NotAllowed for a smear of which no field was read.
    """
    assert exam.smear is not None, "asked of smears only"
    cells = smear.standing()
    found = differentials.differential(cells, differentials.Standards(classes))
    neutrophils = found.line("neutrophils")
    measures = [Measure(WHITE_CELLS, found.total, 0.0)]
    if neutrophils is not None and neutrophils.percent is not None:
        span = neutrophils.percent
        measures.append(Measure("neutrophils", span.value, (span.high - span.low) / 3.92, "%"))
    read = [entry for entry in smear.fields if entry.state is FieldState.READ]
    if not read:
        raise NotAllowed("This smear has no field that was read: add fields first.")
    reading = Reading(CELLS, COUNTED, read[-1].models[0], measures=tuple(measures))
    agrees = all(cell.label == cell.seen.suggested for cell in cells)
    return replace(
        exam,
        picture=read[0].picture,
        reading=reading,
        review=Review(answer=COUNTED, agrees=agrees, comment=exam.smear.note),
        # what is signed can be read without this laboratory's settings
        smear=replace(
            exam.smear,
            own_classes=tuple(entry for entry in classes.values() if entry.own),
            shift_from=tables.enough_neutrophils(),
            stopped=False,
        ),
        program=__version__,
    )
