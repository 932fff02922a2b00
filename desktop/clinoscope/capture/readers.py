"""One reader for every kind of source: it opens, reads one shot after the other, and closes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
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
        done, frame = self._capture.read()
        now = time.monotonic()
        if done and frame is not None:
            self._good_at = now
            return Shot(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype("uint8", copy=False))
        if now - self._good_at > (mjpeg.SILENCE if now - started > _TIMED_OUT else _MISSES_ALLOWED):
            self._give_up()
        time.sleep(0.02)
        return None

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
        self.device = str(address.hostname)

    def open(self) -> None:
        # FFmpeg cannot be called off while it connects, so see first whether anyone is there.
        connect(self.device, self._address.port or 554, self._stopping).close()
        cameras.quiet_opencv()
        import cv2

        times = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _RTSP_OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _RTSP_READ_MS)
        self._capture = cv2.VideoCapture(self._address.geturl(), cv2.CAP_FFMPEG, times)
        if not self._capture.isOpened():
            raise CameraError("There is no stream at this address; check its path, user name and password.")
        self._good_at = time.monotonic()


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
