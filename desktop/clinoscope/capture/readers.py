"""One reader for every kind of source: it opens, reads one shot after the other, and closes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import SplitResult

from clinoscope.capture import cameras, decode, files, folder, mjpeg
from clinoscope.capture.controls import Settings
from clinoscope.capture.net import connect
from clinoscope.domain.errors import CameraError, PictureError
from clinoscope.domain.picture import Origin, Picture, Pixels

if TYPE_CHECKING:
    import cv2

_RTSP_OPEN_MS = 5000
_RTSP_READ_MS = 800
"""Shorter than the second in which a source must stop; a read that timed out can be tried again."""

_STEADY = 0.002
_BEHIND = 0.15
_CATCH_UP = 1.0
"""Seconds a frame of an RTSP stream may come late before newer ones are looked for, and for how long they are."""

_FILE_PERIOD = 1 / 15
_MISSES_ALLOWED = 2.0
"""Seconds of reads that fail at once, as those of an unplugged camera do, before it is given up."""

_TIMED_OUT = 0.4
"""A read that failed after as many seconds was a silence, and the source may speak again."""


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame at full resolution: ``jpeg`` as received or the whole ``picture``, where there is one."""

    pixels: Pixels = field(repr=False)
    jpeg: bytes | None = field(default=None, repr=False)
    picture: Picture | None = None


class Reader(Protocol):
    """All but ``interrupt`` are called from one thread."""

    origin: Origin
    device: str

    def open(self) -> None:
        """Connect. Raises KnownError with a sentence."""

    def read(self) -> Shot | None:
        """The newest shot, waiting for it; None when it was broken or late. Raises KnownError when it is over."""

    def interrupt(self) -> None:
        """From any thread: let ``open`` and ``read`` return as soon as they can."""

    def close(self) -> None:
        """Give everything back; may be called without ``open``."""


class _CaptureReader:
    """What a camera and an RTSP stream share: frames out of OpenCV."""

    def __init__(self) -> None:
        self._capture: cv2.VideoCapture | None = None
        self._good_at = 0.0

    def interrupt(self) -> None:
        """Nothing to do: every call of OpenCV has a time-out of its own."""

    def read(self) -> Shot | None:
        import cv2

        assert self._capture is not None, "open() comes first"
        started = time.monotonic()
        done, frame = self._newest(self._capture)
        now = time.monotonic()
        if done and frame is not None:
            self._good_at = now
            return Shot(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype("uint8", copy=False))
        if now - self._good_at > (mjpeg.SILENCE if now - started > _TIMED_OUT else _MISSES_ALLOWED):
            self._give_up()
        time.sleep(0.02)
        return None

    def _newest(self, capture: cv2.VideoCapture) -> tuple[bool, Any]:
        return capture.read()

    def _give_up(self) -> None:
        raise CameraError("The stream has ended; check the camera and its network.")

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class CameraReader(_CaptureReader):
    """A camera of this PC, by name."""

    origin = Origin.CAMERA

    def __init__(self, name: str, settings: Settings = cameras.DEFAULT) -> None:
        super().__init__()
        self.device = name
        self._settings = settings

    @property
    def capture(self) -> cv2.VideoCapture | None:
        """What turns the camera's knobs; only for the thread that reads."""
        return self._capture

    def open(self) -> None:
        self._capture = cameras.open_capture(self.device, self._settings)
        self._good_at = time.monotonic()

    def _give_up(self) -> None:
        if any(camera.name == self.device for camera in cameras.list_cameras()):
            raise CameraError("The camera sends no pictures; close other programs that use it or plug it in again.")
        raise CameraError("The camera was unplugged; plug it in and it goes on by itself.")


class RtspReader(_CaptureReader):
    """An RTSP stream, decoded by the FFmpeg in OpenCV."""

    origin = Origin.STREAM

    def __init__(self, address: SplitResult, stopping: threading.Event) -> None:
        super().__init__()
        self._address = address
        self._stopping = stopping
        self._lag = Lag()
        self.device = str(address.hostname)

    def open(self) -> None:
        self._lag = Lag()
        # FFmpeg cannot be called off while it connects, so see first whether anyone is there.
        connect(self.device, self._address.port or 554, self._stopping).close()
        cameras.quiet_opencv()
        import cv2

        times = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _RTSP_OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _RTSP_READ_MS)
        self._capture = cv2.VideoCapture(self._address.geturl(), cv2.CAP_FFMPEG, times)
        if not self._capture.isOpened():
            raise CameraError("There is no stream at this address; check its path, user name and password.")
        self._good_at = time.monotonic()

    def _newest(self, capture: cv2.VideoCapture) -> tuple[bool, Any]:
        """The newest frame: FFmpeg hands out every one in turn, so those that have waited are passed over."""
        import cv2

        until = time.monotonic() + _CATCH_UP
        while capture.grab():
            if self._lag.of(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000) < _BEHIND or time.monotonic() > until:
                return capture.retrieve()
        return False, None


class Lag:
    """How far the frames of a stream come behind the best that was seen of it, by the stream's own clock.

    What queued up while the stream was being opened is passed first: so long as frames come faster than their clock
    goes, none is new. That clock may run slower than ours by one in a thousand without being taken for a queue.
    """

    def __init__(self) -> None:
        self._least = float("inf")
        self._caught_up = False
        self._clock = self._seen = -1.0

    def of(self, clock: float) -> float:
        """Seconds, for a frame of that time (seconds) that arrives now; 0 where the stream has no clock, and without
        end while the queue from before is being passed."""
        now = time.monotonic()
        if clock == self._clock:
            return 0.0
        self._caught_up = self._caught_up or now - clock > self._least - _STEADY
        self._least = min(self._least + (now - self._seen) / 1000, now - clock)
        self._clock, self._seen = clock, now
        return now - clock - self._least if self._caught_up else float("inf")


class MjpegReader:
    """A Motion-JPEG stream over HTTP."""

    origin = Origin.STREAM

    def __init__(self, address: SplitResult, stopping: threading.Event) -> None:
        self._stream = mjpeg.Stream(address, stopping)
        self.device = str(address.hostname)

    def open(self) -> None:
        self._stream.open()

    def read(self) -> Shot | None:
        jpeg = self._stream.read()
        if jpeg is None:
            return None
        try:
            return Shot(decode.decode_frame(jpeg), jpeg)
        except PictureError:
            return None  # one broken frame; the next is on its way

    def interrupt(self) -> None:
        self._stream.interrupt()

    def close(self) -> None:
        self._stream.close()


class FolderReader:
    """The newest picture that was saved into a watched folder, shown until the next one."""

    origin = Origin.FOLDER
    device = ""

    def __init__(self, watch: folder.Watch, stopping: threading.Event) -> None:
        self._watch = watch
        self._stopping = stopping
        self._shot: Shot | None = None

    def open(self) -> None:
        self._watch.look()

    def read(self) -> Shot | None:
        self._stopping.wait(folder.POLL)
        new = self._watch.look()
        for path in reversed(new):
            picture = self._watch.open(path)
            if picture is not None:
                self._shot = Shot(picture.pixels, picture=picture)
                for older in new[: new.index(path)]:
                    self._watch.pass_over(older)
                break
        return self._shot

    def interrupt(self) -> None:
        """Nothing to do: a share that does not answer cannot be called off."""

    def close(self) -> None:
        self._shot = None


class FileReader:
    """A picture shown as if it were live, for trying things out without a camera."""

    origin = Origin.FILE
    device = ""

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self._path = path
        self._stopping = stopping
        self._shot: Shot | None = None
        self._first = True

    def open(self) -> None:
        picture = files.open_picture(self._path)
        self._shot = Shot(picture.pixels, picture=picture)

    def read(self) -> Shot | None:
        if not self._first:
            self._stopping.wait(_FILE_PERIOD)
        self._first = False
        return self._shot

    def interrupt(self) -> None:
        """Nothing to do: it never waits longer than a frame."""

    def close(self) -> None:
        self._shot = None
