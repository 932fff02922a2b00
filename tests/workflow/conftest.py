"""An open vault with one patient or several, and a phantom to take."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import exams
from clinoscope.workflow.demo import phantom

sys.path.insert(0, str(Path(__file__).parent))
from signed_pictures import PASSWORD, agrees


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened, _ = Vault.create(tmp_path / "vault", "Ada", PASSWORD, cost=MINIMUM)
    yield opened
    opened.close()


@pytest.fixture
def patient(vault: Vault) -> Patient:
    return exams.new_patient(vault, identifier=vault.patients.suggest_identifier(), name="Test Person")


@pytest.fixture
def people(vault: Vault) -> tuple[Patient, ...]:
    """Six women who agreed to the use for training."""
    found = tuple(
        exams.new_patient(
            vault,
            identifier=f"HOSPITAL-00{number}",
            name=f"Yewande Adebayo-{number}",
            sex=Sex.FEMALE,
            born=date(1987, 6, 10 + number),
            note="Seen at the harbour clinic",
        )
        for number in range(6)
    )
    for patient in found:
        agrees(vault, patient)
    return found


@pytest.fixture(scope="session")
def lesion() -> Picture:
    return open_picture(phantom("skin/lesion-photo"))
