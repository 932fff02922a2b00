"""The live picture: two threads beside the window, one that prepares frames, one that checks them.

Neither queues. A frame is handed over only once the window took the one before, and each
thread always works on the newest frame there is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task
from clinoscope.ui.exam import source_words
from clinoscope.ui.exam.raster import Raster, frame_raster
from clinoscope.workflow import look
from clinoscope.workflow.capture import CameraSettings, CameraSource, Frame, LiveCheck, Source, open_source

POLL = 0.004
"""Seconds between looks for a newer frame: 4 ms late at most at 30 frames a second."""
FIND_EVERY = 0.5
"""Seconds between looks for the region, at least."""
FIND_WIDTH = 640
"""The region is looked for in a frame of this width, in pixels."""
CHECK_EVERY = 0.125
"""Seconds between live quality checks (8 a second, faster than a person reacts)."""


class LivePreview(QObject):
    """A source seen live. All signals arrive on the window's thread.

    ``frame_ready`` carries nothing: ``take`` hands out the newest frame. ``state_changed`` has
    a sentence while there is something to wait for or to do, "" while all is well.
    ``abilities_found`` answers ``probe``.
    """

    frame_ready = Signal()
    checked = Signal(object)
    state_changed = Signal(str)
    abilities_found = Signal(object)
    _wake = Signal()
    _ended = Signal()

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        self._address = ""
        self._room = (1280, 720)
        self._source: Source | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._shown: Raster | None = None
        self._told: str | None = None
        self._wake.connect(self.frame_ready, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._forget, Qt.ConnectionType.QueuedConnection)

    def set_room(self, width: int, height: int) -> None:
        """Device pixels of the place where frames are painted."""
        self._room = (max(width, 16), max(height, 16))

    def start(self, address: str, settings: CameraSettings | None = None) -> None:
        """Open a source and show it, once; ``settings`` are for a camera. Raises CameraError for an address that cannot
        be one."""
        self._address = address
        self._source = open_source(address, settings=settings or CameraSettings())
        self._source.start()
        for work in (self._prepare, self._check):
            thread = threading.Thread(target=work, args=(self._source, self._stop), daemon=True)
            thread.start()
            self._threads.append(thread)

    @property
    def camera(self) -> CameraSource | None:
        """The camera of this PC that is looked through, whose knobs can be turned; None for other sources."""
        return self._source if isinstance(self._source, CameraSource) else None

    def probe(self) -> None:
        """Find out what the camera can do: ``abilities_found`` tells."""
        if self.camera is not None:
            # Not after the end: a camera may take longer to answer than this object lives.
            self.camera.probe(lambda found: None if self._stop.is_set() else self.abilities_found.emit(found))

    def stop(self) -> None:
        """Let go of the source for good; the threads end by themselves within one frame."""
        self._stop.set()
        if self._source is None:
            return
        source, self._source = self._source, None
        # The threads still speak through this object: it lives until they have ended.
        _ending.add(self)
        # Some cameras take a second to let go: that must not be the window's second.
        threading.Thread(target=self._end, args=(source,), daemon=True).start()

    def take(self) -> Raster | None:
        """The newest frame not taken yet."""
        with self._lock:
            shown, self._shown = self._shown, None
        return shown

    def still(self) -> Callable[[], Picture] | None:
        """What takes the still, to be called from a worker; None while there is no picture."""
        source = self._source
        if source is None or source.latest() is None:
            return None
        return source.still

    def _forget(self) -> None:
        _ending.discard(self)
        self.deleteLater()

    # threads

    def _end(self, source: Source) -> None:
        for thread in self._threads:
            thread.join()
        source.stop()
        self._ended.emit()

    def _prepare(self, source: Source, stop: threading.Event) -> None:
        seen: Frame | None = None
        while not stop.is_set():
            self._tell(source)
            frame = source.latest()
            if frame is None or frame is seen or self._shown is not None:
                stop.wait(POLL)
                continue
            seen = frame
            raster = frame_raster(frame.pixels, self._room)
            with self._lock:
                self._shown = raster
            self._wake.emit()

    def _check(self, source: Source, stop: threading.Event) -> None:
        task = self._task
        check = LiveCheck(task.quality, task.region, task.fill)
        finder = _Finder(task)
        seen: Frame | None = None
        while not stop.wait(CHECK_EVERY):
            frame = source.latest()
            if frame is None or frame is seen:
                continue
            seen = frame
            region = finder.look(frame.pixels)
            self.checked.emit(check.look(frame.pixels, region, searched=True))

    def _tell(self, source: Source) -> None:
        now = source_words.of_state(source.state, source.reason, self._address)
        if now != self._told:
            self._told = now
            self.state_changed.emit(now)


_ending: set[LivePreview] = set()


class _Finder:
    """Looks for the region now and then; in between the last one counts.

    It takes at most a quarter of one core, however slow the machine is.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._region: Region | None = None
        self._next = 0.0

    def look(self, pixels: Pixels) -> Region | None:
        now = time.monotonic()
        if now >= self._next:
            self._region = find_live_region(self._task, pixels)
            spent = time.monotonic() - now
            self._next = now + max(FIND_EVERY, 4 * spent)
        return self._region


def find_live_region(task: Task, pixels: Pixels) -> Region | None:
    """The region in a frame, found on a smaller copy and given in the frame's own pixels."""
    import cv2

    height, width = pixels.shape[:2]
    shrink = min(1.0, FIND_WIDTH / width)
    if shrink == 1.0:
        return look.find_region(task, pixels)
    size = (round(width * shrink), round(height * shrink))
    found = look.find_region(task, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    return None if found is None else _enlarged(found, 1 / shrink)


def _enlarged(region: Region, by: float) -> Region:
    def box(small: Box) -> Box:
        return Box(round(small.x * by), round(small.y * by), round(small.w * by), round(small.h * by))

    return Region(box(region.box), region.how, region.score, tuple(box(part) for part in region.parts))
