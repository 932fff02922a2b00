"""Picture files without what they carry beside the picture: place, camera, serial numbers, owner, thumbnails.

For copies that leave the vault. The picture itself stays as it is, bit for bit where its format allows that.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL.ExifTags import Base

from clinoscope.capture import decode
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Picture, Pixels

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD"}
)
"""What says how the pixels look. Words, times, EXIF and what other programs invent are left out."""
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP, _WEBP_ANIMATED = 0x08, 0x04, 0x02
_SOS, _EOI, _COMMENT = 0xDA, 0xD9, 0xFE


class Stripped(NamedTuple):
    """A file that carries its picture and nothing else, and the ending of its name."""

    data: bytes
    suffix: str


def stripped(picture: Picture) -> Stripped:
    """The file of a picture without anything that may say who, where or with what.

    JPEG, PNG and WebP lose segments or chunks and keep their compressed pixels, colour profile and orientation. All
    else (TIFF, BMP, HEIC, DICOM), and a file that would not show the same picture afterwards, becomes a PNG of the
    pixels: upright, sRGB, 8 bits.
    """
    ways = {"image/jpeg": (_jpeg, ".jpg"), "image/png": (_png, ".png"), "image/webp": (_webp, ".webp")}
    if picture.media_type in ways:
        way, suffix = ways[picture.media_type]
        try:
            data = way(picture.data, decode.orientation(picture.data))
            if np.array_equal(decode.decode(data).pixels, decode.decode(picture.data).pixels):
                return Stripped(data, suffix)
        except (PictureError, ValueError, IndexError, struct.error):
            pass  # an odd file that Pillow reads and this does not: its pixels are safe
    return Stripped(png_of(picture.pixels), ".png")


def png_of(pixels: Pixels) -> bytes:
    """RGB pixels (height, width, 3) as a PNG that holds nothing else. Raises PictureError."""
    import cv2

    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise PictureError("The picture could not be written as PNG; close other programs and try again.")
    return bytes(data)


def _exif(orientation: int) -> bytes:
    """A TIFF block of one entry: how the picture is to be turned."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, Base.Orientation, 3, 1, orientation, 0, 0)


# --- JPEG ---


def _jpeg(data: bytes, orientation: int) -> bytes:
    """Without application segments (but colour's), comments, and whatever stands behind the picture: phones put a
    second picture or a film there, each with its own place and serial number."""
    kept = [b"\xff\xd8"]
    if orientation != 1:
        kept.append(_segment(0xE1, b"Exif\0\0" + _exif(orientation)))
    for marker, piece in _segments(data):
        if marker == 0xE0 and piece[4:9] == b"JFIF\0":
            kept.insert(1, _segment(0xE0, piece[4:16] + b"\0\0"))  # its thumbnail is left out
        elif not _tells(marker, piece):
            kept.append(piece)
    return b"".join(kept)


def _tells(marker: int, piece: bytes) -> bool:
    """Whether a segment is left out. Adobe's says how colours are stored, and ICC's what they are."""
    if marker == 0xE2:
        return piece[4:16] != b"ICC_PROFILE\0"
    if marker == 0xEE:
        return piece[4:9] != b"Adobe"
    return marker == _COMMENT or 0xE0 <= marker <= 0xEF


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, up to the end of the first picture. Raises ValueError, IndexError."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one has to be")
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if marker == _EOI:
            yield marker, b"\xff\xd9"
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SOS:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the compressed pixels end: at the next marker that is not one of theirs."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at


# --- PNG ---


def _png(data: bytes, orientation: int) -> bytes:
    kept = [_PNG]
    for name, content in _png_chunks(data):
        phantom = name == b"tEXt" and content.startswith(decode.PHANTOM_KEY.encode() + b"\0")
        if name in _PNG_KEPT or phantom:
            kept.append(_png_chunk(name, content))
        if name == b"IHDR" and orientation != 1:
            kept.append(_png_chunk(b"eXIf", _exif(orientation)))
    return b"".join(kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, data[at + 8 : at + 8 + length]
        if name == b"IEND":
            return
        at += 12 + length


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), name) + content + struct.pack(">I", zlib.crc32(name + content))


# --- WebP ---


def _webp(data: bytes, orientation: int) -> bytes:
    chunks = [(name, content) for name, content in _riff_chunks(data) if name in _WEBP_KEPT]
    if any(name == b"VP8X" and content[0] & _WEBP_ANIMATED for name, content in chunks):
        raise ValueError("a film")
    if orientation != 1:
        chunks.append((b"EXIF", _exif(orientation)))
    body = b"".join(_riff_chunk(name, _flagged(name, content, orientation != 1)) for name, content in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _flagged(name: bytes, content: bytes, exif: bool) -> bytes:
    """The header that names the chunks to come: no XMP, and EXIF only for a turned picture."""
    if name != b"VP8X":
        return content
    flags = content[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if exif else 0)
    return bytes([flags]) + content[1:]


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _riff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
