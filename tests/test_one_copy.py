import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from clinoscope import one_copy
from clinoscope.records.lock import FolderLock

HOLD = """
import sys, pathlib
from clinoscope.records.lock import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_nobody_is_in_a_folder_without_a_lock_and_none_is_made(tmp_path: Path) -> None:
    assert not one_copy.in_use(tmp_path)
    assert not one_copy.in_use(tmp_path / "gone")
    assert not any(tmp_path.iterdir())


def test_a_copy_is_seen_until_it_lets_go(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    assert one_copy.in_use(tmp_path)
    lock.release()
    assert not one_copy.in_use(tmp_path)
    assert (tmp_path / one_copy.FILE).is_file(), "the file stays, and says nothing"


def test_a_copy_that_is_killed_is_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        assert one_copy.in_use(tmp_path)
        other.kill()
        other.wait()
    assert not one_copy.in_use(tmp_path)


def test_asking_leaves_nothing_locked(tmp_path: Path) -> None:
    FolderLock(tmp_path).release()
    assert not one_copy.in_use(tmp_path)
    FolderLock(tmp_path).release()


def test_who_asks_keeps_nobody_out(tmp_path: Path) -> None:
    FolderLock(tmp_path).release()
    asking = os.open(tmp_path / one_copy.FILE, os.O_RDWR)
    assert one_copy.take(asking)
    threading.Timer(0.03, lambda: os.close(asking)).start()
    FolderLock(tmp_path).release()  # waits for the instant that somebody asks


def test_a_held_lock_is_not_waited_for_long(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    began = time.monotonic()
    assert one_copy.in_use(tmp_path)
    assert time.monotonic() - began < 1
    lock.release()


def test_what_cannot_be_looked_at_is_not_called_open(tmp_path: Path) -> None:
    (tmp_path / one_copy.FILE).mkdir()  # cannot be opened as a file by anybody, root included
    assert not one_copy.in_use(tmp_path)
