from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.record import Patient
from clinoscope.paths import RESOURCES
from clinoscope.ui.exam import work
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step
from clinoscope.ui.shell import Shell
from clinoscope.workflow import capture

WaitFor = Callable[[Callable[[], object]], bool]


def lips() -> Picture:
    return capture.open_picture(RESOURCES / "phantoms" / "lips.png")


def grey() -> Picture:
    """No phantom, so that its check counts."""
    return capture.from_frame(np.full((600, 800, 3), 90, np.uint8), Origin.FILE, "")


def no_picture() -> Picture:
    raise PictureError("This is no picture.")


@pytest.fixture
def page(shell: Shell, ada: Patient, wait_for: WaitFor) -> Iterator[ExamPage]:
    """On the capture step of a new exam."""
    made = ExamPage(shell)
    made.resize(1280, 700)
    made.show()
    made.enter(patient_id=ada.id)
    assert wait_for(lambda: made.patient)
    made.choose.chosen.emit(modes.task("anemia/lip"))
    assert made.step is Step.CAPTURE
    yield made
    made.leave()  # as the window does before the vault goes: what is still being looked for is not wanted any more


def test_a_picture_that_is_taken_leads_to_its_region(page: ExamPage, shell: Shell, wait_for: WaitFor) -> None:
    page.bench.capture.give(lips)
    assert page.taking.under_way
    assert page.busy
    page.bench.capture.give(grey)  # one at a time: this one is not taken
    assert wait_for(lambda: page.step is Step.REGION)
    assert not page.taking.under_way
    assert page.exam is not None
    assert page.exam.picture is not None
    assert page.exam.picture.sha256 == lips().sha256
    assert shell.open_vault.exams.of_patient(page.exam.patient_id) == (page.exam,)


def test_one_that_fails_its_check_is_shown_and_may_be_used_anyway(page: ExamPage, wait_for: WaitFor) -> None:
    page.bench.capture.give(grey)
    assert wait_for(lambda: page.bench.capture.failed)
    assert page.step is Step.CAPTURE
    page.taking.use_anyway()
    assert page.step is Step.REGION
    assert page.exam is not None
    assert page.exam.quality is not None
    assert not page.exam.quality.ok


def test_nothing_is_used_anyway_that_did_not_fail(page: ExamPage, wait_for: WaitFor) -> None:
    page.bench.capture.give(lips)
    assert wait_for(lambda: page.step is Step.REGION)
    page.taking.retake()
    page.taking.use_anyway()
    assert page.step is Step.CAPTURE


def test_another_one_is_taken_into_the_same_exam(page: ExamPage, shell: Shell, wait_for: WaitFor) -> None:
    page.bench.capture.give(grey)
    assert wait_for(lambda: page.bench.capture.failed)
    first = page.exam
    page.taking.retake()
    assert not page.bench.capture.failed
    page.bench.capture.give(lips)
    assert wait_for(lambda: page.step is Step.REGION)
    assert first is not None
    assert page.exam is not None
    assert page.exam.id == first.id
    assert len(shell.open_vault.exams.of_patient(first.patient_id)) == 1


def test_what_cannot_be_taken_says_why_and_leaves_nothing(
    page: ExamPage, shell: Shell, ada: Patient, wait_for: WaitFor
) -> None:
    page.bench.capture.give(no_picture)
    assert wait_for(lambda: not page.taking.under_way)
    assert page.bench.capture.sentence == "This is no picture."
    assert page.exam is None
    assert shell.open_vault.exams.of_patient(ada.id) == ()
    page.bench.capture.give(lips)
    assert wait_for(lambda: page.step is Step.REGION)


def test_where_pictures_came_from_is_remembered_for_the_mode(page: ExamPage, shell: Shell, wait_for: WaitFor) -> None:
    page.bench.capture.source_chosen.emit("folder:/microscope")
    page.bench.capture.auto.chosen.emit(True)
    kept = shell.open_vault.settings.get
    assert wait_for(lambda: kept(work.LAST_SOURCE + "anemia") == "folder:/microscope")
    assert wait_for(lambda: kept(work.AUTO + "anemia") is True)
