"""What two readers may see of each other; their comparison is tested with the bench (``test_bench_second``)."""

from dataclasses import replace
from datetime import UTC, datetime

from clinoscope.domain.record import Exam, ExamState, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, SeenCell
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.workflow.smear.second import FIRST, SECOND, role, seen_by

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA, BEN, EVE = (User(id=name, name=name) for name in ("Ada", "Ben", "Eve"))
CELL = Cell(
    number=1,
    field=1,
    seen=SeenCell(box=Box(1, 1, 9, 9), score=1.0, kind=CellKind.WHOLE, suggested="band", doubt=0.0),
    first=Decision(label="monocyte", by=ADA, at=NOW),
    second=Decision(label="basophil", by=BEN, at=NOW),
)


def test_each_sees_only_their_own_until_the_second_has_finished() -> None:
    assert seen_by([CELL], FIRST, None) == (replace(CELL, second=None),)
    assert seen_by([CELL], SECOND, None) == (replace(CELL, first=CELL.second, second=None),)
    assert seen_by([CELL], FIRST, NOW) == seen_by([CELL], SECOND, NOW) == (CELL,)


def test_only_the_one_who_was_asked_is_the_second_reader() -> None:
    exam = Exam(
        id="e",
        version=1,
        patient_id="p",
        task="neutrophil/cells",
        state=ExamState.DRAFT,
        created_at=NOW,
        program="0",
        smear=SmearSheet(second=BEN),
    )
    assert [role(exam, user) for user in (ADA, BEN, EVE)] == [FIRST, SECOND, FIRST]
    assert role(replace(exam, smear=SmearSheet()), BEN) == FIRST
