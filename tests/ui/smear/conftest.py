"""Bands of made-up cells, tiny drawn pictures for them, a smear in the vault and the page that shows it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, Patient, User
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Cell, CellKind, Decision, SeenCell
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.records.smears import Placed
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.page import SmearPage
from clinoscope.workflow.capture import from_frame
from clinoscope.workflow.smear import collect, tables
from clinoscope.workflow.smear.gallery import Band

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


@pytest.fixture
def smear(shell: Shell, ada: Patient, jpeg: bytes) -> Exam:
    """A draft with two fields as the models left them: 1 segmented, 2 band, 3 lymphocyte; 4 segmented, 5 unidentified.

    The target is five cells.
    """
    vault = shell.open_vault
    exam = collect.begin(vault, ada, target=5)
    labels = (("segmented", "band", "lymphocyte"), ("segmented", "unidentified"))
    for number, row in enumerate(labels, start=1):
        pixels = np.full((120, 160, 3), 40 * number, np.uint8)
        reference = replace(collect.reference(vault, from_frame(pixels, Origin.CAMERA, "Microscope 2")), phantom=True)
        field = vault.smears.add_field(exam, reference)
        cells = [
            Placed(
                SeenCell(
                    box=Box(30 * place + 4, 30, 24, 24),
                    score=0.9,
                    kind=CellKind.WHOLE,
                    suggested=label,
                    doubt=0.5 - 0.1 * place,
                ),
                jpeg,
            )
            for place, label in enumerate(row)
        ]
        if exam.picture is None:
            exam = replace(exam, picture=reference)
            vault.exams.save_draft(exam)
        vault.smears.set_read(
            exam, replace(field, track=number), cells, jpeg, (ModelRef("neutrophil-cells", "2.0.0", "0" * 64),)
        )
    return exam


@pytest.fixture
def page(shell: Shell, smear: Exam, at_once: None) -> Iterator[SmearPage]:
    """The bench with that smear, opened."""
    made = SmearPage(shell)
    made.resize(1278, 700)
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    made.enter(exam=smear)
    yield made
    made.leave()
