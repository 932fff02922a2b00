#!/usr/bin/env python3
"""Set Clinoscope up and start it. One file, the standard library only, the same on Windows, macOS and Linux.

    python3 run.py                     set up what is missing, then open the window
    python3 run.py -- ARGUMENTS        the same, with arguments for the program: python3 run.py -- demo --out out
    python3 run.py setup [--train]     set up and stop; --train adds what `clinoscope train` needs
    python3 run.py check               lint, format, types, borders between rooms
    python3 run.py test [ARGUMENTS]    check, then every test; arguments go to pytest

A valid stamp inside .venv means "complete and unchanged", and is the only thing a second start looks at. It is taken
away before anything in .venv is touched and written last, so that a set-up killed half-way is simply made anew.
The file stays readable for Python 3.7 (a test parses it so): an older Python must be able to say that it is too old.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path

TYPE_CHECKING = False  # `from typing import TYPE_CHECKING` would cost each start some milliseconds
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "clinoscope-stamp.json"
LOG = VENV / "setup.log"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LOCKS = ROOT / "installer" / "locks"
PIP = ROOT / "installer" / "bootstrap" / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

RECIPE = 1  # raise it when the way of installing changes: every .venv is then made anew
KINDS = ("app", "train", "dev")  # each lock holds all of the one before

# What the Qt of PySide6-Essentials 6.12 (xcb and Wayland) loads from the system, by `ldd`: library, its Debian package.
WINDOW_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
CHECKS = (
    ("Lint (ruff check)", ("ruff", "check")),
    ("Format (ruff format)", ("ruff", "format", "--check")),
    ("Types (mypy)", ("mypy",)),
    ("Borders between rooms (import-linter)", ("lint-imports",)),
)


# Failures of the world: how pip or the system tell of one (a regular expression), and what we say. The first that fits.
WORLD = (
    (
        "No space left on device|not enough space on the disk|Disk quota exceeded",
        "The disk is full. Free about 1.5 GB (6 GB for tests or training) and try again.",
    ),
    (
        "DO NOT MATCH THE HASHES",
        "A package is not the one that was pinned, so it was refused. Try again, or on another network.",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED|SSLError",
        (
            "The certificate of the package source was not accepted. Ask who runs this network for its certificate and "
            "set PIP_CERT to that file."
        ),
    ),
    (
        (
            "NewConnectionError|Failed to establish a new connection|NameResolutionError|ConnectTimeoutError"
            "|ReadTimeoutError|ProxyError|Network is unreachable|Connection refused"
        ),
        (
            "The packages cannot be reached: this machine seems to be offline, or needs a proxy (set HTTPS_PROXY, as "
            "for pip). Connect it and try again."
        ),
    ),
    (
        "Permission denied|Read-only file system|Access is denied",
        "This folder cannot be written to. Move Clinoscope to a folder of yours and try again.",
    ),
    (
        "No matching distribution found",
        (
            "A package was not found: either this machine cannot reach the packages (connect it, or set HTTPS_PROXY as "
            "for pip), or it is not 64-bit Windows, macOS or Linux with glibc, for which they are made."
        ),
    ),
)


class SetupError(Exception):
    """The set-up cannot go on: a sentence for the person at the keyboard."""


def say(text: str = "") -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    """Do what the command line asks; returns the exit code (on POSIX the program replaces this process instead)."""
    own: list[str] = arguments
    program: list[str] | None = None
    if "--" in arguments:
        split = arguments.index("--")
        own, program = arguments[:split], arguments[split + 1 :]
    command, rest = (own[0], own[1:]) if own else ("", [])
    # what the program says on stdout is for programs (JSON): before it, our own words go to stderr
    with contextlib.redirect_stdout(sys.stdout if command else sys.stderr):
        return do(command, rest, own, program)


def do(command: str, rest: list[str], own: list[str], program: list[str] | None) -> int:
    """One command, its failures told in a sentence."""
    try:
        complaint = unsuited()
        if complaint:
            raise SetupError(complaint)
        if command == "setup" and program is None and rest in ([], ["--train"]):
            set_up("train" if rest else "app")
            say("Clinoscope is set up. Start it with: python3 run.py")
            return 0
        if command == "check" and program is None and not rest:
            set_up("dev")
            return 1 if failed_checks() else 0
        if command == "test":
            set_up("dev", with_screen=True)
            return run_tests(rest + (["--", *program] if program else []))
        if command == "":
            set_up("app")
            return start(program or [])
        if command in ("-h", "--help", "help"):
            say(__doc__)
            return 0
        say(f"run.py does not know '{' '.join(own)}'. Put -- before what is meant for the program; see --help.")
        return 2
    except SetupError as problem:
        say(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return 130
    except BrokenPipeError:
        return 1  # whoever read our words is gone, so there is nobody to tell
    except OSError as problem:
        say(f"\n{world_sentence(str(problem)) or f'The set-up stopped: {problem}.'}")
        return 1


def unsuited() -> str:
    """Why this Python cannot run Clinoscope, in a sentence; empty when it can."""
    version = "{}.{}".format(*sys.version_info[:2])
    if not (3, 11) <= tuple(sys.version_info[:2]) <= (3, 13):
        return f"Clinoscope needs Python 3.11, 3.12 or 3.13, and this is {version}. {other_python()}"
    if sys.implementation.name != "cpython":
        return f"Clinoscope needs the usual Python (CPython), and this is {sys.implementation.name}."
    if sys.maxsize < 2**32:
        return "Clinoscope needs a 64-bit Python, and this one is 32-bit."
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "Clinoscope needs the usual Python, and this is the free-threaded build."
    return ""


def other_python() -> str:
    import shutil
    import subprocess

    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        # a version manager's shim may exist without the Python behind it
        if found and subprocess.call([found, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return f"One is here, start with: {name} run.py"
    return "Install one, then start with it (Windows: py -3.13 run.py)."


# --- is there anything to do? ---------------------------------------------------------------------------------------


def base() -> dict[str, object]:
    """What a .venv is made for; when any of it changes, the .venv is made anew."""
    machine = os.environ.get("PROCESSOR_ARCHITECTURE", "") if WINDOWS else os.uname().machine
    python = "{}.{}".format(*sys.version_info[:2])
    return {"recipe": RECIPE, "python": python, "machine": f"{sys.platform} {machine}", "place": str(VENV)}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp() -> dict[str, Any]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and stamp.get("base") == base() and PYTHON.exists() else {}


def write_stamp(stamp: dict[str, Any]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    fresh.replace(STAMP)


def to_do(kind: str, with_screen: bool) -> list[str]:
    """The steps of the set-up that are not known to be done: some of venv, packages, project, libraries."""
    stamp = read_stamp()
    if not stamp:
        return ["venv", "packages", "project", "libraries"]
    steps = []
    if stamp["locks"].get(kind) != sha256(LOCKS / f"{kind}.txt"):
        steps.append("packages")
    if stamp["project"] != sha256(ROOT / "pyproject.toml"):
        steps.append("project")
    if not stamp["screen" if with_screen else "window"]:
        steps.append("libraries")
    return steps


# --- the set-up -----------------------------------------------------------------------------------------------------


def set_up(kind: str, with_screen: bool = False) -> None:
    """Bring .venv to `kind` (one of KINDS), and the system libraries with it; does nothing when the stamp says so."""
    if not to_do(kind, with_screen):
        return
    with only_one():
        steps = to_do(kind, with_screen)  # again: another set-up may just have finished
        if "venv" in steps and Path(sys.prefix).resolve() == VENV.resolve() and sys.prefix != sys.base_prefix:
            raise SetupError(
                "The .venv must be made anew, and not from inside itself: use the Python that it came from."
            )
        stamp = {} if "venv" in steps else read_stamp()
        if not stamp:
            stamp = {"base": base(), "locks": {}, "project": "", "window": False, "screen": False}
        if steps != ["libraries"]:
            with contextlib.suppress(FileNotFoundError):
                STAMP.unlink()
        if "venv" in steps:
            make_venv()
        if "packages" in steps:
            install_packages(kind)
            stamp["locks"] = {one: sha256(LOCKS / f"{one}.txt") for one in KINDS[: KINDS.index(kind) + 1]}
        if "project" in steps:
            say("Linking Clinoscope itself ...")
            run_pip(["--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)])
            stamp["project"] = sha256(ROOT / "pyproject.toml")
        if "libraries" in steps:
            stamp["window"], screen = system_libraries(with_screen)
            stamp["screen"] = stamp["screen"] or screen
        write_stamp(stamp)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this checkout; the system lets go of it when its holder dies, however it dies."""
    with (ROOT / ".venv.lock").open("a+b") as file:
        told = False
        while not try_lock(file):
            if not told:
                say("Another set-up of this folder is running; waiting for it ...")
            told = True
            time.sleep(0.3)
        # what this set-up starts holds the lock with it: a pip that outlives a killed run.py is waited for, not fought
        os.set_inheritable(file.fileno(), True)
        yield


def try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":  # spelled so for the type checker, which knows msvcrt only there
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def make_venv() -> None:
    """Make .venv without pip: Debian's bare python3 has no ensurepip; that it is externally managed does not matter."""
    import shutil

    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        say("Making .venv anew: it is unfinished, from another place or for another Python.")
        try:
            shutil.rmtree(VENV)
        except OSError as problem:
            sentence = (
                f"The old .venv cannot be removed ({problem.strerror}). Close Clinoscope if it is open and try again."
            )
            raise SetupError(sentence) from problem
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    try:
        from venv import EnvBuilder
    except ImportError:
        make_venv_by_hand()
    else:
        EnvBuilder(with_pip=False, symlinks=not WINDOWS).create(VENV)


def make_venv_by_hand() -> None:
    """The same folder as the venv module makes, where the module itself was split off (POSIX only)."""
    if WINDOWS:
        raise SetupError("This Python has no venv module: install the full Python 3.13, not the embeddable one.")
    executable = Path(getattr(sys, "_base_executable", "") or sys.executable)
    version = "{}.{}".format(*sys.version_info[:2])
    (VENV / "bin").mkdir(parents=True)
    (VENV / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    if sys.platform != "darwin":
        (VENV / "lib64").symlink_to("lib")
    PYTHON.symlink_to(executable)
    for name in ("python3", f"python{version}"):
        (VENV / "bin" / name).symlink_to("python")
    settings = f"home = {executable.parent}\ninclude-system-site-packages = false\nversion = {sys.version.split()[0]}\n"
    (VENV / "pyvenv.cfg").write_text(settings, encoding="utf-8")


# --- packages -------------------------------------------------------------------------------------------------------


def install_packages(kind: str) -> None:
    if sha256(PIP) != PIP_SHA256:
        raise SetupError(f"{PIP.relative_to(ROOT)} is not the file that belongs here: fetch Clinoscope again.")
    lock = LOCKS / f"{kind}.txt"
    # no dependency is looked up and nothing is compiled here: the lock names every file by its hash
    run_pip(["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)], count_packages(lock))


def count_packages(lock: Path) -> int:
    """How many packages of the lock are for this machine, by the marker rules of the pip that will install them."""
    sys.path.insert(0, str(PIP))
    try:
        from pip._vendor.packaging.requirements import Requirement
    finally:
        sys.path.remove(str(PIP))
    pinned = [line.rstrip("\\ ") for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
    markers = [Requirement(line).marker for line in pinned]
    return sum(marker is None or marker.evaluate() for marker in markers)


def run_pip(arguments: list[str], total: int = 0) -> None:
    """Run `pip install`, showing where it is when a total is given; SetupError with its last lines when it fails."""
    import subprocess
    import threading

    command = [str(PYTHON), "-I", str(PIP / "pip"), "install", "--no-input", "--no-user", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--no-warn-script-location", *arguments]
    # a person's pip settings (proxy, mirror, certificates) hold; those that would install elsewhere do not
    elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_BINARY", "PYTHONHOME", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in elsewhere}
    environment.setdefault("PIP_RETRIES", "2")
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=WINDOWS
        )
        pipe = process.stdout
        assert pipe is not None  # for the type checker: PIPE was asked for
        lines: list[str] = []

        def read() -> None:
            for raw in pipe:
                line = raw.decode("utf-8", "replace")
                lines.append(line.rstrip())
                log.write(line)

        reader = threading.Thread(target=read)
        reader.start()
        progress = Progress(total)
        try:
            while reader.is_alive():
                reader.join(0.15)
                progress.look(lines)
        except BaseException:
            process.kill()
            raise
        finally:
            reader.join()
            process.wait()
            pipe.close()
            progress.end()
    if process.returncode != 0:
        raise SetupError(explain(lines))


class Progress:
    """What pip is doing, in one line: rewritten in place on a terminal, one line every two seconds elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.shown, self.when = total, "", 0.0
        self.terminal = sys.stdout.isatty()
        self.before = self.installed()

    @staticmethod
    def installed() -> set[str]:
        unix = "lib/python{}.{}/site-packages".format(*sys.version_info[:2])
        folder = VENV / ("Lib/site-packages" if WINDOWS else unix)
        return {path.name.split("-")[0] for path in folder.glob("*.dist-info")}

    def look(self, lines: list[str]) -> None:
        if not self.total:
            return
        fetched = [line.split()[1] for line in lines if line.startswith("Collecting ")]
        known = sum(line.startswith("Requirement already satisfied") for line in lines)
        order = next((line for line in lines if line.startswith("Installing collected packages: ")), "")
        if not order:
            if fetched:
                self.show("Fetching", len(fetched) + known, fetched[-1])
            return
        # pip says nothing while it unpacks, but each package it has begun leaves its mark in the folder
        begun = {name.lower() for name in self.installed() - self.before}
        names = [name for name in order.partition(": ")[2].split(", ") if name.replace("-", "_").lower() in begun]
        if names:
            self.show("Installing", min(known + len(names), self.total), names[-1])

    def show(self, what: str, number: int, name: str) -> None:
        text = f"{what} {number} of {self.total}: {name}"
        if text == self.shown or (not self.terminal and time.monotonic() - self.when < 2 and number < self.total):
            return
        self.shown, self.when = text, time.monotonic()
        print(f"\r{text:<78}" if self.terminal else text, end="" if self.terminal else "\n", flush=True)

    def end(self) -> None:
        if self.terminal and self.shown:
            say()


def world_sentence(text: str) -> str:
    """The sentence for the failure of the world that pip's or the system's words tell of; empty when none is known."""
    import re

    return next((sentence for signs, sentence in WORLD if re.search(signs, text)), "")


def explain(lines: list[str]) -> str:
    """Give the last lines of pip without addresses (they may hold a password), then what happened and what to do."""
    import re

    text = "\n".join(lines)
    last = [line for line in lines if line.strip() and not line.startswith(("Ignoring ", "WARNING: Location "))][-6:]
    last = [re.sub(r"\w+://\S+|host='[^']*'", "(address)", line)[:160] for line in last]
    advice = (
        world_sentence(text) or "The lines above say what failed. Try again; if it stays, report it with that file."
    )
    return "\n".join([*(f"    {line}" for line in last), f"    (all of it: {LOG})", "", advice])


# --- what Qt needs from the system ----------------------------------------------------------------------------------


def missing_libraries(with_screen: bool) -> list[str]:
    """The Debian/Ubuntu packages (library names where there is no apt) that the window, or its tests, still lack."""
    if not sys.platform.startswith("linux"):
        return []
    import ctypes
    import shutil

    missing = []
    for library, package in WINDOW_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package if shutil.which("apt-get") else library)
    if with_screen and not shutil.which("Xvfb"):
        missing.append("xvfb")
    return missing


def system_libraries(with_screen: bool) -> tuple[bool, bool]:
    """Install what is missing when root on Debian/Ubuntu, else say the line to run; (window ready, tests ready)."""
    import shutil

    missing = missing_libraries(with_screen)
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        say(f"Installing what Qt needs from the system: {' '.join(missing)}")
        # the lists of a fresh container are absent, those of an old machine stale: update only when the first try fails
        done = apt("install", missing) or (apt("update", []) and apt("install", missing))
        missing = missing_libraries(with_screen)
        if missing and not done:
            say("apt-get could not install them.")
    if missing and shutil.which("apt-get"):
        say(f"Some system libraries are missing. Run:\n    sudo apt-get install -y {' '.join(missing)}")
    elif missing:
        say(f"Some system libraries are missing; install them with your system's package manager: {' '.join(missing)}")
    return not [name for name in missing if name != "xvfb"], with_screen and not missing


def apt(verb: str, packages: list[str]) -> bool:
    import subprocess

    command = ["apt-get", verb, "-y", "-qq", "-o", "DPkg::Lock::Timeout=120", *packages]
    if verb == "install":
        command.insert(2, "--no-install-recommends")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with LOG.open("ab") as log:
        return subprocess.call(command, env=environment, stdout=log, stderr=log, close_fds=WINDOWS) == 0


# --- the program and the tests --------------------------------------------------------------------------------------


def start(arguments: list[str]) -> int:
    """Become the program; without arguments and without a display, the demo instead of the window."""
    if not arguments and not display_answers():
        out = ROOT / "out" / time.strftime("demo-%Y%m%d-%H%M%S")
        say(f"There is no display for a window, so the demo runs instead, on drawn pictures. Its reports go to {out}")
        arguments = ["demo", "--out", str(out)]
    elif not arguments and not read_stamp().get("window", False):
        raise SetupError("The window cannot open without these libraries.")
    # -P: a file in the person's own folder must not stand in for a module
    return become([str(PYTHON), "-P", "-m", "clinoscope", *arguments])


def become(command: list[str]) -> int:
    if not WINDOWS:
        os.execv(command[0], command)
    import subprocess

    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reaches the program too: it decides, and its exit code is ours


def display_answers() -> bool:
    """Whether a window can open: always on Windows and macOS; on Linux with Wayland or an X server that accepts."""
    if not sys.platform.startswith("linux") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return True
    host, colon, number = os.environ.get("DISPLAY", "").partition(":")
    if not colon:
        return False
    if host not in ("", "unix"):
        return True  # a display on another machine: let Qt find out
    import socket

    path = "/tmp/.X11-unix/X" + number.split(".")[0]
    for address in (path, "\0" + path):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
            return True
    return False


def failed_checks() -> list[str]:
    """Run every check under its heading; the headings of those that failed."""
    import subprocess

    failed = []
    for title, (program, *arguments) in CHECKS:
        say(f"\n=== {title}")
        if subprocess.call([str(PYTHON.parent / program), *arguments], cwd=ROOT) != 0:
            failed.append(title)
    say(f"\nChecks that failed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return failed


def run_tests(arguments: list[str]) -> int:
    """The checks, then pytest, whose closing line with the count comes last; 0 only when all of it passed."""
    import subprocess

    failed = failed_checks()
    say(
        "\n=== Tests (pytest)"
        + (f": the run fails whatever they say, because of: {', '.join(failed)}" if failed else "")
    )
    code = subprocess.call([str(PYTHON), "-P", "-m", "pytest", *arguments], cwd=ROOT)
    return code or (1 if failed else 0)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a folder's name may not fit an old console's letters
    sys.exit(main(sys.argv[1:]))
