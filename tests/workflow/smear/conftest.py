"""A drawn stretch of smear, fields cut out of it, and a vault with a patient."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from clinoscope.capture.files import from_frame
from clinoscope.domain.picture import Origin, Picture, Pixels
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import exams
from clinoscope.workflow.smear import collect
from clinoscope.workflow.smear.bench import Bench

sys.path.insert(0, str(Path(__file__).parents[3] / "resources" / "phantoms"))
sys.path.insert(0, str(Path(__file__).parent))

from open_smear import PASSWORD, with_cells

FIELD = (700, 500)
"""Width and height of a field."""
CORNERS = ((0, 0), (380, 60), (400, 300), (30, 310))
"""Where fields are cut out of the scan: each overlaps the one before."""


@pytest.fixture(scope="session")
def scan() -> tuple[Pixels, Any]:
    """A stretch of 1100 x 810 pixels with six white cells, and the truth."""
    from drawing import smear

    return smear.scan(810, 1100, 6, 4)


@pytest.fixture(scope="session")
def fields(scan: tuple[Pixels, Any]) -> tuple[Picture, ...]:
    width, height = FIELD
    parts = [np.ascontiguousarray(scan[0][y : y + height, x : x + width]) for x, y in CORNERS]
    return tuple(replace(from_frame(part, Origin.CAMERA, "Microscope 2"), phantom=True) for part in parts)


@pytest.fixture(scope="session")
def folder_of_fields(fields: tuple[Picture, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fields as files 1.png, 2.png …, marked as drawn."""
    folder = tmp_path_factory.mktemp("fields")
    note = PngImagePlugin.PngInfo()
    note.add_text("clinoscope-phantom", "smear")
    for number, field in enumerate(fields, start=1):
        Image.fromarray(field.pixels).save(folder / f"{number}.png", pnginfo=note)
    return folder


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened, _ = Vault.create(tmp_path / "vault", "Ada", PASSWORD, cost=MINIMUM)
    yield opened
    opened.close()


@pytest.fixture
def patient(vault: Vault) -> Patient:
    return exams.new_patient(vault, identifier="7", name="Test Person", sex=Sex.FEMALE, born=date(1980, 2, 3))


@pytest.fixture
def as_user(tmp_path: Path) -> Callable[[Vault, str], Vault]:
    """Closes a vault and opens it again as someone else."""
    opened: list[Vault] = []

    def change(vault: Vault, name: str) -> Vault:
        vault.close()
        opened.append(Vault.open(tmp_path / "vault", name, PASSWORD))
        return opened[-1]

    yield change  # type: ignore[misc]
    for one in opened:
        one.close()


@pytest.fixture
def bench(vault: Vault, patient: Patient) -> Bench:
    """A bench on a smear of five cells that nobody decided on."""
    return with_cells(vault, patient)


@pytest.fixture
def read_bench(vault: Vault, patient: Patient, fields: tuple[Picture, ...]) -> Bench:
    """A bench on overlapping fields that were read."""
    bench = Bench(vault, collect.begin(vault, patient, target=1))
    for field in fields:
        bench.add_field(field)
    while bench.read_next() is not None:
        pass
    return bench
