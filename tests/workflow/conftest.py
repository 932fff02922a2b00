"""An open vault with one patient, and a phantom to take."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import exams
from clinoscope.workflow.demo import phantom

PASSWORD = "a long enough one"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened, _ = Vault.create(tmp_path / "vault", "Ada", PASSWORD, cost=MINIMUM)
    yield opened
    opened.close()


@pytest.fixture
def patient(vault: Vault) -> Patient:
    return exams.new_patient(vault, identifier=vault.patients.suggest_identifier(), name="Test Person")


@pytest.fixture(scope="session")
def lesion() -> Picture:
    return open_picture(phantom("skin/lesion-photo"))
