"""What ``open_picture`` does not show by itself; the kinds of files are in ``test_files.py``."""

import io

import numpy as np
import pytest
from PIL import Image

from clinoscope.capture.decode import decode_frame, to_8_bits
from clinoscope.domain.errors import PictureError


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def test_a_frame_is_decoded_like_the_file_it_would_be(pixels):
    data = jpeg(Image.fromarray(pixels))
    assert np.array_equal(decode_frame(data), np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_frames_of_other_colours_become_rgb(pixels, mode):
    image = Image.fromarray(pixels).convert(mode)
    shown = decode_frame(jpeg(image)).astype(int)
    assert np.abs(shown - np.asarray(image.convert("RGB"))).mean() < 4


def test_metadata_of_a_frame_is_passed_over(pixels):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = jpeg(Image.fromarray(pixels), exif=exif, comment=b"camera 7", icc_profile=b"x" * 500)
    assert np.array_equal(decode_frame(data), decode_frame(jpeg(Image.fromarray(pixels))))


def test_broken_frames_are_refused(pixels):
    data = jpeg(Image.fromarray(pixels))
    for broken in (b"", b"\xff\xd8\xff\xd9", data[:200], b"no picture"):
        with pytest.raises(PictureError):
            decode_frame(broken)


def test_a_frame_of_too_many_pixels_is_refused(pixels):
    data = jpeg(Image.fromarray(pixels))
    start = data.index(b"\xff\xc0") + 5
    with pytest.raises(PictureError, match="megapixels"):
        decode_frame(data[:start] + (60_000).to_bytes(2) * 2 + data[start + 4 :])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 512, 1023], np.uint16), [0, 128, 255]),
        (np.array([0, 2048, 4095], np.uint16), [0, 128, 255]),
        (np.array([0, 40000, 65535], np.uint16), [0, 156, 255]),
        (np.array([-5, 0, 255], np.int32), [0, 0, 255]),
        (np.array([0, 0.5, 1], np.float32), [0, 128, 255]),
        (np.array([np.nan, -1, 1], np.float32), [0, 0, 255]),
        (np.array([np.inf, 0, 100], np.float32), [0, 0, 100]),
        (np.array([0, 0], np.uint16), [0, 0]),
    ],
)
def test_full_scale_is_what_the_sensor_used(values, expected):
    assert to_8_bits(values).tolist() == expected
