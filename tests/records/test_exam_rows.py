from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.record import Exam
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault

PASSWORD = "correct horse"


def test_numbers_of_numpy_and_other_time_zones_are_stored(vault: Vault, empty_draft: Exam) -> None:
    berlin = datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    exam = replace(
        empty_draft,
        created_at=berlin,
        region=Region(Box(np.int64(1), 2, 3, 4), "drawn", np.float32(0.5)),  # type: ignore[arg-type]
    )
    vault.exams.save_draft(exam)
    assert vault.exams.get("e1") == exam
    assert vault.exams.get("e1").created_at.tzinfo == UTC


def test_numpy_numbers_are_signed_as_stored(vault: Vault, draft: Exam) -> None:
    assert draft.region
    vault.exams.sign(replace(draft, region=replace(draft.region, score=np.float32(0.1))), PASSWORD)  # type: ignore[arg-type]
    assert vault.verify().ok


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan")])
def test_a_number_that_is_none_is_a_bug_and_stores_nothing(vault: Vault, empty_draft: Exam, value: float) -> None:
    exam = replace(empty_draft, quality=Quality((Finding(Check.DARK, True, 1.0, value),)))
    with pytest.raises(ValueError, match="not finite"):
        vault.exams.save_draft(exam)
    assert vault.exams.of_patient("p1") == ()


def test_a_thing_that_is_no_value_is_a_bug(vault: Vault, draft: Exam) -> None:
    with pytest.raises(TypeError, match="object cannot be stored"):
        vault.exams.save_draft(replace(draft, region=object()))  # type: ignore[arg-type]
