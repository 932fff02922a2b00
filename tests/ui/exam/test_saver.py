from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication

from clinoscope.domain.errors import KnownError, VaultError
from clinoscope.domain.record import Exam, ExamState
from clinoscope.ui import tasks
from clinoscope.ui.exam.saver import Saver

DRAFT = Exam(
    id="e",
    version=1,
    patient_id="p",
    task="anemia/lip",
    state=ExamState.DRAFT,
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
    program="",
)


@pytest.fixture
def failures() -> list[KnownError]:
    return []


@pytest.fixture
def saver(app: QApplication, failures: list[KnownError]) -> Saver:
    return Saver(DRAFT, failures.append)


def adds(text: str) -> Callable[[Exam], Exam]:
    return lambda exam: replace(exam, program=exam.program + text)


def refuses(_exam: Exam) -> Exam:
    raise VaultError("The disk is full.")


@pytest.fixture
def wait(wait_for: Callable[[Callable[[], object]], bool]) -> Callable[[Saver], None]:
    def until_idle(saver: Saver) -> None:
        assert wait_for(lambda: saver.idle)

    return until_idle


def test_changes_wait_for_each_other(saver: Saver, wait: Callable[[Saver], None]) -> None:
    gate = threading.Event()

    def slow(exam: Exam) -> Exam:
        gate.wait(5)
        return adds("a")(exam)

    saver.change(slow)
    saver.change(adds("b"))
    saver.change(adds("c"))
    gate.set()
    wait(saver)
    assert saver.exam.program == "abc"


def test_a_failure_keeps_the_last_good_exam_and_is_told(
    saver: Saver, failures: list[KnownError], wait: Callable[[Saver], None]
) -> None:
    done: list[Exam] = []
    saver.change(adds("a"))
    saver.change(refuses)
    saver.change(adds("b"), done=done.append)
    wait(saver)
    assert saver.exam.program == "a"
    assert [str(error) for error in failures] == ["The disk is full."]
    assert not done, "what waited behind a failure is not done as if nothing had happened"
    saver.change(adds("c"))
    wait(saver)
    assert saver.exam.program == "ac"


def test_after_parting_it_still_saves_but_says_nothing(saver: Saver, wait: Callable[[Saver], None]) -> None:
    saved: list[Exam] = []
    told: list[Exam] = []
    saver.saved.connect(told.append)
    gate = threading.Event()

    def slow(exam: Exam) -> Exam:
        gate.wait(5)
        saved.append(exam)
        return exam

    saver.change(slow)
    saver.change(slow, done=told.append)
    saver.part()
    gate.set()
    wait(saver)
    assert len(saved) == 2
    assert not told


def test_a_failure_after_parting_is_told_all_the_same(
    saver: Saver, failures: list[KnownError], wait: Callable[[Saver], None]
) -> None:
    elsewhere: list[KnownError] = []
    saver.change(refuses, failed=elsewhere.append)
    saver.part()
    wait(saver)
    assert len(failures) == 1
    assert not elsewhere


def test_whoever_waits_for_the_workers_waits_for_every_change(saver: Saver) -> None:
    kept: list[str] = []
    gate = threading.Event()

    def slow(exam: Exam) -> Exam:
        gate.wait(5)
        kept.append("first")
        return exam

    def quick(exam: Exam) -> Exam:
        kept.append("second")
        return exam

    saver.change(slow)
    saver.change(quick)
    gate.set()
    # No event of the window is looked at here, as when it closes.
    assert tasks.wait_for_all()
    assert kept == ["first", "second"]
    QApplication.processEvents()
