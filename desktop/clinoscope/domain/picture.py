"""One still, never altered."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""RGB, sRGB, upright, shape (height, width, 3)."""

MAX_MEGAPIXELS = 100

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".heif", ".hif", ".dcm", ".dicom")
"""How the names of picture files end; what a file is, its bytes tell."""


class Origin(StrEnum):
    """Where a picture came from."""

    CAMERA = "camera"
    STREAM = "stream"
    FILE = "file"
    FOLDER = "folder"
    CLIPBOARD = "clipboard"


class Clock(StrEnum):
    """What the time at which a picture was taken comes from."""

    COMPUTER = "computer"
    """This computer's, when the still was taken from a live picture."""
    CAMERA = "camera"
    """The camera's own, as the file says (EXIF, DICOM)."""
    FILE = "file"
    """The file's last change: a copy may be years younger than the picture."""
    UNKNOWN = ""


@dataclass(frozen=True, eq=False)
class Picture:
    """A still as it was taken.

    ``data`` is the file byte for byte, ``sha256`` its hash, ``pixels`` what it shows once
    decoded and turned upright; of a file of several, ``page`` (from 0) is the one. ``clock`` says what
    ``taken_at`` is worth. ``phantom`` is
    True for the test pictures the project draws.
    """

    pixels: Pixels = field(repr=False)
    data: bytes = field(repr=False)
    sha256: str
    media_type: str
    origin: Origin
    taken_at: datetime
    device: str = ""
    phantom: bool = False
    page: int = 0
    clock: Clock = Clock.UNKNOWN

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    def digest_of_pixels(self) -> str:
        """The SHA-256 (hex) of what it shows, whatever file that is packed in."""
        shown = hashlib.sha256(f"{self.width} x {self.height}\n".encode())
        shown.update(np.ascontiguousarray(self.pixels).data)
        return shown.hexdigest()
