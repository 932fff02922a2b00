"""What an exam of a smear says in short."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.reading import COUNTED, ModelRef
from clinoscope.domain.record import Patient, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, FieldState, SeenCell, Smear
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.records import Vault
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect, summary, tables


def cell(number: int, suggested: str, decided: str) -> Cell:
    seen = SeenCell(box=Box(9, 9, 30, 30), score=0.9, kind=CellKind.WHOLE, suggested=suggested, doubt=0.1)
    said = Decision(label=decided, by=User(id="u", name="Ada"), at=datetime(2026, 5, 1, tzinfo=UTC))
    return Cell(number=number, field=1, seen=seen, first=said)


def test_count_neutrophils_and_whether_the_models_were_followed(vault: Vault, patient: Patient) -> None:
    import numpy as np

    from clinoscope.domain.picture import Origin

    exam = collect.begin(vault, patient)
    picture = from_frame(np.zeros((40, 60, 3), np.uint8), Origin.CAMERA, "m")
    field = vault.smears.add_field(exam, collect.reference(vault, picture))
    model = ModelRef("neutrophil-cells", "2.0.0", "ab" * 32)
    read = replace(field, state=FieldState.READ, track=1, models=(model,))
    own = CellClass(id="own", name="Hairy cell", key="h", own=True)
    classes = tables.classes([own])
    followed = Smear((read,), (cell(1, "band", "band"), cell(2, "lymphocyte", "lymphocyte")))
    found = summary.summed_up(exam, followed, classes)
    assert found.reading
    assert found.review
    assert found.smear
    assert (found.reading.answer, found.reading.model, found.review.agrees) == (COUNTED, model, True)
    assert [(one.name, one.value) for one in found.reading.measures] == [("white cells", 2), ("neutrophils", 50.0)]
    assert found.smear.own_classes == (own,)
    moved = Smear((read,), (cell(1, "band", "segmented"),))
    assert not summary.summed_up(exam, moved, classes).review.agrees  # type: ignore[union-attr]
    with pytest.raises(NotAllowed, match="no field that was read"):
        summary.summed_up(exam, Smear((field,), ()), classes)
