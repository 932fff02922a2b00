"""HEIC and HEIF, as telephones write them: read by libheif through pi-heif, shown in sRGB.

pi-heif turns the picture upright by itself (HEIF keeps that in the file, and says to ignore the EXIF orientation)
and converts its YCbCr with the matrix of its nclx box. What is left to us are the primaries: a telephone's Display P3
comes as an ICC profile, or as a number in the nclx box.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clinoscope import cold
from clinoscope.domain.errors import PictureError

HDR = "The picture holds HDR colours, which this program cannot show truly; save it as a JPEG and open that."

DAMAGED = "The picture is damaged; copy it again or choose another."
_SMALLEST, _LARGEST = 16, 1 << 16
"""Bytes of a box that describes an item; what claims another size is no such box, or is refused by libheif."""

MEDIA_TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")

# ITU-T H.273, tables 2 and 3: chromaticities of red, green and blue (white is D65 in all of them), and the two
# transfers of high dynamic range.
_SRGB = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_PRIMARIES = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_PQ, _HLG = 16, 18
_D65 = (0.3127, 0.3290)


def is_heif(data: bytes) -> bool:
    """Whether the bytes begin as those of a HEIF picture do."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def teach_pillow() -> None:
    """Let ``Image.open`` know the format; asking again changes nothing. One thread, one picture at a time."""
    cold.read_ahead("pi_heif")
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False)


def check_items(data: bytes) -> None:
    """Raises PictureError when the kind or name of an item is not text.

    pi-heif makes a word of each without looking whether that went well, and the whole program ends (found by
    ``tests/fuzz``). Looks at every box that says it describes an item.
    """
    at = data.find(b"infe")
    while at >= 0:
        size = int.from_bytes(data[max(at - 4, 0) : at], "big")
        kind = at + (14 if data[at + 4 : at + 5] == b"\3" else 12)
        if _SMALLEST <= size <= _LARGEST:
            try:
                data[kind : at - 4 + size].decode()
            except UnicodeDecodeError:
                raise PictureError(DAMAGED) from None
        at = data.find(b"infe", at + 4)


def check_range(info: Mapping[Any, Any]) -> None:
    """Raises PictureError for a picture of high dynamic range: eight bits of it look grey and flat, or burnt out."""
    if not info.get("icc_profile") and info.get("nclx_profile", {}).get("transfer_characteristics") in (_PQ, _HLG):
        raise PictureError(HDR)


def from_nclx(image: Image.Image, info: Mapping[Any, Any]) -> Image.Image:
    """An RGB image whose primaries only the nclx box tells, in sRGB; unchanged where they are sRGB's or unknown."""
    primaries = _PRIMARIES.get(info.get("nclx_profile", {}).get("color_primaries", 1))
    if primaries is None or image.mode != "RGB":
        return image
    turn = (np.linalg.inv(_to_xyz(_SRGB)) @ _to_xyz(primaries)).astype(np.float32)
    values = np.arange(256, dtype=np.float32) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)
    pixels = np.asarray(image)
    out = np.empty_like(pixels)
    # In strips: 12 megapixels of floats at once would be 150 MB.
    for start in range(0, len(pixels), 256):
        strip = (linear[pixels[start : start + 256]] @ turn.T).clip(0, 1)
        curved = np.where(strip <= 0.0031308, strip * 12.92, 1.055 * strip ** (1 / 2.4) - 0.055)
        out[start : start + 256] = curved * 255 + 0.5
    return Image.fromarray(out)


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """Linear RGB of these primaries to XYZ, with D65 as white (SMPTE RP 177)."""

    def column(x: float, y: float) -> list[float]:
        return [x / y, 1, (1 - x - y) / y]

    columns = np.array([column(*primary) for primary in primaries]).T
    return columns * np.linalg.solve(columns, np.array(column(*_D65)))
