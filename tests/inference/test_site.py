import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import site as sites

ONE, TWO = "1" * 64, "2" * 64


def test_an_empty_site_has_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert sites.folders(folder) == ()
    assert sites.chosen(folder, "skin/rash") == ""
    assert not sites.has_chosen(folder, "skin/rash")
    assert not folder.exists()


def test_a_choice_is_kept_for_each_task_and_taken_back(tmp_path: Path) -> None:
    with sites.alone(tmp_path):
        sites.choose(tmp_path, "skin/rash", ONE)
        sites.choose(tmp_path, "skin/mpox", TWO)
    assert (sites.chosen(tmp_path, "skin/rash"), sites.chosen(tmp_path, "skin/mpox")) == (ONE, TWO)
    assert sites.has_chosen(tmp_path, "skin/rash")
    with sites.alone(tmp_path):
        sites.choose(tmp_path, "skin/rash", "")
        sites.choose(tmp_path, "skin/rash", "")
    assert (sites.chosen(tmp_path, "skin/rash"), sites.chosen(tmp_path, "skin/mpox")) == ("", TWO)


@pytest.mark.parametrize("content", [b"", b"1111", ONE.encode()[:-1], b"\xff" * 64, b"../" * 20])
def test_a_damaged_choice_is_told_and_can_be_made_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "chosen").mkdir()
    (tmp_path / "chosen" / "skin.rash").write_bytes(content)
    with pytest.raises(PackageError, match="in use for skin/rash cannot be read"):
        sites.chosen(tmp_path, "skin/rash")
    with sites.alone(tmp_path):
        sites.choose(tmp_path, "skin/rash", ONE)
    assert sites.chosen(tmp_path, "skin/rash") == ONE


@pytest.mark.parametrize("name", ["", "..", "../../x", "A" * 64, ONE + "1"])
def test_only_a_hash_names_a_folder(tmp_path: Path, name: str) -> None:
    for place in (sites.folder, sites.archived):
        with pytest.raises(ValueError, match="not a hash"):
            place(tmp_path, name)


def test_only_folders_named_by_a_hash_are_packages(tmp_path: Path) -> None:
    for name in (ONE, "notes", ONE[:10]):
        (tmp_path / "packages" / name).mkdir(parents=True)
    assert sites.folders(tmp_path) == (tmp_path / "packages" / ONE,)


def test_what_was_left_half_way_is_swept(tmp_path: Path) -> None:
    left = sites.staging(tmp_path)
    (left / "model.tflite").write_bytes(b"half")
    with sites.alone(tmp_path):
        assert not left.exists()
        mine = sites.staging(tmp_path)
        assert mine.is_dir()
    assert not (tmp_path / "staging").exists()


def test_what_is_archived_stays_as_it_was_first(tmp_path: Path) -> None:
    sites.archive(tmp_path, ONE, {"package.toml": b"one"})
    sites.archive(tmp_path, ONE, {"package.toml": b"two"})
    assert (sites.archived(tmp_path, ONE) / "package.toml").read_bytes() == b"one"


def test_one_at_a_time_and_the_second_waits(tmp_path: Path) -> None:
    told: list[str] = []

    def second() -> None:
        with sites.alone(tmp_path):
            told.append("second")

    with sites.alone(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        told.append("first")
    thread.join()
    assert told == ["first", "second"]


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "PATIENCE", 0.1)
    with sites.alone(tmp_path), pytest.raises(PackageError, match="Another copy of Clinoscope"), sites.alone(tmp_path):
        pass


def test_the_lock_goes_with_a_killed_program(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from clinoscope.inference import site\n"
        "with site.alone(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-P", "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with sites.alone(tmp_path):
        pass


def test_a_disk_that_fails_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PackageError, match=r"cannot be used: .* Nothing was changed"), sites.alone(tmp_path / "file"):
        pass
