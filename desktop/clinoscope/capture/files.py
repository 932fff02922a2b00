"""Pictures from files and from live frames: refused in a sentence, or decoded once and for all."""

import hashlib
import stat
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from clinoscope.capture import decode
from clinoscope.capture.pages import Page
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Clock, Origin, Picture, Pixels

MAX_FILE_BYTES = 1 << 30
"""The largest honest file under 100 megapixels: 16 bits x 4 channels, uncompressed, is 0.8 GB."""

EMPTY = "The file is empty; choose another picture."


def open_picture(
    source: str | Path | bytes, origin: Origin = Origin.FILE, device: str = "", page: int | None = None
) -> Picture:
    """Open a JPEG, PNG, TIFF, BMP, WebP, HEIC or DICOM file, or the bytes of one, as a picture.

    ``data`` stays the file byte for byte; ``pixels`` are RGB, sRGB and upright (EXIF orientation
    honoured), read-only. ``taken_at`` is the camera's own time where the file holds one, else
    the file's, else now, always UTC; ``clock`` says which. Of several pages ``page`` (from 0) is taken; without it the
    primary one of a HEIC, else the first that is no thumbnail of another: ``pages_of`` lists those to choose from.

    Raises PictureError with one sentence when the file is missing, empty, unreadable, a folder,
    not a picture, cut off, without pixels, without such a page, packed in a way that cannot be opened, or of more
    than 100 megapixels.
    """
    data, modified = (source, None) if isinstance(source, bytes) else read(Path(source))
    if not data:
        raise PictureError(EMPTY)
    decoded = decode.decode(data, page)
    return Picture(
        pixels=decoded.pixels,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=decoded.media_type,
        origin=origin,
        taken_at=decoded.taken_at or modified or datetime.now(UTC),
        device=device,
        phantom=decoded.phantom,
        page=decoded.page,
        clock=_clock(decoded.taken_at, modified, origin),
    )


def pages_of(data: bytes) -> tuple[Page, ...]:
    """The pages in the bytes of a picture file that are worth choosing from: more than one only for a TIFF, a HEIC or
    a DICOM file that holds several pictures, and not only smaller copies of one. Raises PictureError."""
    if not data:
        raise PictureError(EMPTY)
    return decode.pages_of(data)


def from_frame(pixels: Pixels, origin: Origin, device: str) -> Picture:
    """A live frame, RGB (height, width, 3), kept as a lossless PNG and taken now.

    Raises PictureError when the frame is too large for a PNG in memory.
    """
    import cv2

    # Run-length PNG costs 70 ms on a noisy 1080p frame and is smaller than zlib's level 1 (122 ms): tried here.
    fast = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
    done, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), fast)
    if not done:
        raise PictureError("The still could not be kept; close other programs and take it again.")
    data = encoded.tobytes()
    kept = np.array(pixels, dtype=np.uint8, order="C")
    kept.flags.writeable = False
    return Picture(
        pixels=kept,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/png",
        origin=origin,
        taken_at=datetime.now(UTC),
        device=device,
        clock=Clock.COMPUTER,
    )


def read(path: Path) -> tuple[bytes, datetime]:
    """The bytes of a file and the time of its last change. Raises PictureError."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise PictureError("This is a folder; choose one picture inside it.")
        # A pipe or a device could be read for ever.
        if not stat.S_ISREG(about.st_mode):
            raise PictureError("This is not an ordinary file; choose a picture file.")
        if about.st_size > MAX_FILE_BYTES:
            raise PictureError(decode.TOO_LARGE)
        return path.read_bytes(), datetime.fromtimestamp(about.st_mtime, UTC)
    except FileNotFoundError as error:
        raise PictureError("The file is not there; choose it again.") from error
    except PermissionError as error:
        raise PictureError("You may not read this file; ask for access or copy it to your own folder.") from error
    except (OSError, ValueError, OverflowError) as error:
        raise PictureError("The file cannot be read from the disk; copy it again or choose another.") from error


def _clock(by_camera: datetime | None, modified: datetime | None, origin: Origin) -> Clock:
    if by_camera is not None:
        return Clock.CAMERA
    if modified is not None:
        return Clock.FILE
    return Clock.COMPUTER if origin in (Origin.CAMERA, Origin.STREAM) else Clock.UNKNOWN
