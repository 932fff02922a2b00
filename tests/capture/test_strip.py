"""What leaves carries the picture and nothing else, and shows the same."""

from __future__ import annotations

import functools
import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from clinoscope.capture import strip
from clinoscope.capture.files import open_picture

SECRETS = (b"Okafor", b"SN-48213", b"MakerBlob", b"Nikon", b"2026:11", b"Exif", b"xmp", b"Photoshop")
PIXELS = np.kron(np.random.default_rng(3).integers(0, 255, (12, 16, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))


def exif(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[Base.Orientation] = orientation
    made[Base.Make] = "Nikon"
    made[Base.Artist] = "Ada Okafor"
    made[Base.DateTime] = "2026:11:20 09:30:00"
    details = made.get_ifd(IFD.Exif)
    details[Base.BodySerialNumber] = "SN-48213"
    details[Base.MakerNote] = b"MakerBlob"
    place = made.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (5.0, 36.0, 13.0)
    return made


@functools.cache
def _wide_profile() -> bytes:
    """An sRGB profile with red and green swapped: wrong colours show at once when it is lost. Made once, since it
    carries the second of its making."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    tags = {bytes(data[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    red_place, green_place = bytes(data[red + 4 : red + 12]), bytes(data[green + 4 : green + 12])
    data[red + 4 : red + 12], data[green + 4 : green + 12] = green_place, red_place
    return bytes(data).replace(b"s\x00R\x00G\x00B", b"x\x00X\x00X\x00X").replace(b"sRGB", b"xXXX")


def jpeg(orientation: int = 1, mode: str = "RGB", progressive: bool = False, trailer: bytes = b"") -> bytes:
    image = Image.fromarray(PIXELS).convert(mode)
    out = io.BytesIO()
    extra = {"icc_profile": _wide_profile()} if mode == "RGB" else {}
    image.save(out, "JPEG", quality=90, exif=exif(orientation), comment=b"Ada Okafor", progressive=progressive, **extra)
    data = out.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Ada Okafor</x:xmpmeta>"
    more = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, body in (
            (0xE1, xmp),
            (0xED, b"Photoshop 3.0\0Ada Okafor"),
            (0xE2, b"MPF\0SN-48213"),
            (0xE5, b"SN-48213"),
        )
    )
    return data[:2] + more + data[2:] + trailer


def png(orientation: int = 1) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Ada Okafor")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SN-48213</x:xmpmeta>")
    notes.add_text("clinoscope-phantom", "spot")
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG", pnginfo=notes, exif=exif(orientation), icc_profile=_wide_profile())
    return out.getvalue() + b"SN-48213"


def webp(orientation: int = 1, lossless: bool = True) -> bytes:
    out = io.BytesIO()
    xmp = b"<x:xmpmeta>Ada Okafor</x:xmpmeta>"
    Image.fromarray(PIXELS).save(
        out, "WEBP", lossless=lossless, exif=exif(orientation), xmp=xmp, icc_profile=_wide_profile()
    )
    return out.getvalue()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize(("make", "suffix"), [(jpeg, ".jpg"), (png, ".png"), (webp, ".webp")])
def test_nothing_is_told_and_the_picture_is_the_same(make, suffix, orientation):
    data = make(orientation)
    assert any(secret in data for secret in SECRETS)
    picture = open_picture(data)
    made = strip.stripped(picture)
    assert made.suffix == suffix, "kept in its own format"
    for secret in SECRETS[:5]:
        assert secret not in made.data
    again = open_picture(made.data)
    assert (again.pixels == picture.pixels).all()
    with Image.open(io.BytesIO(made.data)) as image:
        found = dict(image.getexif())
        assert found == ({Base.Orientation: orientation} if orientation != 1 else {})
        assert not image.getexif().get_ifd(IFD.GPSInfo)
        assert image.info.get("icc_profile") == _wide_profile()
    assert picture.data == data


def test_the_compressed_pixels_of_a_jpeg_are_not_touched():
    data = jpeg()
    scan = data[data.index(b"\xff\xda") : data.rindex(b"\xff\xd9")]
    assert scan in strip.stripped(open_picture(data)).data


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_kinds_of_jpeg_stay_what_they_are(mode):
    picture = open_picture(jpeg(mode=mode))
    made = strip.stripped(picture)
    assert made.suffix == ".jpg"
    assert (open_picture(made.data).pixels == picture.pixels).all()


def test_a_jpeg_of_many_scans_and_what_phones_hang_behind_it():
    picture = open_picture(jpeg(progressive=True, trailer=jpeg() + b"film SN-48213"))
    made = strip.stripped(picture)
    assert made.suffix == ".jpg"
    assert made.data.count(b"\xff\xd8\xff") == 1
    assert not any(secret in made.data for secret in SECRETS[:5])
    assert (open_picture(made.data).pixels == picture.pixels).all()


def test_a_thumbnail_in_the_header_goes():
    data = jpeg()
    at = data.index(b"JFIF\0") - 4
    thumb = data[at + 4 : at + 16] + b"\x02\x02" + b"Okafor" * 2
    data = data[:at] + struct.pack(">BBH", 0xFF, 0xE0, len(thumb) + 2) + thumb + data[at + 18 :]
    picture = open_picture(data)
    made = strip.stripped(picture)
    assert b"Okafor" not in made.data
    assert (open_picture(made.data).pixels == picture.pixels).all()


@pytest.mark.parametrize("kind", ["TIFF", "BMP"])
def test_what_has_no_segments_becomes_a_bare_png(kind):
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, kind, **({"exif": exif(6)} if kind == "TIFF" else {}))
    picture = open_picture(out.getvalue())
    made = strip.stripped(picture)
    assert made.suffix == ".png"
    assert not any(secret in made.data for secret in SECRETS)
    assert (open_picture(made.data).pixels == picture.pixels).all()


def test_a_phantom_still_says_that_it_is_one():
    picture = open_picture(png())
    assert picture.phantom
    assert open_picture(strip.stripped(picture).data).phantom


def test_a_moving_webp_becomes_a_png_of_its_first_picture():
    out = io.BytesIO()
    frames = [Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    picture = open_picture(out.getvalue())
    made = strip.stripped(picture)
    assert made.suffix == ".png"
    assert (open_picture(made.data).pixels == picture.pixels).all()
