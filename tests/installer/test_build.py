"""The self-contained folder: built once, moved elsewhere, run where no Python and nothing of ours can be reached."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("tensorflow", "keras", "sklearn", "scipy", "pandas", "torch", "tkinter")

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the first build is the one for Linux"),
]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("built")
    command = [sys.executable, str(ROOT / "installer" / "build.py"), "linux", "--out", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, done.stderr[-3000:]
    elsewhere = tmp_path_factory.mktemp("a clinic's PC") / "Clinoscope"
    shutil.move(built / "clinoscope", elsewhere)
    return elsewhere / "clinoscope"


def run(program: Path, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it with an empty environment in an empty folder and, where this user may, without any network."""
    alone = ["unshare", "-n"] if os.geteuid() == 0 and shutil.which("unshare") else []
    command = [*alone, str(program), *arguments]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", **more}
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300)


def test_the_whole_job_runs_in_every_mode(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, "demo", "--out", "out")
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert {exam["mode"] for exam in told["exams"]} == {"anemia", "skin", "scalp", "neutrophil"}
    for exam in told["exams"]:
        assert (tmp_path / exam["pdf"]).read_bytes().startswith(b"%PDF-")


def test_the_window_opens(program: Path, tmp_path: Path) -> None:
    screen = {name: os.environ[name] for name in ("DISPLAY", "QT_QPA_PLATFORM") if name in os.environ}
    done = run(program, tmp_path, "--measure-start", **screen)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Qt" not in done.stderr
    assert 0 < json.loads(done.stdout)["milliseconds"] < 10_000


def test_every_package_of_models_is_whole(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, "models", "verify")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_training_says_in_a_sentence_that_it_is_not_in_here(program: Path, tmp_path: Path) -> None:
    recipe = next((ROOT / "models" / "recipes").glob("*.toml"))
    done = run(program, tmp_path, "train", str(recipe), "--data", ".", "--out", "out")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_what_only_training_needs_stays_out(program: Path) -> None:
    inside = {path.name.split("-")[0].split(".")[0].lower() for path in (program.parent / "_internal").iterdir()}
    assert not inside & set(HEAVY)
    size = sum(path.lstat().st_size for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink())
    assert size < 600e6


def test_only_the_system_at_hand_is_built() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "installer" / "build.py"), "windows"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "This is linux: a build for windows has to be made on windows.\n"
