import subprocess
import sys
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.records.lock import FolderLock

HOLD = """
import sys, pathlib
from clinoscope.records.lock import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    with pytest.raises(VaultError, match="already open in another copy"):
        FolderLock(tmp_path)
    first.release()
    first.release()
    FolderLock(tmp_path).release()


def test_another_program_is_refused_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(VaultError, match="already open"):
            FolderLock(tmp_path)
        other.kill()
        other.wait()
    FolderLock(tmp_path).release()


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="missing"):
        FolderLock(tmp_path / "gone")
