from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinoscope.records.lock import FolderLock
from clinoscope.ui.gate.elsewhere import Elsewhere

WaitFor = Callable[[Callable[[], object]], bool]


@pytest.fixture
def told(app: QApplication) -> Iterator[tuple[Elsewhere, list[bool]]]:
    """One that looks, and what it told."""
    owner, heard = QObject(), list[bool]()
    made = Elsewhere(owner)
    made.changed.connect(heard.append)
    yield made, heard
    made.stop()


def test_it_tells_when_a_copy_comes_and_when_it_goes(
    told: tuple[Elsewhere, list[bool]], tmp_path: Path, wait_for: WaitFor
) -> None:
    elsewhere, heard = told
    lock = FolderLock(tmp_path)
    elsewhere.watch(tmp_path)
    assert wait_for(lambda: heard == [True])
    assert elsewhere.held
    lock.release()
    assert wait_for(lambda: heard == [True, False])
    again = FolderLock(tmp_path)
    assert wait_for(lambda: heard == [True, False, True])
    again.release()


def test_it_tells_nothing_once_it_is_stopped(told: tuple[Elsewhere, list[bool]], tmp_path: Path) -> None:
    elsewhere, heard = told
    lock = FolderLock(tmp_path)
    elsewhere.watch(tmp_path)
    elsewhere.stop()  # the answer to the look is under way
    QTest.qWait(1300)
    assert heard == []
    lock.release()


def test_it_looks_where_it_was_told_last(told: tuple[Elsewhere, list[bool]], tmp_path: Path, wait_for: WaitFor) -> None:
    elsewhere, heard = told
    (tmp_path / "other").mkdir()
    lock = FolderLock(tmp_path)
    elsewhere.watch(tmp_path)
    assert wait_for(lambda: heard == [True])
    elsewhere.watch(tmp_path / "other")
    assert wait_for(lambda: heard == [True, False])
    lock.release()
