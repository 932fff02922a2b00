"""A real window, a real vault, a person's hands, and a watchdog over the window's thread.

The flow tests touch the window only as a person would: keys and mouse through :class:`Hands`. The
watchdog measures how long the window could not answer; the end of every flow test fails beyond
``LONGEST_BLOCK``.
"""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget

from clinoscope.domain.record import Exam, Patient, Sex
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM
from clinoscope.ui import app as ui_app
from clinoscope.ui import bugs, tasks, theme
from clinoscope.ui.exam.step import Step
from clinoscope.ui.window import Window

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage

USER = "Grace Mensah"
PASSWORD = "three quiet rivers"
LONGEST_BLOCK = 50.0
"""Milliseconds, from the design: no action blocks the window for longer. A crowded machine gets as much more."""
_TICK = 5


@dataclass(frozen=True)
class Moment:
    """``now`` in milliseconds; how long each of our threads has stood in the queue for a processor; this one's work."""

    now: float
    queued: dict[str, int]
    worked: float

    @classmethod
    def here(cls) -> Moment:
        queued = {}
        if sys.platform.startswith("linux"):
            for thread in Path("/proc/self/task").iterdir():
                try:
                    told = (thread / "schedstat").read_text(encoding="ascii")
                except OSError:
                    continue  # it ended meanwhile
                queued[thread.name] = int(told.split()[1])
        return cls(time.perf_counter() * 1000, queued, time.thread_time() * 1000)

    def until(self, later: Moment) -> float:
        """Milliseconds to ``later``, less what our threads waited for a processor that others had.

        A machine that runs the whole suite at once must not fail a test of our own slowness; what
        this thread itself worked always counts.
        """
        waited = sum(later.queued[thread] - self.queued.get(thread, 0) for thread in later.queued) / 1e6
        return max(later.now - self.now - waited, later.worked - self.worked)


@dataclass
class Watchdog:
    """How long the window's thread was not able to look at an event, and what it did then."""

    blocks: list[tuple[float, str]] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """Milliseconds of the longest block."""
        return max((length for length, _what in self.blocks), default=0.0)

    def note(self, since: Moment, what: str, rest: float = 0.0) -> Moment:
        """Note the time since ``since``, but for ``rest`` milliseconds meant to pass; returns the moment it is now."""
        now = Moment.here()
        length = since.until(now) - rest
        if length > LONGEST_BLOCK:
            length /= _pace()
            now = Moment.here()
        self.blocks.append((length, what))
        return now


_quickest = float("inf")


def _pace() -> float:
    """How much longer a fixed piece of work takes now than at its quickest in this process, 1 at least.

    Two processes on the two halves of one core each work at half to two thirds of the speed, and their processor time
    counts as if they had it to themselves.
    """
    global _quickest
    began, total = time.thread_time(), 0
    for number in range(20_000):
        total += number * number
    spent = time.thread_time() - began
    _quickest = min(_quickest, spent)
    return spent / _quickest


def _crowding() -> float:
    """How many want each processor, 1 on a machine that is ours: the X server and the caches are shared, too."""
    if not hasattr(os, "getloadavg"):
        return 1.0
    return min(max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0), 8.0)


class Hands:
    """What a person does: press, type, click, wait and look. Every act is watched."""

    user = USER
    password = PASSWORD

    def __init__(self, window: Window, watchdog: Watchdog) -> None:
        self.window = window
        self.watchdog = watchdog
        self._last = Moment.here()
        self._what = "start"
        self._beat = QTimer(window)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(_TICK)
        self._beat.timeout.connect(self._on_beat)

    def press(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        self._act(f"press {key!r}", lambda: QTest.keyClick(self._focus(), key, modifier))

    def ctrl(self, key: Qt.Key | str) -> None:
        """Press a key with Ctrl."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        """Type where the keyboard is, one key after the other."""
        for letter in text:
            self.press(letter)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that is on the screen, in its middle unless told where."""
        self.until(lambda: widget.isVisible() and widget.isEnabled(), f"{widget.accessibleName()!r} can be clicked")
        spot = at if at is not None else widget.rect().center()
        button = Qt.MouseButton.LeftButton
        self._act(f"click {widget.accessibleName()!r}", lambda: QTest.mouseClick(widget, button, pos=spot))

    def until(self, happens: Callable[[], object], what: str, seconds: float = 15.0) -> None:
        """Let the window work until something happens. Fails when it does not."""
        end = time.monotonic() + seconds
        self._what = f"until {what}"
        self._last = Moment.here()
        self._beat.start()
        try:
            while not happens():
                if time.monotonic() > end:
                    pytest.fail(f"did not happen: {what}")
                QTest.qWait(_TICK)
        finally:
            self._beat.stop()

    def settle(self) -> None:
        """Until no work is running and every event is dealt with."""
        self.until(lambda: tasks.running() == 0, "all work is done")
        self.wait(10)
        self.until(lambda: tasks.running() == 0, "all work is done")

    def crowding(self) -> float:
        """How many want each processor, 1 on a machine that is ours."""
        return _crowding()

    def wait(self, milliseconds: float) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + milliseconds / 1000
        self.until(lambda: time.monotonic() >= end, f"{milliseconds} ms have passed")

    def tick(self, box: QCheckBox) -> None:
        """Click the box itself, at the left of its words."""
        self.click(box, QPoint(12, box.height() // 2))

    def log_in(self, name: str = USER, password: str = PASSWORD) -> None:
        """Type name and password into the login, whatever stands there, and press Enter."""
        login = self.window.gate.login
        assert login is not None
        for edit, text in ((login.name.edit, name), (login.password.edit, password)):
            self.click(edit)
            self.ctrl(Qt.Key.Key_A)
            self.type(text)
        self.press(Qt.Key.Key_Return)

    def on(self, place: str) -> None:
        """Until the page of ``place`` is up and has what it shows."""
        self.until(lambda: not self.window.locked() and self.window.shell.place == place, f"the page {place!r} is up")
        self.settle()

    # the exam page

    def begin(self, digit: str) -> ExamPage:
        """A new exam of the open patient, with the task under a digit."""
        self.ctrl(Qt.Key.Key_E)
        self.on("exam")
        # Late: first_log_in.py measures a program that has not brought this in yet.
        from clinoscope.ui.exam.page import ExamPage

        page = self.window.page
        assert isinstance(page, ExamPage)
        assert page.step is Step.CHOOSE
        self.press(digit)
        self.settle()
        assert page.step is Step.CAPTURE
        return page

    def drop(self, page: ExamPage, path: Path) -> None:
        """Drag a file over the page and let go."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        spot, copy, left = page.rect().center(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        nothing = Qt.KeyboardModifier.NoModifier
        with warnings.catch_warnings():
            # From 6.12 on PySide wants a QPointF here, before that it takes none.
            warnings.simplefilter("ignore", DeprecationWarning)
            entered = QDragEnterEvent(spot, copy, mime, left, nothing)
        QApplication.sendEvent(page, entered)
        assert entered.isAccepted()
        QApplication.sendEvent(page, QDropEvent(spot, copy, mime, left, nothing))
        self.taken(page)

    def taken(self, page: ExamPage) -> None:
        """Until the still is kept and its region is shown; a picture that failed its check is used anyway."""
        self.until(lambda: page.exam is not None and not page.busy, "the picture is kept", 30)
        self.settle()
        if page.step is Step.CAPTURE:
            assert page.bench.capture.failed
            self.click(page.bench.capture.use_anyway)
            self.settle()
        assert page.step is Step.REGION

    def read(self, page: ExamPage) -> Exam:
        """Enter, and until the reading is there."""
        self.press(Qt.Key.Key_Return)
        self.until(lambda: page.exam is not None and page.exam.reading is not None, "the picture is read", 30)
        self.settle()
        assert page.step is Step.READING
        assert page.exam is not None
        return page.exam

    def sign(self, page: ExamPage) -> Exam:
        """Sign from the keyboard, and until the report is there."""
        self.ctrl(Qt.Key.Key_Return)
        self.until(lambda: page.acts.panel is not None, "the signing panel is open")
        self.wait(200)
        self.type(self.password)
        self.press(Qt.Key.Key_Return)
        self.until(lambda: page.step is Step.REPORT, "the report is shown", 30)
        self.settle()
        assert page.exam is not None
        return page.exam

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _act(self, what: str, act: Callable[[], object]) -> None:
        before = Moment.here()
        act()
        self._last = self.watchdog.note(before, what)
        self.wait(1)

    def _on_beat(self) -> None:
        self._last = self.watchdog.note(self._last, self._what, _TICK)  # between two beats lies a tick in any case


@pytest.fixture(scope="session")
def app() -> QApplication:
    """The one QApplication of the process."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([])


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("template") / "vault"
    vault, code = Vault.create(folder, USER, PASSWORD, cost=MINIMUM)
    vault.close()
    return folder, code


@pytest.fixture
def vault_folder(_template: tuple[Path, str], tmp_path: Path) -> Path:
    """A fresh vault of ``USER`` with ``PASSWORD`` whose keys cost little to open."""
    folder = tmp_path / "vault"
    shutil.copytree(_template[0], folder)
    return folder


@pytest.fixture
def recovery_code(_template: tuple[Path, str]) -> str:
    """The recovery code of ``vault_folder``."""
    return _template[1]


@pytest.fixture
def found_bugs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """Every bug that came up in the window; any left here at the end fails the test."""
    found: list[BaseException] = []
    monkeypatch.setattr(bugs, "report", found.append)
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: found.append(error))
    yield found
    if found:
        raise found[0]


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """Fails the test when the window could not answer for longer than ``LONGEST_BLOCK``."""
    watching = Watchdog()
    for _ in range(5):
        _pace()  # so that its quickest is known
    yield watching
    limit = LONGEST_BLOCK * _crowding()
    too_long = sorted((block for block in watching.blocks if block[0] > limit), reverse=True)
    assert not too_long, f"the window was blocked: {[(round(length), what) for length, what in too_long[:5]]}"


@pytest.fixture
def strays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails the test when a part of a page is shown before it has its place: Qt makes a window of it, and undoes it."""
    found = set()
    set_visible = QWidget.setVisible

    def watched(widget: QWidget, shown: bool) -> None:
        set_visible(widget, shown)
        if shown and widget.isWindow():
            found.add(f"{type(widget).__name__} in {sys._getframe(1).f_code.co_qualname}")

    monkeypatch.setattr(QWidget, "setVisible", watched)
    yield
    assert not found, f"shown before they were laid out: {sorted(found)}"


@pytest.fixture
def open_window(
    app: QApplication, tmp_path: Path, watchdog: Watchdog, strays: None, found_bugs: list[BaseException]
) -> Iterator[Callable[[Path], Hands]]:
    """Opens the program's window on a vault folder, as ``ui.app.main`` does."""
    windows: list[Window] = []

    def opened(folder: Path) -> Hands:
        window = ui_app.build(app, folder, tmp_path / "preferences", catch_bugs=False)
        theme.set_appearance(theme.Appearance.LIGHT)
        theme.watcher().less_motion = False
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowExposed(window)
        # The program does this while the password is typed (ui.preload); the watch begins after it. What is garbage
        # now would be kept for good by it.
        from clinoscope.ui import preload

        gc.collect()
        preload.run()
        return Hands(window, watchdog)

    yield opened
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def hands(open_window: Callable[[Path], Hands], vault_folder: Path) -> Hands:
    """A window in front of a vault, at the login."""
    return open_window(vault_folder)


@pytest.fixture
def logged_in(hands: Hands) -> Hands:
    """A window with ``USER`` logged in, at the page Today."""
    hands.log_in()
    hands.on("today")
    return hands


@pytest.fixture
def with_ada(logged_in: Hands) -> Hands:
    """Logged in, at the patient page of Ada Okafor."""
    vault = logged_in.window.shell.open_vault
    vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor", sex=Sex.FEMALE))
    logged_in.ctrl(Qt.Key.Key_F)
    logged_in.on("people")
    logged_in.type("oka")
    logged_in.settle()
    logged_in.press(Qt.Key.Key_Return)
    logged_in.on("patient")
    return logged_in


class NetworkCamera:
    """A Motion-JPEG camera on this machine, 15 frames a second; ``sees`` changes what is before it.

    While ``frozen`` it sends nothing, while ``gone`` it takes no viewer and leaves those it has.
    """

    def __init__(self) -> None:
        self.frozen, self.gone, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._jpeg = b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/live"

    def sees(self, image: Image.Image) -> None:
        file = io.BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=85)
        self._jpeg = file.getvalue()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(503 if camera.gone.is_set() else 200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
                self.end_headers()
                try:
                    while not camera.gone.is_set() and not camera._closing.is_set():
                        if not camera.frozen.is_set():
                            head = f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(camera._jpeg)}\r\n\r\n"
                            self.wfile.write(head.encode() + camera._jpeg + b"\r\n")
                        time.sleep(1 / 15)
                except OSError:
                    return  # the viewer has gone

            def log_message(self, *_words: object) -> None:
                return

        return Handler


@pytest.fixture
def network_camera() -> Iterator[NetworkCamera]:
    """A camera that nothing is before yet."""
    made = NetworkCamera()
    yield made
    made.close()
