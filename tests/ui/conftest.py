"""A dressed QApplication, a shell with an open vault, and workers that work at once."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import MEASURED, Measure, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review, Sex
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui import tasks, theme
from clinoscope.ui.preferences import PreferencesFile
from clinoscope.ui.shell import Shell

WaitFor = Callable[[Callable[[], object]], bool]


@pytest.fixture(scope="session")
def app() -> QApplication:
    """The one QApplication of the process, dressed."""
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication([])
    theme.apply(made, theme.Appearance.LIGHT)
    return made


@pytest.fixture(autouse=True)
def _light_and_still(app: QApplication) -> Iterator[None]:
    """Every test begins light and without motion, and takes the windows it made down again."""
    theme.watcher().less_motion = True
    if theme.watcher().appearance is not theme.Appearance.LIGHT:
        theme.set_appearance(theme.Appearance.LIGHT)
    before = set(QApplication.topLevelWidgets())
    yield
    theme.watcher().less_motion = False
    for widget in set(QApplication.topLevelWidgets()) - before:
        if widget.parent() is None:
            widget.close()
            widget.deleteLater()
    QApplication.processEvents()


@pytest.fixture(autouse=True)
def _waits_as_the_program_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """``QTest.qWait`` keeps Python's lock while it waits, so that what takes a worker two seconds takes a minute; the
    program waits in Qt's loop, which does not."""
    monkeypatch.setattr(QTest, "qWait", _wait)


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as qWait does


@pytest.fixture
def at_once() -> Iterator[None]:
    """``run_task`` works on the calling thread."""
    before = tasks.use_pool(tasks.Inline())
    yield
    tasks.use_pool(before)


@pytest.fixture
def wait_for(app: QApplication) -> WaitFor:
    """Lets events come until something happens; False when it has not within ten seconds."""

    def wait(happens: Callable[[], object]) -> bool:
        end = time.monotonic() + 10
        while not happens():
            if time.monotonic() > end:
                return False
            QTest.qWait(5)
        return True

    return wait


@pytest.fixture
def shell(app: QApplication, tmp_path: Path) -> Iterator[Shell]:
    """A shell with an open, empty vault."""
    vault, _code = Vault.create(tmp_path / "vault", "Grace Mensah", "three quiet rivers", cost=MINIMUM)
    made = Shell(PreferencesFile(tmp_path / "preferences"))
    made.enter_vault(vault)
    yield made
    made.close_vault()


@pytest.fixture
def host(app: QApplication) -> QWidget:
    """A shown window of 800 x 600 to put things on."""
    made = QWidget()
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def add_exam(shell: Shell) -> Callable[..., Exam]:
    """Puts an exam with a small drawn picture into the vault: signed when it has a reading, else a draft.

    ``instead`` overrules the reading.
    """

    def add(
        patient_id: str, days_ago: float, reading: Reading | None, task: str = "anemia/lip", instead: str = ""
    ) -> Exam:
        vault, at = shell.open_vault, datetime.now(UTC) - timedelta(days=days_ago)
        picture = PictureRef(
            sha256=vault.pictures.put(_drawn()),
            media_type="image/png",
            width=120,
            height=90,
            origin=Origin.FILE,
            device="",
            taken_at=at,
            phantom=True,
        )
        exam = Exam(
            id=f"{task}-{days_ago}",
            version=1,
            patient_id=patient_id,
            task=task,
            state=ExamState.DRAFT,
            created_at=at,
            program="test",
            picture=picture,
            reading=reading,
            review=Review(answer=instead or reading.answer, agrees=not instead) if reading else None,
        )
        vault.exams.save_draft(exam)
        return vault.exams.sign(exam, "three quiet rivers") if reading else exam

    return add


@pytest.fixture
def ada(shell: Shell) -> Patient:
    """A patient in the vault."""
    patient = Patient(id="p1", identifier="1001-7", name="Ada Okafor", sex=Sex.FEMALE, born=date(1990, 3, 4))
    return shell.open_vault.patients.add(patient)


@pytest.fixture
def pallor() -> Callable[[float], Reading]:
    """Makes a lip reading of a value."""
    model = ModelRef("lip-colour", "1.0.0", "0" * 64)
    return lambda value: Reading("anemia/lip", MEASURED, model, measures=(Measure("pallor index", value, 4.0),))


def _drawn() -> bytes:
    pixels = np.full((90, 120, 3), (200, 130, 120), np.uint8)
    pixels[30:60, 40:80] = (170, 70, 80)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
