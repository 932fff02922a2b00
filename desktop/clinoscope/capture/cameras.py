"""The cameras of this PC, by name: an index changes with the order in which they were plugged in."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinoscope.capture import controls
from clinoscope.capture.controls import Settings
from clinoscope.domain.errors import CameraError

if TYPE_CHECKING:
    import cv2

DEFAULT = Settings()


@dataclass(frozen=True)
class CameraInfo:
    """``name`` is unique among the cameras now connected; ``id`` is where the system keeps it."""

    name: str
    id: str


@dataclass(frozen=True)
class _Found:
    info: CameraInfo
    index: int
    backend: int


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras now connected, in the system's order; those of one name are ``Name``, ``Name (2)`` and so on."""
    return tuple(found.info for found in _find())


def open_capture(name: str, settings: Settings = DEFAULT) -> cv2.VideoCapture:
    """Open the camera of that name and set it.

    Raises CameraError when it is not connected, or held by another program.
    """
    found = next((entry for entry in _find() if entry.info.name == name), None)
    if found is None:
        raise CameraError("The camera is not connected; plug it in and it starts by itself.")
    import cv2

    capture = cv2.VideoCapture(found.index, found.backend)
    if not capture.isOpened():
        capture.release()
        raise CameraError("The camera does not answer; close other programs that use it.")
    controls.set_size(capture, settings.size)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    controls.apply(capture, settings)
    return capture


def quiet_opencv() -> None:
    """Keep OpenCV and FFmpeg from writing to stderr, and a dead camera from blocking for ten seconds.

    Both read these settings when first used, so this comes before any capture is opened.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def _find() -> tuple[_Found, ...]:
    quiet_opencv()
    import cv2
    from cv2_enumerate_cameras import enumerate_cameras

    backends = {"win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}
    try:
        cameras = enumerate_cameras(backends.get(sys.platform, cv2.CAP_V4L2))
    except OSError:
        # A device that vanishes while it is being looked at; the next look is seconds away.
        return ()
    found: list[_Found] = []
    for camera in sorted(cameras, key=lambda entry: int(entry.index)):
        name = str(camera.name or f"Camera {camera.index}")
        info = CameraInfo(_unique(name, {entry.info.name for entry in found}), str(camera.path or camera.index))
        found.append(_Found(info, int(camera.index), int(camera.backend)))
    return tuple(found)


def _unique(name: str, taken: set[str]) -> str:
    """``name``, or ``name (2)``, ``name (3)`` … until it is not in ``taken``."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate
