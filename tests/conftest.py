"""What holds for every test: a screen of its own, no network, nothing left running, no word from Qt's log.

A test that leaves a thread, a timer or a window behind fails, and so does one during which Qt warned.
`qt_log_allowed.txt` holds the few messages of Qt that are known and harmless.
"""

from __future__ import annotations

import contextlib
import csv
import ctypes
import gc
import importlib.util
import ipaddress
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
PATIENCE = 3.0  # seconds that threads, timers and windows get to end after a test
QT_FOLDERS = ("ui", "flows")  # Qt is in ui only, so only its tests are searched for timers and windows

_screen: subprocess.Popen[bytes] | None = None
_scratch: tempfile.TemporaryDirectory[str] | None = None
_qt_messages: list[str] = []


# --- once for each process that runs tests --------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Set the process up before anything of Qt is imported; xdist's controller runs no test and needs none of it."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    global _scratch
    _scratch = tempfile.TemporaryDirectory(prefix="clinoscope-tests-")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = _scratch.name  # a test never meets the vault or the settings of the person who runs it
    for name in ("QT_SCALE_FACTOR", "QT_FONT_DPI", "QT_STYLE_OVERRIDE", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    if "QT_QPA_PLATFORM" not in os.environ and sys.platform.startswith("linux"):
        _open_screen()
    _listen_to_qt()
    sys.addaudithook(_no_network)


def pytest_unconfigure() -> None:
    if _screen is not None:
        _screen.terminate()
        _screen.wait()
    if _scratch is not None:
        _scratch.cleanup()
    if "PYTEST_XDIST_TESTRUNUID" in os.environ:
        for path in _turn_files():
            path.unlink(missing_ok=True)


def pytest_report_header() -> str:
    if not sys.platform.startswith("linux") or "QT_QPA_PLATFORM" in os.environ:
        return f"screen: {os.environ.get('QT_QPA_PLATFORM', 'of this machine')}"
    if shutil.which("Xvfb"):
        return "screen: Xvfb, one for each process"
    return "screen: none, Xvfb is not installed, so windows are drawn by Qt's offscreen platform"


def _open_screen() -> None:
    """Start an X server without a monitor for this process and point Qt at it; Qt's offscreen platform without Xvfb."""
    global _screen
    if not shutil.which("Xvfb"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    _screen = subprocess.Popen(
        command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent
    )
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        raise pytest.UsageError("Xvfb did not start; run the tests with QT_QPA_PLATFORM=offscreen to do without it")
    os.environ.update(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb")


def _die_with_parent() -> None:
    """Ask the kernel to end this process when a killed test run leaves it alone (prctl PR_SET_PDEATHSIG = 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _listen_to_qt() -> None:
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    allowed = [
        re.compile(line)
        for line in (HERE / "qt_log_allowed.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    harmless = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)

    def hear(kind: QtMsgType, context: Any, message: str) -> None:
        if kind not in harmless and not any(pattern.search(message) for pattern in allowed):
            _qt_messages.append(f"{context.category}: {message}")

    qInstallMessageHandler(hear)


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse, as an audit hook, to look up or reach any host but this one."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if not isinstance(address, tuple):
            return  # a Unix socket
        host = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise RuntimeError(f"a test wanted to reach {host}: the network is out of bounds here, except this machine")


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0"):
        return True
    try:
        return ipaddress.ip_address(str(name).split("%")[0]).is_loopback
    except ValueError:
        return False


# --- side by side ----------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole training runs late, since after them every search for what a test left behind goes through TensorFlow; what
    drives the window last: side by side with those, each waits for the other, half a minute at a time."""
    order = {"training": 1, "flows": 2}
    items.sort(key=lambda item: order.get(item.path.relative_to(HERE).parts[0], 0))


def _drives_the_window(item: pytest.Item) -> bool:
    return "flows" in item.path.relative_to(HERE).parts


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Give a test that measures time the whole machine: the other processes of this run wait until it is done.

    That holds for what drives the window (a watchdog measures how long it is blocked) and for what is marked `alone`.
    """
    alone = item.get_closest_marker("alone") is not None or _drives_the_window(item)
    with contextlib.ExitStack() as held:
        if "PYTEST_XDIST_TESTRUNUID" in os.environ and sys.platform != "win32":
            held.enter_context(_turn(alone))
        return (yield)


@contextlib.contextmanager
def _turn(alone: bool) -> Iterator[None]:
    """Readers and a writer over two locked files; all pass the first, so that the writer need not wait for ever."""
    import fcntl

    door, room = (path.open("a") for path in _turn_files())
    with door, room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(door, fcntl.LOCK_UN)
        yield


def _turn_files() -> list[Path]:
    run = os.environ["PYTEST_XDIST_TESTRUNUID"]
    return [Path(tempfile.gettempdir(), f"clinoscope-tests-{run}.{name}") for name in ("door", "room")]


# --- a disk that is full ---------------------------------------------------------------------------------------------


@pytest.fixture
def mount_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a real file system of a size ("16k", "2m") of its own and gives its folder."""
    disks: list[Path] = []

    def made(size: str) -> Path:
        disk = tmp_path / f"disk of {size}"
        disk.mkdir()
        mounted = shutil.which("mount") and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, check=False
        )
        if not mounted or mounted.returncode:
            pytest.skip("only root can mount a small disk")
        disks.append(disk)
        return disk

    yield made
    for disk in disks:
        subprocess.run(["umount", "-l", str(disk)], check=True)


# --- model packages of a clinic's own ---------------------------------------------------------------------------------


def _drawn_cell(label: int, chance: Any) -> Any:
    """A drawn cell, (240, 240, 3) RGB: of one label blue with one round nucleus, of the other red with two lobes."""
    import cv2
    import numpy as np

    ground = np.full((240, 240, 3), (232, 226, 222), np.uint8)
    body, nucleus = ((208, 190, 220), (92, 70, 150)) if label else ((226, 176, 168), (120, 60, 130))
    x, y = (int(place) for place in chance.integers(112, 128, 2))
    cv2.circle(ground, (x, y), 66, body, -1, cv2.LINE_AA)
    for dx in (0,) if label else (-22, 22):
        cv2.circle(ground, (x + dx, y + int(chance.integers(-8, 8))), 36 if label else 24, nucleus, -1, cv2.LINE_AA)
    grain = chance.normal(0, 3, ground.shape)
    return np.clip(cv2.GaussianBlur(ground, (0, 0), 1.2) + grain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def labelled_cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of 60 drawn cells of two labels and 30 slides, and one line whose file is missing."""
    import cv2
    import numpy as np

    folder, chance = tmp_path_factory.mktemp("site"), np.random.default_rng(3)
    with (folder / "labels.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["path", "label", "group"])
        for index in range(60):
            cv2.imwrite(str(folder / f"{index}.png"), _drawn_cell(index % 2, chance)[:, :, ::-1])
            table.writerow([f"{index}.png", ("basophil", "eosinophil")[index % 2], f"slide {index // 2}"])
        table.writerow(["missing.png", "basophil", "slide 0"])
    return folder / "labels.csv"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of installed packages, which the program takes for its own during this test."""
    folder = tmp_path / "site"
    for module in ("clinoscope.inference.packages", "clinoscope.workflow.models", "clinoscope.workflow.adapt"):
        monkeypatch.setattr(f"{module}.models_site", lambda: folder)
    return folder


@pytest.fixture
def own_package(tmp_path: Path) -> Callable[..., Path]:
    """Makes a package of a clinic's own: a copy of a shipped one with another version and no flags, sealed anew.

    ``changes`` are (pattern, replacement) for the lines of its package file.
    """
    from clinoscope.inference import packages
    from clinoscope.paths import MODELS

    def make(*changes: tuple[str, str], task: str = "skin/rash", version: str = "9.0.0", name: str = "own") -> Path:
        folder = tmp_path / name
        shutil.copytree(MODELS / task, folder)
        file = folder / packages.PACKAGE_FILE
        body = file.read_text(encoding="utf-8").partition("\n")[2]
        # flags name labels, and some of these packages are given others
        body = re.sub(r"(?ms)^\[\[flags\]\].*?(?=^\[(?!\[?flags))", "", body)
        for pattern, words in (("^version = .*", f'version = "{version}"'), *changes):
            body, count = re.subn(pattern, words, body, count=1, flags=re.MULTILINE)
            assert count, pattern
        file.write_bytes(packages.sealed(body))
        return folder

    return make


# --- around each test ------------------------------------------------------------------------------------------------


@pytest.fixture
def qt_log() -> list[str]:
    """What Qt has warned of during this test so far. A test that provokes a warning looks at it here and clears it."""
    return _qt_messages


@pytest.fixture(autouse=True)
def _qt_says_nothing() -> Iterator[None]:
    _qt_messages.clear()
    yield
    if _qt_messages:
        told = "\n  ".join(_qt_messages)
        _qt_messages.clear()
        pytest.fail(f"Qt's log was not silent:\n  {told}", pytrace=False)


@pytest.fixture(scope="module", autouse=True)
def _what_is_there_is_put_aside() -> None:
    """Only what a file's own tests make is collected and searched: going through half a million objects of pytest, Qt
    and TensorFlow three times for every test took more of the processor than the tests of the window themselves."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compare what runs after a test with what ran before; fixtures of a wider scope count as before."""
    with_qt = request.path.is_relative_to(HERE) and request.path.relative_to(HERE).parts[0] in QT_FOLDERS
    looks = [_threads, *([_timers, _windows] if with_qt else [])]
    before = [look() for look in looks]
    yield
    end = time.monotonic() + PATIENCE
    while True:
        left = [thing for look, known in zip(looks, before, strict=True) for thing in look() - known]
        if not left:
            break
        if time.monotonic() > end:
            pytest.fail("left behind: " + ", ".join(sorted(map(_described, left))), pytrace=False)
        _let_go(with_qt)
    if with_qt:
        _pool_is_idle()


def _threads() -> set[Any]:
    # a dummy stands for a thread that Python did not start (Qt's pool) and outlives it; _pool_is_idle looks at those
    return {one for one in threading.enumerate() if not isinstance(one, threading._DummyThread)}


def _timers() -> set[Any]:
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    return {one for one in gc.get_objects() if isinstance(one, QTimer) and isValid(one) and one.isActive()}


def _windows() -> set[Any]:
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return set()
    # those with a parent (a menu, a list that drops down) go with it; the tooltip is Qt's own
    tops = QApplication.topLevelWidgets()
    return {one for one in tops if one.parent() is None and one.metaObject().className() != "QTipLabel"}


def _described(thing: Any) -> str:
    name = thing.name if isinstance(thing, threading.Thread) else thing.objectName()
    return f"{type(thing).__name__} {name!r}"


def _let_go(with_qt: bool) -> None:
    gc.collect()
    if with_qt:
        from PySide6.QtCore import QCoreApplication, QEvent

        if QCoreApplication.instance() is not None:
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    time.sleep(0.02)


def _pool_is_idle() -> None:
    from PySide6.QtCore import QThreadPool

    if not QThreadPool.globalInstance().waitForDone(int(PATIENCE * 1000)):
        pytest.fail("left behind: work in Qt's thread pool", pytrace=False)


@pytest.fixture(scope="session")
def drawn_card() -> ModuleType:
    """What draws the printed colour card into a scene: ``resources/phantoms/drawing/card.py``."""
    path = HERE.parent / "resources" / "phantoms" / "drawing" / "card.py"
    spec = importlib.util.spec_from_file_location("drawn_card", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
