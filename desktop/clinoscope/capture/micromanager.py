"""Microscope cameras through Micro-Manager, which drives those that are no ordinary webcam to the system.

An address ``mm:<path>`` names a configuration that was made with Micro-Manager's own wizard. Its device adapters are
looked for beside it and where MICROMANAGER_PATH says. The library is the extra ``microscope``.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.capture.readers import Shot
from clinoscope.domain.errors import CameraError
from clinoscope.domain.picture import Origin, Pixels

SILENCE = 8.0
"""Seconds without a frame after which the camera is given up."""
_LATE = 0.4
_LOOK_EVERY = 0.005
_FAILURES = (RuntimeError, OSError)
"""What MMCore's own errors come as."""

ABSENT = "Cameras of Micro-Manager need an extra part of this program; ask who installed it for the extra “microscope”."
NOT_LOADED = (
    "The Micro-Manager configuration cannot be used; check that the camera is on and that Micro-Manager "
    "itself opens it."
)
NO_CAMERA = "The Micro-Manager configuration names no camera; choose another one."
SILENT = "The microscope camera sends no pictures; check its cable and its power."


class MicroManagerReader:
    """The camera of one Micro-Manager configuration. One at a time: a device belongs to one program."""

    origin = Origin.CAMERA

    def __init__(self, configuration: str, stopping: threading.Event) -> None:
        self._configuration = Path(configuration)
        self._stopping = stopping
        self._core: Any = None
        self._good_at = 0.0
        self.device = "Micro-Manager"

    def open(self) -> None:
        try:
            import pymmcore
        except ImportError:
            raise CameraError(ABSENT) from None
        self._core = core = pymmcore.CMMCore()
        core.enableStderrLog(False)
        core.setDeviceAdapterSearchPaths(self._adapters())
        try:
            core.loadSystemConfiguration(str(self._configuration))
            camera = core.getCameraDevice()
            if camera:
                self.device = core.getDeviceName(camera)
                core.startContinuousSequenceAcquisition(0)
        except _FAILURES:
            raise CameraError(NOT_LOADED) from None  # the cause may hold the name of a folder
        if not camera:
            raise CameraError(NO_CAMERA)
        self._good_at = time.monotonic()

    def read(self) -> Shot | None:
        core = self._core
        assert core is not None, "open() comes first"
        started = time.monotonic()
        try:
            while core.getRemainingImageCount() == 0:
                if self._stopping.wait(_LOOK_EVERY) or time.monotonic() - started > _LATE:
                    if time.monotonic() - self._good_at > SILENCE:
                        raise CameraError(SILENT)
                    return None
            image, parts, bits = core.getLastImage(), core.getNumberOfComponents(), core.getImageBitDepth()
            core.clearCircularBuffer()  # what is older is not wanted
        except _FAILURES:
            raise CameraError(SILENT) from None
        self._good_at = time.monotonic()
        return Shot(as_rgb(image, parts, bits))

    def interrupt(self) -> None:
        """Nothing to do: it never waits longer than a moment."""

    def close(self) -> None:
        if self._core is not None:
            core, self._core = self._core, None
            with contextlib.suppress(*_FAILURES):  # of a camera that was unplugged there is nothing to stop
                core.stopSequenceAcquisition()
            with contextlib.suppress(*_FAILURES):
                core.reset()

    def _adapters(self) -> list[str]:
        named = os.environ.get("MICROMANAGER_PATH", "")
        return [place for place in (named, str(self._configuration.parent)) if place]


def as_rgb(image: NDArray[Any], parts: int, bits: int) -> Pixels:
    """A frame of MMCore as RGB (height, width, 3): grey of ``bits`` bits in use, or four bytes of blue, green, red and
    nothing for each pixel (``parts`` 4)."""
    if parts == 4:
        colours = np.ascontiguousarray(image).view(np.uint8).reshape(*image.shape[:2], 4)
        return np.ascontiguousarray(colours[:, :, 2::-1])
    grey = image if image.dtype == np.uint8 else (image >> max(bits - 8, 0)).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)
