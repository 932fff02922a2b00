"""DICOM pictures: the pixels and the time of a file from an ultrasound, a dermatoscope, an X-ray, a slide camera.

Only the elements that describe pixels and time are parsed: name, number and birth date of the patient are never
looked at, let alone taken over. The file itself is kept byte for byte, and with it what it says of the patient.
"""

from __future__ import annotations

import io
import logging
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clinoscope import cold
from clinoscope.capture import decode
from clinoscope.capture.pages import MOST, Page
from clinoscope.domain.errors import PictureError

if TYPE_CHECKING:
    from pydicom import Dataset

MEDIA_TYPE = "application/dicom"
NO_PICTURE = "This DICOM file holds no picture; choose one that does."
CANNOT_DECODE = (
    "The picture in this DICOM file is packed in a way that this program cannot open; export it as a JPEG, a PNG or "
    "an uncompressed DICOM file and open that."
)

UNREADABLE = (
    "The picture in this DICOM file is damaged, or packed in a way that this program cannot open; export it as a JPEG, "
    "a PNG or an uncompressed DICOM file and open that."
)

_DEFLATED = b"1.2.840.10008.1.2.1.99"
"""Unpacked by pydicom without a limit, and used for reports rather than pictures: not opened."""

_PALETTE = tuple(
    f"{colour}PaletteColorLookupTable{what}" for colour in ("Red", "Green", "Blue") for what in ("Descriptor", "Data")
)
_ELEMENTS = (
    *("SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "Rows", "Columns", "NumberOfFrames"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue", "PixelData"),
    *("FloatPixelData", "DoubleFloatPixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
    *("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept", "VOILUTSequence", "VOILUTFunction"),
    *("WindowCenter", "WindowWidth", "ICCProfile", *_PALETTE, "SegmentedRedPaletteColorLookupTableData"),
    *("SegmentedGreenPaletteColorLookupTableData", "SegmentedBluePaletteColorLookupTableData"),
    *("AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime"),
    "TimezoneOffsetFromUTC",
)

# What pydicom raises on damaged bytes; tests/capture/test_fuzz.py looks for more.
_DAMAGE = (*decode.DAMAGE, AttributeError, RuntimeError, NotImplementedError, Image.DecompressionBombError)

# Its messages may quote the file.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)


def pages(data: bytes) -> tuple[Page, ...]:
    """The frames of a DICOM file. Raises PictureError."""
    return _guarded(lambda: _frames(_opened(data)))


def decoded(data: bytes, page: int | None) -> decode.Decoded:
    """One frame of a DICOM file, the first when not told which. Raises PictureError."""
    return _guarded(lambda: _decoded(_opened(data), page or 0))


def _guarded(work: Any) -> Any:
    """``work()``; whatever is wrong with the file becomes a sentence without a word from the file."""
    cold.read_ahead("_multibytecodec")
    from pydicom.errors import BytesLengthException, InvalidDicomError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return work()
        except (*_DAMAGE, BytesLengthException, InvalidDicomError):
            raise PictureError(decode.DAMAGED) from None


def _opened(data: bytes) -> Dataset:
    from pydicom import dcmread

    if _DEFLATED in data[132:4096]:
        raise PictureError(CANNOT_DECODE)
    dataset = dcmread(io.BytesIO(data), specific_tags=list(_ELEMENTS))
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise PictureError(NO_PICTURE)
    decode.check_size((int(dataset.Columns), int(dataset.Rows)))
    return dataset


def _frames(dataset: Dataset) -> tuple[Page, ...]:
    count = min(max(int(dataset.get("NumberOfFrames") or 1), 1), MOST)
    return tuple(Page(index, int(dataset.Columns), int(dataset.Rows)) for index in range(count))


def _decoded(dataset: Dataset, index: int) -> decode.Decoded:
    from pydicom.pixels import get_decoder, pixel_array

    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        can = get_decoder(syntax).is_available
    except NotImplementedError:
        can = False
    if not can:
        raise PictureError(CANNOT_DECODE)
    try:
        values = pixel_array(dataset, index=index)
    except RuntimeError:
        # What the decoders raise: of a JPEG of 12 bits as of a cut-off one.
        raise PictureError(UNREADABLE) from None
    colour = values.ndim == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR"
    shown = _colour(dataset, values) if colour else np.repeat(_grey(dataset, values)[:, :, None], 3, axis=2)
    profile = dataset.get("ICCProfile") if colour else None
    pixels = np.asarray(decode.to_srgb(Image.fromarray(shown), profile))
    pixels.flags.writeable = False
    return decode.Decoded(pixels, MEDIA_TYPE, _taken_at(dataset), phantom=False, page=index)


def _colour(dataset: Dataset, values: NDArray[Any]) -> NDArray[np.uint8]:
    """RGB (height, width, 3) by the bits in use; palettes are looked up."""
    from pydicom.pixels import apply_color_lut

    bits = int(dataset.BitsStored)
    if values.ndim == 2:
        values = apply_color_lut(values, dataset)[:, :, :3]
        bits = 8 * values.itemsize
    if bits == 8 and values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    return np.asarray((values.astype(np.float32) * (255 / (2**bits - 1)) + 0.5).clip(0, 255), dtype=np.uint8)


def _grey(dataset: Dataset, values: NDArray[Any]) -> NDArray[np.uint8]:
    """Grey (height, width) as a viewer shows it: modality, then window, then the polarity (PS3.4, N.2).

    Without a window, eight bits are shown as they are, and deeper values from the darkest to the brightest.
    """
    from pydicom.pixels import apply_modality_lut, apply_voi

    measured = apply_modality_lut(values, dataset)
    bits = int(dataset.get("BitsStored", 16))
    if "VOILUTSequence" in dataset:
        full = 2 ** int(dataset.VOILUTSequence[0].LUTDescriptor[2]) - 1
        shown = apply_voi(measured, dataset).astype(np.float32) / full
    elif dataset.get("WindowCenter") is not None and dataset.get("WindowWidth") is not None:
        shown = _windowed(measured.astype(np.float32), dataset)
    elif bits <= 8 and np.issubdtype(values.dtype, np.unsignedinteger) and measured is values:
        shown = values.astype(np.float32) / (2**bits - 1)
    else:
        shown = _stretched(measured.astype(np.float32), values, dataset)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        shown = 1 - shown
    return np.asarray((np.nan_to_num(shown) * 255 + 0.5).clip(0, 255), dtype=np.uint8)


def _windowed(values: NDArray[np.float32], dataset: Dataset) -> NDArray[np.float32]:
    """0..1 through the first window (PS3.3, C.11.2.1.2 and C.11.2.1.3)."""
    center, width = _first(dataset.WindowCenter), _first(dataset.WindowWidth)
    function = dataset.get("VOILUTFunction") or "LINEAR"
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(-4 * (values - center) / max(width, 1e-6))), dtype=np.float32)
    if function == "LINEAR":
        center, width = center - 0.5, width - 1
    return np.asarray(((values - center) / max(width, 1e-6) + 0.5).clip(0, 1), dtype=np.float32)


def _stretched(measured: NDArray[np.float32], values: NDArray[Any], dataset: Dataset) -> NDArray[np.float32]:
    """0..1 from the lowest value to the highest; padding counts for neither."""
    padding = dataset.get("PixelPaddingValue")
    inside = measured[values != padding] if isinstance(padding, int) else measured
    inside = inside[np.isfinite(inside)]
    if inside.size == 0:
        return np.zeros_like(measured)
    low, high = float(inside.min()), float(inside.max())
    return np.asarray((measured - low) / max(high - low, 1e-6), dtype=np.float32).clip(0, 1)


def _first(value: Any) -> float:
    """The first of one value or several."""
    return float(value[0] if isinstance(value, list | tuple) or hasattr(value, "append") else value)


def _taken_at(dataset: Dataset) -> datetime | None:
    """When the picture was taken, in UTC; without an offset in this PC's zone; None when the file does not say."""
    stamp = str(dataset.get("AcquisitionDateTime") or "")
    if len(stamp) < 14:
        for what in ("Acquisition", "Content"):
            day, time = str(dataset.get(f"{what}Date") or ""), str(dataset.get(f"{what}Time") or "")
            if day and time:
                stamp = day + time
                break
    offset = stamp[-5:] if stamp[-5:-4] in ("+", "-") else str(dataset.get("TimezoneOffsetFromUTC") or "")
    try:
        if offset:
            return datetime.strptime(stamp[:14] + offset, "%Y%m%d%H%M%S%z").astimezone(UTC)
        return datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
