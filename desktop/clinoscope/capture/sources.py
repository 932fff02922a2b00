"""A live source: its own reader thread, the newest frame and nothing else kept, back by itself when it was lost."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clinoscope.capture import controls, files
from clinoscope.capture.cameras import DEFAULT
from clinoscope.capture.controls import Abilities, Settings
from clinoscope.capture.folder import Watch
from clinoscope.capture.readers import CameraReader, FileReader, FolderReader, MjpegReader, Reader, RtspReader, Shot
from clinoscope.capture.vendors import VENDORS
from clinoscope.domain.errors import CameraError, KnownError
from clinoscope.domain.picture import Picture, Pixels

if TYPE_CHECKING:
    import cv2

STALLED_AFTER = 1.6
"""Seconds without a frame after which a live source counts as stalled: it has to be on the screen within two."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
"""Seconds before a source that was lost is tried again: twice as long with each try that brings no frame."""
_JOIN = 1.0
"""Seconds that ``stop`` waits for the reader's thread."""


class SourceState(StrEnum):
    """``OPENING`` until the first frame, ``STALLED`` when the last one is too old, ``LOST`` while it tries again."""

    OPENING = "opening"
    LIVE = "live"
    STALLED = "stalled"
    LOST = "lost"
    STOPPED = "stopped"


@dataclass(frozen=True, eq=False)
class Frame:
    """One live frame: RGB ``pixels`` (height, width, 3) not to be written to, ``number`` from 1 on,
    ``at`` on the clock of ``time.monotonic``."""

    pixels: Pixels = field(repr=False)
    number: int
    at: float


OnFrame = Callable[[Frame], None]


def open_source(address: str, on_frame: OnFrame | None = None, settings: Settings = DEFAULT) -> Source:
    """The source at ``camera:<name>``, ``http(s)://…`` (Motion-JPEG), ``rtsp(s)://…``, ``folder:<path>``
    (the newest picture saved into it), ``mm:<configuration>`` (Micro-Manager) or ``file:<path>``; not started.

    ``on_frame`` is called with every new frame in the reader's thread, and must be quick; ``settings`` are for a camera
    each time it is opened. Raises CameraError when the address is of no known kind; that nothing answers there is told
    later, by the state.
    """
    kind, _, rest = address.strip().partition(":")
    kind = kind.lower()
    if kind == "camera" and rest:
        return CameraSource(rest, settings, on_frame)
    if kind == "file" and rest:
        return Source(lambda stopping: FileReader(Path(rest), stopping), on_frame)
    if kind == "folder" and rest:
        watch = Watch(Path(rest))
        return Source(lambda stopping: FolderReader(watch, stopping), on_frame)
    if kind in VENDORS and rest:
        make = VENDORS[kind].reader
        return Source(lambda stopping: make(rest, stopping), on_frame)
    if kind in ("http", "https", "rtsp", "rtsps"):
        try:
            parts = urlsplit(address.strip())
            valid = bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if valid:
            reader = MjpegReader if kind.startswith("http") else RtspReader
            return Source(lambda stopping: reader(parts, stopping), on_frame)
    raise CameraError("This address is not understood; write http://… or rtsp://…, or choose a camera.")


class Source:
    """Made by ``open_source``. All methods are for the owner's thread; none blocks but ``still`` and ``stop``."""

    def __init__(self, make_reader: Callable[[threading.Event], Reader], on_frame: OnFrame | None = None) -> None:
        self._make_reader = make_reader
        self._on_frame = on_frame
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._reader: Reader | None = None
        self._shot: Shot | None = None
        self._frame: Frame | None = None
        self._state = SourceState.STOPPED
        self._reason = ""

    def start(self) -> None:
        """Begin to read; nothing happens when it has begun already."""
        if self._thread is not None:
            return
        self._stopping = threading.Event()
        self._state, self._reason = SourceState.OPENING, ""
        self._thread = threading.Thread(target=self._run, args=(self._stopping,), name="clinoscope-source", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End within a second. Only an RTSP server that takes the call and then says nothing can hold the thread up to
        5 s longer: it announces no more frames and ends by itself."""
        self._stopping.set()
        with self._lock:
            reader, thread = self._reader, self._thread
            self._state, self._reason = SourceState.STOPPED, ""
            self._shot = self._frame = self._thread = None
        if reader is not None:
            reader.interrupt()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN)

    def latest(self) -> Frame | None:
        """The newest frame; None before the first one, while the source is lost, and after ``stop``."""
        return self._frame

    @property
    def state(self) -> SourceState:
        with self._lock:
            frame = self._frame
            if self._state is SourceState.LIVE and frame and time.monotonic() - frame.at > STALLED_AFTER:
                return SourceState.STALLED
            return self._state

    @property
    def reason(self) -> str:
        """While the source is lost, the sentence that says why and what to do; else ""."""
        return self._reason

    def still(self) -> Picture:
        """The newest frame at full resolution as a picture; from a Motion-JPEG stream, the JPEG as it was received.

        Raises CameraError when there is no frame, or the newest one is older than ``STALLED_AFTER``.
        """
        with self._lock:
            shot, frame, reader = self._shot, self._frame, self._reader
        if shot is None or frame is None or reader is None or time.monotonic() - frame.at > STALLED_AFTER:
            raise CameraError("There is no live picture to take; wait until the camera shows one.")
        if shot.picture is not None:
            return shot.picture
        if shot.jpeg is not None:
            return files.open_picture(shot.jpeg, reader.origin, reader.device)
        return files.from_frame(shot.pixels, reader.origin, reader.device)

    def _run(self, stopping: threading.Event) -> None:
        pause = _FIRST_PAUSE
        number = 0
        while not stopping.is_set():
            reader = self._make_reader(stopping)
            before = number
            with self._lock:
                self._reader = reader
            try:
                reader.open()
                self._wait_for_frame(stopping)
                while not stopping.is_set():
                    self._between_frames(reader)
                    if (shot := reader.read()) is not None:
                        number += 1
                        self._take(shot, number, stopping)
            except KnownError as error:
                self._lose(str(error), stopping)
            finally:
                reader.close()
            pause = _FIRST_PAUSE if number > before else min(2 * pause, _LONGEST_PAUSE)
            stopping.wait(pause)

    def _between_frames(self, reader: Reader) -> None:
        """For what must be done on the reader's thread; nothing here."""

    def _wait_for_frame(self, stopping: threading.Event) -> None:
        with self._lock:
            if not stopping.is_set():
                self._state, self._reason = SourceState.OPENING, ""

    def _take(self, shot: Shot, number: int, stopping: threading.Event) -> None:
        frame = Frame(shot.pixels, number, time.monotonic())
        with self._lock:
            if stopping.is_set():
                return
            self._shot, self._frame = shot, frame
            self._state, self._reason = SourceState.LIVE, ""
        if self._on_frame is not None:
            self._on_frame(frame)

    def _lose(self, reason: str, stopping: threading.Event) -> None:
        with self._lock:
            if not stopping.is_set():
                self._shot = self._frame = None
                self._state, self._reason = SourceState.LOST, reason


class CameraSource(Source):
    """A camera of this PC, whose knobs can be turned while it is seen live."""

    def __init__(self, name: str, settings: Settings, on_frame: OnFrame | None = None) -> None:
        self.device = name
        self.settings = settings
        """As they are applied now, and whenever the camera comes back."""
        self._wishes: deque[Callable[[cv2.VideoCapture], None]] = deque()
        super().__init__(lambda _stopping: CameraReader(name, self.settings), on_frame)

    def change(self, settings: Settings) -> None:
        """Set the camera before its next frame; if it is away, once it is back. A new size takes the moment that a
        camera needs to start anew."""
        before, self.settings = self.settings, settings

        def do(capture: cv2.VideoCapture) -> None:
            if settings.size != before.size:
                controls.set_size(capture, settings.size)
            controls.apply(capture, settings, before)

        self._wishes.append(do)

    def probe(self, told: Callable[[Abilities], None]) -> None:
        """Find out what the camera can do and set it as before; ``told`` is called in the reader's thread."""

        def do(capture: cv2.VideoCapture) -> None:
            found = controls.probe(capture)
            controls.apply(capture, self.settings)
            told(found)

        self._wishes.append(do)

    def _between_frames(self, reader: Reader) -> None:
        assert isinstance(reader, CameraReader)
        while self._wishes and reader.capture is not None:
            self._wishes.popleft()(reader.capture)
