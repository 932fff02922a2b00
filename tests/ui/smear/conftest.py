"""Bands of made-up cells, and tiny drawn pictures for them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from PIL import Image

from clinoscope.domain.record import User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, SeenCell
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.workflow.smear import tables
from clinoscope.workflow.smear.bench import Band

MakeCell = Callable[..., Cell]
MakeBands = Callable[..., tuple[Band, ...]]


@pytest.fixture
def make_cell() -> MakeCell:
    """``make_cell(7, "band", doubt=0.4, reviewed=True)``."""

    def make(
        number: int, label: str = "segmented", *, doubt: float = 0.1, reviewed: bool = False, field: int = 1
    ) -> Cell:
        seen = SeenCell(box=Box(10 * number, 20, 40, 40), score=0.9, kind=CellKind.WHOLE, suggested=label, doubt=doubt)
        by = Decision(label=label, by=User(id="u", name="Ada"), at=datetime(2026, 5, 1, tzinfo=UTC))
        return Cell(number=number, field=field, seen=seen, first=by if reviewed else None)

    return make


@pytest.fixture
def make_bands(make_cell: MakeCell) -> MakeBands:
    """``make_bands(segmented=3, band=2)``: cells numbered from 1 in the order of the bands."""

    def make(**counts: int) -> tuple[Band, ...]:
        bands, number = [], 0
        for class_id, count in counts.items():
            cells = tuple(make_cell(number + place + 1, class_id) for place in range(count))
            number += count
            bands.append(Band(class_id, tables.classes()[class_id].name, cells, 0.5))
        return tuple(bands)

    return make


@pytest.fixture
def classes() -> Mapping[str, CellClass]:
    return tables.classes()


@pytest.fixture
def jpeg() -> bytes:
    """A red picture of 40 x 30."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 40, 40)).save(file, "JPEG")
    return file.getvalue()
