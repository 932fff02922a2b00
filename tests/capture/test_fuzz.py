"""Damaged pictures are refused in a sentence, or opened; nothing else happens, and not for long."""

import io
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from clinoscope.capture import decode
from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import PictureError

RNG = np.random.default_rng(3)


def valid(kind: str, mode: str = "RGB", **options: object) -> bytes:
    image = Image.fromarray(RNG.integers(0, 255, (24, 32, 3), dtype=np.uint8)).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "BMP" else {"exif": exif}), **options)
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
    try:
        picture = open_picture(mutated(SEEDS[seed], changes))
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
