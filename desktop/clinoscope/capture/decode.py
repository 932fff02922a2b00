"""From the bytes of a picture file to upright sRGB pixels.

Pillow does the work: it decodes a JPEG as fast as OpenCV (45 ms for 12 megapixels, the same
pixels), but refuses cut-off files where OpenCV paints the rest grey, and is silent about damaged JPEGs
(libtiff still says a line on stderr about a damaged TIFF; it holds nothing of the picture or its name).
"""

import io
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# The plugins by name: left to itself, Pillow loads all forty when it meets a TIFF or WebP.
from PIL import (
    BmpImagePlugin,  # noqa: F401
    Image,
    ImageChops,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)
from PIL.ExifTags import IFD, Base

from clinoscope.capture import heif, pages
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import MAX_MEGAPIXELS, Pixels

TOO_LARGE = f"The picture has more than {MAX_MEGAPIXELS} megapixels; save a smaller copy and open that."
DAMAGED = "The picture is cut off or damaged; copy it again or take a new one."
NOT_A_PICTURE = "This file is not a JPEG, PNG, TIFF, BMP, WebP, HEIC or DICOM picture; choose another file."
NO_PIXELS = "The picture has no width or no height; choose another."
NO_PAGE = "The file has no such page; choose one that it has."

_T = TypeVar("_T")

PHANTOM_KEY = "clinoscope-phantom"
"""The tEXt chunk that marks the test pictures the project draws."""

_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
_PAGED = ("TIFF", "HEIF")
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM")

DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on damaged bytes: tests/capture/test_fuzz.py looks for more."""

# What Pillow logs about a damaged file is told to the user as a sentence.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

# Pillow warns about odd metadata through the process-wide warnings filters, which are not thread-safe.
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a picture file shows: ``pixels`` RGB (height, width, 3), upright, read-only, of page ``page`` from 0."""

    pixels: Pixels = field(repr=False)
    media_type: str
    taken_at: datetime | None
    phantom: bool
    page: int = 0


def decode(data: bytes, page: int | None = None) -> Decoded:
    """Decode one page of the bytes of a picture file; without ``page`` the one that the file means to show, which is
    the primary one of a HEIC, else the first that is no thumbnail. Raises PictureError."""
    if _is_dicom(data):
        # Late: pydicom takes a fifth of a second, and most pictures are no DICOM.
        from clinoscope.capture import dicom

        with _lock:
            return dicom.decoded(data, page)
    return _with_image(data, lambda image: _decoded(image, data, page))


def pages_of(data: bytes) -> tuple[pages.Page, ...]:
    """The pages of a picture file worth choosing from; one for most files. Raises PictureError."""
    if _is_dicom(data):
        from clinoscope.capture import dicom

        with _lock:
            return dicom.pages(data)
    return _with_image(
        data, lambda image: pages.of_image(image) if image.format in _PAGED else (pages.Page(0, *image.size),)
    )


def _is_dicom(data: bytes) -> bool:
    """PS3.10, 7.1: the prefix behind the preamble of 128 bytes."""
    return data[128:132] == b"DICM"


def _with_image(data: bytes, work: Callable[[Image.Image], _T]) -> _T:
    """``work`` on the opened file, with whatever Pillow has to say about it as one sentence. Raises PictureError."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formats: tuple[str, ...] = _FORMATS
        damage: tuple[type[Exception], ...] = DAMAGE
        if heif.is_heif(data):
            heif.check_items(data)
            heif.teach_pillow()
            formats, damage = ("HEIF",), (*DAMAGE, RuntimeError)  # so libheif says what it refuses
        try:
            with Image.open(io.BytesIO(data), formats=formats) as image:
                return work(image)
        except Image.DecompressionBombError as error:
            raise PictureError(TOO_LARGE) from error
        except UnidentifiedImageError as error:
            raise PictureError(DAMAGED if _looks_like_picture(data) else NOT_A_PICTURE) from error
        except damage as error:
            raise PictureError(DAMAGED) from error


def orientation(data: bytes) -> int:
    """How a file that can be decoded wants to be turned: EXIF's number, 1 (upright) .. 8. Raises PictureError."""
    found = _with_image(data, lambda image: image.getexif().get(Base.Orientation, 1))
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def decode_frame(jpeg: bytes) -> Pixels:
    """The RGB pixels of one JPEG of a live stream, read-only: 6 ms for 1080p. Raises PictureError.

    Without metadata and past ``Image.open`` Pillow has nothing to warn of: filters changed thirty times a second
    from a reader thread would meddle with those of other threads.
    """
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(_without_metadata(jpeg))) as image:
            check_size(image.size)
            image.load()
            pixels = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    except DAMAGE as error:
        raise PictureError(DAMAGED) from error
    pixels.flags.writeable = False
    return pixels


def _without_metadata(jpeg: bytes) -> bytes:
    """The JPEG without its application segments, but for Adobe's, which says how colours are stored."""
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if not 0xE0 <= jpeg[at + 1] <= 0xED:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def check_size(size: tuple[int, int]) -> None:
    """Raises PictureError when there is nothing to see or too much to hold."""
    width, height = size
    if width < 1 or height < 1:
        raise PictureError(NO_PIXELS)
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise PictureError(TOO_LARGE)


def _looks_like_picture(data: bytes) -> bool:
    return heif.is_heif(data) or data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _decoded(image: Image.Image, data: bytes, page: int | None) -> Decoded:
    number = _turn_to(image, page)
    check_size(image.size)
    media_type = _media_type(image)
    deep = _has_16_bit_colour(image, data)
    info = dict(image.info)
    if image.format == "HEIF":
        heif.check_range(info)
    orientation = image.getexif().get(Base.Orientation, 1)
    image.load()
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        # Pillow takes every CMYK JPEG for Adobe's inverted kind; without Adobe's marker the numbers are ink.
        image = ImageChops.invert(image)
    taken_at = _camera_time(image.getexif())
    phantom = PHANTOM_KEY in getattr(image, "text", {})
    if deep:
        image = _upright(Image.fromarray(_deep_colour(data, number)), orientation)
    else:
        ImageOps.exif_transpose(image, in_place=True)
    profile = info.get("icc_profile")
    shown = to_srgb(image, profile)
    if media_type in heif.MEDIA_TYPES and not profile:
        shown = heif.from_nclx(shown, info)
    pixels = np.asarray(shown)
    pixels.flags.writeable = False
    return Decoded(pixels=pixels, media_type=media_type, taken_at=taken_at, phantom=phantom, page=number)


def _turn_to(image: Image.Image, page: int | None) -> int:
    """Bring a file to a page, or to the one it means to show; which that is. Raises PictureError."""
    if image.format not in _PAGED:
        number = 0
        if page:
            raise PictureError(NO_PAGE)
    elif page is not None:
        number = page
    elif image.format == "HEIF":
        number = image.tell()
    else:
        number = pages.of_image(image)[0].index
    try:
        image.seek(number)
    except EOFError as error:
        raise PictureError(NO_PAGE) from error
    return number


def _media_type(image: Image.Image) -> str:
    # MPO is what many phones write: a JPEG with a second one behind it.
    if image.format == "MPO":
        return "image/jpeg"
    return getattr(image, "custom_mimetype", None) or Image.MIME[str(image.format)]


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Any mode to RGB: transparency over white, deep grey to 8 bits, CMYK and profiles to sRGB."""
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(to_8_bits(np.asarray(image)))
    if image.mode in ("PA", "LA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK"):
        image = _from_profile(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Through the embedded ICC profile to sRGB; unchanged when it is sRGB already or unusable."""
    try:
        source = ImageCms.getOpenProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile says nothing about the pixels, which are whole.
        return image
    return converted or image


def to_8_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale deep values (any shape) to 0..255 by the bits that were really used.

    Microscope cameras store 10, 12 or 14 bits in 16-bit files: dividing those by 256 would
    leave the picture black. Full scale is therefore the smallest of 8, 10, 12, 14, 16 or 32 bits
    that holds the brightest value; for floats up to 1 it is 1. Negative and missing values are 0.
    """
    clean = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0).clip(min=0)
    peak = float(clean.max())
    if np.issubdtype(values.dtype, np.floating) and peak <= 1:
        full = 1.0
    else:
        full = next((2.0**bits - 1 for bits in (8, 10, 12, 14, 16) if peak < 2.0**bits), 2.0**32 - 1)
    return np.asarray((clean * (255 / full) + 0.5).clip(0, 255), dtype=np.uint8)


def _has_16_bit_colour(image: Image.Image, data: bytes) -> bool:
    """Whether Pillow would drop the low byte of colours (it keeps it for grey)."""
    if image.mode not in ("RGB", "RGBA"):
        return False
    if image.format == "PNG":
        return data[24] == 16  # the bit depth in IHDR
    return image.format == "TIFF" and 16 in getattr(image, "tag_v2", {}).get(Base.BitsPerSample, ())


def _deep_colour(data: bytes, page: int) -> NDArray[np.uint8]:
    """16-bit colour of a page with OpenCV, to 8-bit RGB or RGBA. Raises ValueError when it cannot."""
    import cv2

    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        _, found = cv2.imdecodemulti(np.frombuffer(data, np.uint8), flags, range=(page, page + 1))
    except cv2.error as error:
        raise ValueError(DAMAGED) from error
    deep = found[0] if found else None
    if deep is None or deep.ndim != 3 or deep.shape[2] not in (3, 4):
        raise ValueError(DAMAGED)
    colour = to_8_bits(deep[:, :, 2::-1])
    if deep.shape[2] == 3:
        return np.ascontiguousarray(colour)
    alpha = (deep[:, :, 3:] // 257).astype(np.uint8)
    return np.concatenate([colour, alpha], axis=2)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn by an EXIF orientation, 1..8; others are ignored."""
    exif = image.getexif()
    exif[Base.Orientation] = orientation
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _camera_time(exif: Image.Exif) -> datetime | None:
    """When the camera says the picture was taken, in UTC; None when it does not say.

    EXIF times are local; the offset is often missing, then this PC's zone is taken.
    """
    details = exif.get_ifd(IFD.Exif)
    text = details.get(Base.DateTimeOriginal)
    if not isinstance(text, str):
        return None
    try:
        zone = _zone(details.get(Base.OffsetTimeOriginal))
        return datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _zone(text: object) -> timezone | None:
    """``+05:30`` as a zone; None when absent. Raises ValueError when it is nonsense."""
    if not isinstance(text, str) or not text.strip("\0 "):
        return None
    hours, _, minutes = text.strip("\0 ").partition(":")
    offset = timedelta(hours=abs(int(hours)), minutes=int(minutes or 0))
    return timezone(-offset if hours.startswith("-") else offset)
