"""How fast the smear bench is on this machine: one field found and read, and a smear of 2,000 cells opened."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.picture import Origin
from clinoscope.domain.record import Exam, PictureRef
from clinoscope.workflow import exams, session
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.smear import collect
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.reading import CELLS, FieldRead, read_field

if TYPE_CHECKING:
    from clinoscope.records import Vault

FIELD_MILLISECONDS = 250
OPEN_MILLISECONDS = 300
OPENED_CELLS = 2000
_CELLS_OF_A_FIELD = 50


def field_times(runs: int) -> list[float]:
    """Processor milliseconds to find and read the drawn field of 1440 x 900 with its twelve cells, on one core."""
    import cv2

    from clinoscope.capture.files import open_picture

    cv2.setNumThreads(1)
    pixels = open_picture(phantom(CELLS)).pixels
    read_field(pixels)  # loads the networks
    return [_milliseconds(lambda: read_field(pixels), time.process_time) for _ in range(runs)]


def open_times(runs: int) -> list[float]:
    """Milliseconds to open a smear of 2,000 reviewed cells and to sort them into the bands of the gallery."""
    from clinoscope.capture.files import open_picture

    read = read_field(open_picture(phantom(CELLS)).pixels, phantom=True)
    with tempfile.TemporaryDirectory(prefix="clinoscope-bench-") as folder:
        vault, _ = session.create_vault(Path(folder) / "vault", "Bench", secrets.token_urlsafe(12))
        with contextlib.closing(vault):
            exam = _filled(vault, read)
            return [_milliseconds(lambda: Bench(vault, exam).gallery()) for _ in range(runs)]


def _filled(vault: Vault, read: FieldRead) -> Exam:
    """A smear of 2,000 cells, each decided on: those of the drawn field again and again."""
    from clinoscope.records.smears import Placed

    patient = exams.new_patient(vault, identifier="1", name="Phantom")
    exam = collect.begin(vault, patient)
    for number in range(OPENED_CELLS // _CELLS_OF_A_FIELD):
        data = f"field {number}".encode()
        taken = PictureRef(
            sha256=vault.pictures.put(data),
            media_type="image/png",
            width=read.width,
            height=read.height,
            origin=Origin.FILE,
            device="",
            taken_at=datetime.now(UTC),
            phantom=True,
        )
        added = vault.smears.add_field(exam, taken)
        chosen = [index % len(read.cells) for index in range(_CELLS_OF_A_FIELD)]
        placed = [
            Placed(replace(read.cells[index], crop=hashlib.sha256(read.crops[index]).hexdigest()), read.crops[index])
            for index in chosen
        ]
        part = vault.smears.set_read(exam, replace(added, track=number + 1), placed, read.small, read.models)
        vault.smears.decide(exam, {cell.number: cell.seen.suggested for cell in part.cells}, 1)
    return exam


def _milliseconds(act: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    act()
    return 1000 * (clock() - began)
