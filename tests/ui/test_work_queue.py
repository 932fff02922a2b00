from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinoscope.domain.errors import KnownError, VaultError
from clinoscope.ui import tasks
from clinoscope.ui.work_queue import WorkQueue


def until(happens: Callable[[], object]) -> bool:
    end = time.monotonic() + 10
    while not happens():
        if time.monotonic() > end:
            return False
        QTest.qWait(5)
    return True


@pytest.fixture
def failures() -> list[KnownError]:
    return []


@pytest.fixture
def queue(app: QApplication, failures: list[KnownError]) -> WorkQueue:
    return WorkQueue(failures.append)


def refuses() -> None:
    raise VaultError("The disk is full.")


def test_work_never_overtakes_work(queue: WorkQueue) -> None:
    done: list[int] = []
    gate = threading.Event()

    def slow() -> int:
        gate.wait(5)
        return 1

    queue.put(slow, done.append)
    queue.put(lambda: 2, done.append)
    assert not queue.idle
    gate.set()
    assert until(lambda: queue.idle)
    assert done == [1, 2]


def test_what_fails_drops_what_waits_behind_it_and_says_so(queue: WorkQueue, failures: list[KnownError]) -> None:
    done, own = [], []
    gate = threading.Event()
    queue.put(lambda: gate.wait(5), done.append)
    queue.put(refuses, done.append, own.append)
    queue.put(lambda: 3, done.append)
    gate.set()
    assert until(lambda: queue.idle)
    assert done == [True]
    assert [str(error) for error in own] == ["The disk is full."]
    assert failures == []
    queue.put(refuses)
    assert until(lambda: queue.idle)
    assert len(failures) == 1


def test_whoever_waits_for_the_workers_waits_for_all_that_was_put(queue: WorkQueue) -> None:
    kept: list[int] = []
    for number in range(20):
        queue.put(lambda number=number: (time.sleep(0.002), kept.append(number)))
    assert tasks.wait_for_all()
    assert kept == list(range(20)), "before the window's thread looked at a single answer"
    assert until(lambda: queue.idle)


def test_it_says_when_nothing_is_left(queue: WorkQueue) -> None:
    told: list[bool] = []
    queue.idle_again.connect(lambda: told.append(True))
    queue.put(lambda: 1)
    assert until(lambda: told)
    assert queue.idle


def test_what_is_put_for_later_lets_all_else_go_first(queue: WorkQueue, failures: list[KnownError]) -> None:
    done: list[int] = []
    gate = threading.Event()
    queue.put(lambda: gate.wait(5))
    for number in (1, 2):
        queue.put(lambda number=number: number, done.append, later=True)
    queue.put(lambda: 3, done.append)
    queue.put(refuses)
    assert queue.later == 2
    gate.set()
    assert until(lambda: queue.idle)
    assert done == [3, 1, 2], "an act that fails drops no piece that was put for later"
    assert len(failures) == 1


def test_what_was_put_for_later_can_be_taken_out(queue: WorkQueue) -> None:
    done: list[object] = []
    gate = threading.Event()
    queue.put(lambda: gate.wait(5), done.append)
    for number in range(9):
        queue.put(lambda number=number: number, done.append, later=True)
    assert queue.drop_later() == 9
    assert (queue.later, queue.idle) == (0, False)
    gate.set()
    assert until(lambda: queue.idle)
    assert done == [True]
