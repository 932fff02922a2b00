"""Vaults for the tests: made once with the cheapest lawful cost of a password, then copied."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from clinoscope.domain.labs import LabValue
from clinoscope.domain.picture import Origin
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import CellReading, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review, Sex, User
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


class Made(NamedTuple):
    """A closed vault and the recovery code of its making."""

    folder: Path
    code: str


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("template") / "vault"
    vault, code = Vault.create(folder, NAME, PASSWORD, cost=MINIMUM)
    vault.close()
    return Made(folder, code)


@pytest.fixture
def folder(template: Made, tmp_path: Path) -> Path:
    """A closed vault with one user and nothing else."""
    return Path(shutil.copytree(template.folder, tmp_path / "vault"))


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    with Vault.open(folder, NAME, PASSWORD) as opened:
        yield opened


@pytest.fixture
def patient(vault: Vault) -> Patient:
    return vault.patients.add(
        Patient(id="p1", identifier="2187-3", name="Zoë Ångström", sex=Sex.FEMALE, born=date(1990, 2, 3))
    )


@pytest.fixture
def draft(vault: Vault, patient: Patient) -> Exam:
    """Ready to be signed, not stored yet; its picture is."""
    return full_exam("e1", patient.id, vault.pictures.put(b"a picture"))


@pytest.fixture
def empty_draft(patient: Patient) -> Exam:
    return begun_exam("e1", patient.id)


@pytest.fixture
def lab(patient: Patient) -> LabValue:
    """A haemoglobin of the patient, not stored yet."""
    drawn = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
    return LabValue(
        id="l1",
        patient_id=patient.id,
        kind="haemoglobin",
        value=12.5,
        unit="g/dL",
        given=125.0,
        given_unit="g/L",
        drawn_at=drawn,
        day_only=False,
        added_by=User(id="", name=""),
        added_at=drawn,
    )


def begun_exam(exam_id: str, patient_id: str) -> Exam:
    return Exam(
        id=exam_id,
        version=1,
        patient_id=patient_id,
        task="skin/rash",
        state=ExamState.DRAFT,
        created_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        program="0.1.0",
    )


def full_exam(exam_id: str, patient_id: str, sha256: str) -> Exam:
    """Every part of an exam filled in."""
    return replace(
        begun_exam(exam_id, patient_id),
        picture=PictureRef(
            sha256=sha256,
            media_type="image/png",
            width=640,
            height=480,
            origin=Origin.CAMERA,
            device="Microscope 2",
            taken_at=datetime(2026, 3, 1, 9, 31, tzinfo=UTC),
            phantom=True,
        ),
        quality=Quality((Finding(Check.FOCUS, False, 0.5, 1.25, "Hold still."),)),
        region=Region(Box(1, 2, 30, 40), "drawn", 0.75, (Box(3, 4, 5, 6),), (((1, 2), (3, 4), (5, 6)),)),
        reading=Reading(
            task="skin/rash",
            answer="mpox",
            model=ModelRef("skin-rash", "1.0.0", "ab" * 32),
            labels=("mpox", "measles"),
            probabilities={"mpox": 0.7, "measles": 0.2, "chickenpox": 0.1},
            measures=(Measure("a*", 12.5, 0.25),),
            cells=(CellReading(Box(7, 8, 9, 10), 0.5, {"neutrophil": 1.0}, {"band": 1.0}),),
        ),
        review=Review(answer="mpox", agrees=True, comment="typical"),
    )
