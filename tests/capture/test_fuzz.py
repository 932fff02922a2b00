"""Damaged pictures are refused in a sentence, or opened; nothing else happens, and not for long."""

import contextlib
import io
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from clinoscope.capture import decode
from clinoscope.capture.files import open_picture, pages_of
from clinoscope.domain.errors import PictureError

PICTURES = Path(__file__).parent / "pictures"
RNG = np.random.default_rng(3)


def valid(kind: str, mode: str = "RGB", **options: object) -> bytes:
    image = Image.fromarray(RNG.integers(0, 255, (24, 32, 3), dtype=np.uint8)).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "BMP" else {"exif": exif}), **options)
    return out.getvalue()


def dicom(kind: str) -> bytes:
    colour = kind != "MONOCHROME2"
    values = RNG.integers(0, 255, (24, 32, 3) if colour else (24, 64), dtype=np.uint8)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = JPEGBaseline8Bit if kind == "YBR_FULL_422" else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.Rows, dataset.Columns, dataset.PhotometricInterpretation = 24, 32, kind
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = (3, 0) if colour else (1, 0)
    dataset.BitsAllocated = dataset.BitsStored = 8 if colour else 16
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, 0
    dataset.PixelData = encapsulate([valid("JPEG")]) if kind == "YBR_FULL_422" else values.tobytes()
    if kind == "YBR_FULL_422":
        dataset["PixelData"].is_undefined_length = True
    else:
        dataset.WindowCenter, dataset.WindowWidth, dataset.ContentDate = 9000, 3000, "20250304"
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


SEEDS = {
    "jpeg": valid("JPEG"),
    "jpeg progressive": valid("JPEG", progressive=True),
    "jpeg cmyk": valid("JPEG", "CMYK"),
    "png": valid("PNG"),
    "png palette": valid("PNG", "P"),
    "png alpha": valid("PNG", "RGBA"),
    "tiff": valid("TIFF"),
    "tiff lzw": valid("TIFF", compression="tiff_lzw"),
    "bmp": valid("BMP"),
    "webp": valid("WEBP"),
    "tiff pages": valid("TIFF", save_all=True, append_images=[Image.new("RGB", (32, 24))] * 2),
    "heic": (PICTURES / "turned.heic").read_bytes(),
    "heic pages": (PICTURES / "three.heic").read_bytes(),
    "dicom": dicom("RGB"),
    "dicom grey": dicom("MONOCHROME2"),
    "dicom jpeg": dicom("YBR_FULL_422"),
}

mutations = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.sampled_from(["set", "insert", "delete", "repeat"]), st.binary(max_size=8)),
    min_size=1,
    max_size=12,
)


def mutated(data: bytes, changes: list[tuple[int, str, bytes]]) -> bytes:
    out = bytearray(data)
    for place, how, value in changes:
        at = place % max(1, len(out))
        if how == "set":
            out[at : at + len(value)] = value
        elif how == "insert":
            out[at:at] = value
        elif how == "delete":
            del out[at : at + len(value)]
        else:
            out[at:at] = out[at : at + 40]
    return bytes(out)


@pytest.mark.parametrize("seed", sorted(SEEDS))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=mutations)
def test_mutated_pictures(seed, changes):
    started = time.perf_counter()
    data = mutated(SEEDS[seed], changes)
    with contextlib.suppress(PictureError):
        assert pages_of(data)
    try:
        picture = open_picture(data)
    except PictureError:
        pass
    else:
        assert picture.pixels.ndim == 3
        assert picture.pixels.dtype == np.uint8
    assert time.perf_counter() - started < 5


@settings(max_examples=200, deadline=None)
@given(changes=mutations)
def test_mutated_frames_of_a_stream(changes):
    try:
        pixels = decode.decode_frame(mutated(SEEDS["jpeg"], changes))
    except PictureError:
        return
    assert pixels.shape[2] == 3


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes(data):
    with pytest.raises(PictureError):
        open_picture(data)
