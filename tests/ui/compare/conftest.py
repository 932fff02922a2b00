"""Two drawn pictures of other sizes, the earlier one laid over the later at twice its size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.record import Exam, ExamState
from clinoscope.domain.region import Box, Region
from clinoscope.ui.compare.work import Pair, Visit
from clinoscope.ui.exam.raster import raster_of

RED, BLUE = (220, 30, 30), (30, 60, 220)


@pytest.fixture
def pair() -> Callable[..., Pair]:
    """Makes a pair: earlier red, 200 x 150, later blue, 400 x 300; ``missing`` (0 or 1) has no picture."""

    def made(missing: int | None = None) -> Pair:
        visits = []
        for number, (colour, width) in enumerate(((RED, 200), (BLUE, 400))):
            exam = Exam(
                id=str(number),
                version=1,
                patient_id="p1",
                task="skin/lesion-photo",
                state=ExamState.SIGNED,
                created_at=datetime(2026, 5 + number, 3, tzinfo=UTC),
                program="test",
                region=Region(Box(width // 4, width // 4, width // 8, width // 8), "contrast"),
            )
            pixels = np.full((width * 3 // 4, width, 3), colour, np.uint8)
            gone = number == missing
            visits.append(Visit(exam, None if gone else raster_of(pixels), "It is missing." if gone else ""))
        laid = None if missing is not None else Alignment(Similarity(2.0, 0, 20, 0), 30)
        return Pair(visits[0], visits[1], Similarity(2.0), laid)

    return made
