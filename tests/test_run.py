"""run.py with the real pip and real virtual environments, on a toy project whose packages lie in a folder beside it."""

import ast
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from toy_project import ROOT, Project, wheel


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "a checkout")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that is set up; tests that use it leave it so."""
    made = Project(tmp_path_factory.mktemp("ready") / "a checkout")
    code, output = made.run("--", "hello")
    assert code == 0, output
    made.first = output  # type: ignore[attr-defined]
    return made


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_under_test", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the first start and the second ---------------------------------------------------------------------------------


def test_first_start_shows_its_progress_and_becomes_the_program(ready: Project) -> None:
    lines = ready.first.splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("Making .venv with Python 3.")
    assert any(line.startswith("Installing 2 of 2: ") for line in lines)  # the third is for another system
    assert json.loads(lines[-1]) == {
        "arguments": ["hello"],
        "prefix": str(ready.folder / ".venv"),
        "cwd": str(ready.folder),
    }


def test_progress_counts_what_pip_says(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    progress = script.Progress(3)
    lines = ["Requirement already satisfied: numpy==2.4.6 in ./x", "Collecting cffi==2.1.1 (from -r app.txt (line 9))"]
    progress.look(lines)
    progress.look([*lines, "Collecting PySide6-Essentials==6.12.0"])
    assert capsys.readouterr().out == "Fetching 2 of 3: cffi==2.1.1\nFetching 3 of 3: PySide6-Essentials==6.12.0\n"


@pytest.mark.alone
def test_second_start_adds_less_than_300_milliseconds(ready: Project) -> None:
    def milliseconds(command: list[str]) -> float:
        begin = time.perf_counter()
        subprocess.run(command, cwd=ready.folder, stdout=subprocess.DEVNULL, check=True)
        return (time.perf_counter() - begin) * 1000

    python = str(ready.folder / ".venv" / "bin" / "python")
    alone, through = [], []
    for _ in range(10):  # by turns, so that what else the machine does weighs on both
        alone.append(milliseconds([python, "-P", "-m", "clinoscope"]))
        through.append(milliseconds([sys.executable, "run.py", "--", "x"]))
    assert min(through) - min(alone) < 300  # the least disturbed of each


def test_nothing_is_done_twice(ready: Project) -> None:
    stamp = ready.folder / ".venv" / "clinoscope-stamp.json"
    before = stamp.stat().st_mtime_ns
    assert ready.run("setup") == (0, "Clinoscope is set up. Start it with: python3 run.py\n")
    assert stamp.stat().st_mtime_ns == before


def test_a_changed_lock_is_installed_into_the_same_environment(project: Project) -> None:
    project.run("setup")
    lock = project.folder / "installer" / "locks" / "app.txt"
    lock.write_text(lock.read_text() + wheel(project.wheels, "gamma", {"gamma.py": ""}))
    code, output = project.run("setup")
    assert code == 0, output
    assert "Making .venv" not in output
    assert list(project.folder.glob(".venv/lib/*/site-packages/gamma.py"))


def test_setup_for_training_installs_more_and_the_app_stays_set_up(project: Project) -> None:
    code, output = project.run("setup", "--train")
    assert code == 0, output
    assert list(project.folder.glob(".venv/lib/*/site-packages/beta.py"))
    assert project.run("setup")[1].count("\n") == 1


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_set_up_killed_half_way_is_made_anew(project: Project) -> None:
    killed = project.start("setup", TOY_DELAY="3")
    assert killed.stdout is not None
    while "Linking" not in killed.stdout.readline():
        assert killed.poll() is None
    time.sleep(0.5)  # pip is at work now, and outlives what started it
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    code, output = project.run("--", "hello")
    assert code == 0, output
    assert output.startswith("Another set-up of this folder is running; waiting for it ...\nMaking .venv anew")
    assert json.loads(output.splitlines()[-1])["arguments"] == ["hello"]


def test_two_at_once_make_it_once(project: Project) -> None:
    both = [project.start("setup", TOY_DELAY="1") for _ in range(2)]
    outputs = [process.communicate(timeout=90)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sum("Making .venv" in output for output in outputs) == 1
    assert sum("waiting for it" in output for output in outputs) == 1


def test_a_moved_environment_is_made_anew(project: Project, tmp_path: Path) -> None:
    project.run("setup")
    project.folder = project.folder.rename(tmp_path / "moved")
    project.wheels = project.folder / "wheels"
    code, output = project.run("--", "hello")
    assert code == 0, output
    assert "Making .venv anew" in output
    assert json.loads(output.splitlines()[-1])["prefix"] == str(tmp_path / "moved" / ".venv")


def test_a_python_without_venv_and_ensurepip(project: Project) -> None:
    hide = (
        "import runpy, sys; sys.modules.update(venv=None, ensurepip=None); "
        "sys.argv = ['run.py', 'setup']; runpy.run_path('run.py', run_name='__main__')"
    )
    base = str(Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info[:2]))
    code, output = project.run(python=(base, "-I", "-c", hide))
    assert code == 0, output
    code, output = project.run("--", "hello", python=(base, "run.py"))
    assert json.loads(output)["prefix"] == str(project.folder / ".venv")


def test_offline_is_a_sentence_without_addresses(project: Project) -> None:
    away = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}
    code, output = project.run("setup", PIP_INDEX_URL="http://nurse:secret@127.0.0.1:9/simple", **away)
    assert code == 1
    assert (
        output.rstrip().splitlines()[-1].startswith("The packages cannot be reached: this machine seems to be offline")
    )
    assert "secret" not in output
    assert "127.0.0.1" not in output
    assert project.run("setup")[0] == 0


def test_a_changed_package_is_refused(project: Project) -> None:
    with zipfile.ZipFile(project.wheels / "alpha-1-py3-none-any.whl", "a") as archive:
        archive.writestr("more.py", "")
    code, output = project.run("setup")
    assert code == 1
    assert "A package is not the one that was pinned, so it was refused." in output


def test_a_changed_pip_is_refused(project: Project) -> None:
    pip = next((project.folder / "installer" / "bootstrap").glob("*.whl"))
    pip.write_bytes(pip.read_bytes() + b"\0")
    code, output = project.run("setup")
    assert code == 1
    assert "is not the file that belongs here" in output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device: '/tmp/x'", "The disk is full."),
        ("[Errno 13] Permission denied: '/opt/clinoscope'", "This folder cannot be written to."),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "The certificate of the package source"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "A package was not found: either this machine"),
        ("something else", "The lines above say what failed."),
    ],
)
def test_what_pip_says_becomes_a_sentence(script: ModuleType, words: str, sentence: str) -> None:
    assert script.explain([words]).splitlines()[-1].startswith(sentence)


def test_no_package_registry_is_named() -> None:
    text = (ROOT / "run.py").read_text(encoding="utf-8").lower()
    assert "pypi" not in text
    assert "http:" not in text
    assert "https:" not in text


# --- which Python, which screen -------------------------------------------------------------------------------------


def test_an_older_python_can_read_the_file() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(("version", "fits"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_other_pythons_get_a_sentence(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], fits: bool
) -> None:
    monkeypatch.setattr(script.sys, "version_info", (*version, 0, "final", 0))
    sentence = script.unsuited()
    assert (sentence == "") == fits
    assert fits or f"needs Python 3.11, 3.12 or 3.13, and this is {version[0]}.{version[1]}." in sentence


def test_without_a_display_the_demo_runs_and_says_so(ready: Project) -> None:
    for display in ("", ":4711"):  # none, and one where no server listens
        code, output = ready.run(DISPLAY=display, WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
        said, program = output.splitlines()
        assert code == 0
        assert said.startswith("There is no display for a window, so the demo runs instead")
        assert json.loads(program)["arguments"][:2] == ["demo", "--out"]


def test_stdout_is_the_programs_own(ready: Project) -> None:
    display = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    command = [sys.executable, "run.py"]
    done = subprocess.run(command, cwd=ready.folder, env={**os.environ, **display}, capture_output=True, timeout=90)
    assert json.loads(done.stdout)["arguments"][0] == "demo"
    assert done.stderr.startswith(b"There is no display")


def test_with_a_display_the_window_opens(ready: Project) -> None:
    code, output = ready.run(DISPLAY="elsewhere:0")
    assert code == 0
    assert json.loads(output)["arguments"] == []


def test_unknown_words_are_wrong_usage(ready: Project) -> None:
    code, output = ready.run("demo", "--out", "out")
    assert code == 2
    assert output == "run.py does not know 'demo --out out'. Put -- before what is meant for the program; see --help.\n"


# --- what Qt needs from the system ----------------------------------------------------------------------------------


@pytest.fixture
def bare(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[str]]:
    """Lack one library on a machine whose apt-get is a toy (`what` it does, in sh); returns what apt-get was told."""

    def look(what: str, user: int) -> list[str]:
        (tmp_path / "apt-get").write_text(f"#!/bin/sh\necho $1 $7 $8 >> {tmp_path}/told\n{what}\n")
        (tmp_path / "apt-get").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setattr(script, "WINDOW_LIBRARIES", {"libnowhere.so.1": "libnowhere1"})
        monkeypatch.setattr(script, "LOG", tmp_path / "log")
        monkeypatch.setattr(script.os, "geteuid", lambda: user)
        assert script.system_libraries(False) == (False, False)
        told = tmp_path / "told"
        return told.read_text().splitlines() if told.exists() else []

    return look


def test_root_installs_and_fetches_the_lists_when_they_are_absent(
    bare: Callable[[str, int], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bare("[ $1 = update ]", 0) == ["install libnowhere1", "update", "install libnowhere1"]
    assert "Installing what Qt needs from the system: libnowhere1" in capsys.readouterr().out


def test_others_get_the_line_to_run(bare: Callable[[str, int], list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert bare("", 1000) == []
    assert capsys.readouterr().out.endswith("Run:\n    sudo apt-get install -y libnowhere1\n")


# --- the test run ---------------------------------------------------------------------------------------------------


def test_the_test_run_checks_first_and_ends_with_the_count(tmp_path_factory: pytest.TempPathFactory) -> None:
    project = Project(tmp_path_factory.mktemp("tests") / "a checkout")
    code, output = project.run("test", "-k", "focus")
    assert code == 0, output
    lines = [line for line in output.splitlines() if line.startswith(("===", "toy"))]
    assert lines == [
        *("=== Lint (ruff check)", "toy ruff", "=== Format (ruff format)", "toy ruff", "=== Types (mypy)", "toy mypy"),
        *("=== Borders between rooms (import-linter)", "toy lint_imports", "=== Tests (pytest)", "toy pytest -k focus"),
    ]
    assert output.endswith("\n7 passed\n")

    code, output = project.run("test", TOY_FAILS="mypy")
    assert code == 1
    assert "Checks that failed: Types (mypy)" in output
    assert output.endswith("\n7 passed\n")

    assert project.run("test", TOY_FAILS="pytest")[0] == 1
    assert project.run("check", TOY_FAILS="ruff")[0] == 1
    assert project.run("check")[0] == 0
