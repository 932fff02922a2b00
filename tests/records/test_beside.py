import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinoscope.records import beside
from clinoscope.records.beside import Beside


def doubled(number: int) -> int:
    return 2 * number


def who(_number: int) -> int:
    return os.getpid()


def ended_elsewhere(number: int) -> int:
    """Ends every process but the one of the tests, as a system does that has no memory left."""
    if os.environ.get("HERE") != str(os.getpid()):
        os._exit(1)
    return number


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "FEW", 10)
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # for the other processes, which look for ``who`` by name


def test_few_are_done_here() -> None:
    with Beside() as others:
        assert list(others.each(doubled, range(100))) == [2 * number for number in range(100)]
        assert set(others.each(who, range(100))) == {os.getpid()}


def test_many_are_done_elsewhere_in_order(few: None) -> None:
    with Beside() as others:
        assert list(others.each(doubled, iter(range(5_000)))) == [2 * number for number in range(5_000)]
        assert os.getpid() not in set(others.each(who, range(1_000)))


def test_only_so_many_wait_as_are_worked_on(few: None) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield number

    with Beside() as others:
        assert next(others.each(doubled, items())) == 0
        assert taken <= 500 * (2 * (os.cpu_count() or 1) + 2)


def test_what_a_process_leaves_when_it_is_ended_is_done_here(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", str(os.getpid()))
    with Beside() as others:
        assert list(others.each(ended_elsewhere, range(2_000))) == list(range(2_000))
