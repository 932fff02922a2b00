import hashlib
import io
import os
import struct
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.capture import decode
from clinoscope.capture.files import from_frame, open_picture
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Clock, Origin


def encoded(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


# --- what opens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("TIFF", "image/tiff"), ("BMP", "image/bmp")],
)
def test_lossless_kinds_come_back_pixel_for_pixel(pixels, kind, media_type):
    data = encoded(pixels, kind)
    picture = open_picture(data)
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.media_type, picture.data, picture.origin) == (media_type, data, Origin.FILE)
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert not picture.phantom


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_lossy_kinds_come_back_close(pixels, kind, media_type):
    picture = open_picture(encoded(pixels, kind, quality=95))
    assert picture.media_type == media_type
    assert np.abs(picture.pixels.astype(int) - pixels).mean() < 4


def test_a_file_keeps_its_bytes_its_device_and_the_time_of_its_last_change(tmp_path, pixels):
    path = tmp_path / "picture.png"
    path.write_bytes(encoded(pixels, "PNG"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    picture = open_picture(path, Origin.CLIPBOARD, "Scanner")
    assert picture.data == path.read_bytes()
    assert (picture.origin, picture.device) == (Origin.CLIPBOARD, "Scanner")
    assert picture.taken_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_picture_says_where_its_time_comes_from(tmp_path, pixels):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({36867: "2025:03:04 10:20:30"})
    copied, own = tmp_path / "copied.jpg", tmp_path / "own.jpg"
    copied.write_bytes(encoded(pixels, "JPEG"))
    own.write_bytes(encoded(pixels, "JPEG", exif=exif))
    assert open_picture(copied).clock is Clock.FILE
    assert open_picture(own).clock is Clock.CAMERA
    assert open_picture(encoded(pixels, "PNG"), Origin.CLIPBOARD).clock is Clock.UNKNOWN
    assert open_picture(encoded(pixels, "JPEG"), Origin.STREAM).clock is Clock.COMPUTER
    assert open_picture(encoded(pixels, "JPEG", exif=exif), Origin.STREAM).clock is Clock.CAMERA
    assert from_frame(pixels, Origin.CAMERA, "").clock is Clock.COMPUTER


def test_the_pixels_cannot_be_written_to(pixels):
    for picture in (open_picture(encoded(pixels, "PNG")), from_frame(pixels, Origin.CAMERA, "Cam")):
        with pytest.raises(ValueError, match="read-only"):
            picture.pixels[0, 0] = 0


def test_the_camera_s_own_time_wins(tmp_path, pixels):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({36867: "2025:03:04 10:20:30", 36881: "+05:30"})
    assert open_picture(encoded(pixels, "JPEG", exif=exif)).taken_at == datetime(2025, 3, 4, 4, 50, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "yesterday", ""])
def test_a_camera_without_a_clock_gets_the_time_of_opening(pixels, text):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({36867: text})
    before = datetime.now(UTC)
    assert open_picture(encoded(pixels, "JPEG", exif=exif)).taken_at >= before


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_orientations_are_turned_upright(kind, orientation):
    upright = np.zeros((40, 64, 3), np.uint8)
    upright[:16, :16], upright[:16, 48:], upright[24:, :16] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    undo = {
        2: np.fliplr,
        3: lambda p: np.rot90(p, 2),
        4: np.flipud,
        5: lambda p: p.transpose(1, 0, 2),
        6: np.rot90,
        7: lambda p: np.rot90(p, 2).transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }
    stored = np.ascontiguousarray(undo.get(orientation, lambda p: p)(upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {0x0112: orientation}} if kind == "TIFF" else {"exif": exif, "quality": 95}
    picture = open_picture(encoded(stored, kind, **options))
    assert picture.pixels.shape == upright.shape
    assert np.abs(picture.pixels.astype(int) - upright).mean() < 6


def test_grey_becomes_rgb(pixels):
    grey = pixels[:, :, 0]
    picture = open_picture(encoded(grey, "PNG"))
    assert np.array_equal(picture.pixels, np.repeat(grey[:, :, None], 3, axis=2))
    assert open_picture(encoded(grey, "JPEG")).pixels.shape == (60, 80, 3)


def test_palette_and_one_bit_become_rgb(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).quantize(64).save(out, "PNG")
    assert np.abs(open_picture(out.getvalue()).pixels.astype(int) - pixels).mean() < 12
    out = io.BytesIO()
    Image.fromarray(pixels).convert("1").save(out, "PNG")
    assert set(np.unique(open_picture(out.getvalue()).pixels)) == {0, 255}


@pytest.mark.parametrize("inverted", [True, False])
def test_cmyk_jpeg_shows_its_colours(inverted):
    red = Image.new("RGB", (32, 32), (200, 30, 40)).convert("CMYK")
    out = io.BytesIO()
    red.save(out, "JPEG", quality=95)
    data = out.getvalue()
    # Pillow writes the inverted kind with Adobe's marker; without the marker the same numbers mean ink, not light.
    start = data.index(b"\xff\xee")
    if not inverted:
        length = 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        plain = io.BytesIO()
        Image.merge("CMYK", [band.point(lambda v: 255 - v) for band in red.split()]).save(plain, "JPEG", quality=95)
        data = plain.getvalue()
        data = data[:start] + data[start + length :]
    middle = open_picture(data).pixels[16, 16].astype(int)
    assert np.abs(middle - (200, 30, 40)).max() < 12


def test_transparency_is_shown_over_white(pixels):
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:, :40] = 0
    shown = open_picture(encoded(np.dstack([pixels, alpha]), "PNG")).pixels
    assert (shown[:, :40] == 255).all()
    assert np.array_equal(shown[:, 40:], pixels[:, 40:])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("ending", [".tiff", ".png"])
@pytest.mark.parametrize("colour", [True, False])
def test_deep_pictures_are_scaled_by_the_bits_they_use(bits, ending, colour):
    full = 2**bits - 1
    ramp = np.linspace(0, full, 64 * 48).reshape(48, 64).astype(np.uint16)
    deep = np.dstack([ramp, ramp[::-1], ramp[:, ::-1]]) if colour else ramp
    _, data = cv2.imencode(ending, deep[:, :, ::-1] if colour else deep)
    shown = open_picture(data.tobytes()).pixels.astype(float)
    expected = (deep if colour else np.repeat(ramp[:, :, None], 3, axis=2)) * (255 / full)
    assert np.abs(shown - expected).max() <= 0.51


def test_deep_colour_is_turned_upright_and_put_over_white():
    deep = np.full((20, 30, 4), 65535, np.uint16)
    deep[:10, :, :3], deep[10:, :, 3] = (0, 0, 65535), 0
    _, data = cv2.imencode(".png", deep)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    body = exif[6:]
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body + struct.pack(">I", zlib.crc32(b"eXIf" + body))
    raw = data.tobytes()
    shown = open_picture(raw[:33] + chunk + raw[33:]).pixels
    assert shown.shape == (30, 20, 3)
    assert (shown[:, 10:] == (255, 0, 0)).all()
    assert (shown[:, :10] == 255).all()


def test_float_tiffs_open():
    out = io.BytesIO()
    Image.fromarray(np.linspace(0, 1, 600, dtype=np.float32).reshape(20, 30)).save(out, "TIFF")
    shown = open_picture(out.getvalue()).pixels
    assert (shown.min(), shown.max()) == (0, 255)


def test_of_several_pages_the_first_is_shown(pixels):
    out = io.BytesIO()
    pages = [Image.fromarray(np.roll(pixels, shift, axis=2)) for shift in range(3)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert np.array_equal(open_picture(out.getvalue()).pixels, pixels)


def test_a_phone_s_double_jpeg_is_a_jpeg(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "MPO", save_all=True, append_images=[Image.fromarray(pixels[::-1])])
    picture = open_picture(out.getvalue())
    assert picture.media_type == "image/jpeg"
    assert np.abs(picture.pixels.astype(int) - pixels).mean() < 8


def test_a_foreign_colour_profile_is_converted_and_a_broken_one_ignored(pixels):
    from PIL import ImageCms

    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(open_picture(encoded(pixels, "PNG", icc_profile=srgb)).pixels, pixels)
    assert np.array_equal(open_picture(encoded(pixels, "PNG", icc_profile=b"nonsense" * 30)).pixels, pixels)
    # Swap the red and blue primaries: what the file calls red is then blue.
    swapped = srgb.replace(b"rXYZ", b"tXYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tXYZ", b"bXYZ", 1)
    swapped = swapped.replace(b"sRGB built-in", b"xRGB built-in").replace(
        "sRGB built-in".encode("utf-16-be"), "xRGB built-in".encode("utf-16-be")
    )
    shown = open_picture(encoded(pixels, "PNG", icc_profile=swapped)).pixels.astype(int)
    assert np.abs(shown - pixels[:, :, ::-1]).mean() < 2


def test_phantoms_are_known_by_their_chunk(pixels):
    from PIL.PngImagePlugin import PngInfo

    mark = PngInfo()
    mark.add_text("clinoscope-phantom", "face")
    assert open_picture(encoded(pixels, "PNG", pnginfo=mark)).phantom
    other = PngInfo()
    other.add_text("comment", "clinoscope-phantom")
    assert not open_picture(encoded(pixels, "PNG", pnginfo=other)).phantom


# --- what is refused -------------------------------------------------------------------------------------------------


def refusal(source: bytes | Path | str) -> str:
    with pytest.raises(PictureError) as caught:
        open_picture(source)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    return sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_pictures_are_refused(kind, share):
    noise = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    data = encoded(noise, kind)
    assert refusal(data[: int(len(data) * share)]) in (decode.DAMAGED, decode.NOT_A_PICTURE)


def test_a_cut_off_jpeg_is_called_cut_off(pixels):
    data = encoded(pixels, "JPEG")
    assert "cut off" in refusal(data[: len(data) // 2])


def test_too_many_megapixels_are_refused_before_decoding():
    started = time.perf_counter()
    assert refusal(png_header(10_001, 10_000)) == decode.TOO_LARGE
    assert refusal(png_header(60_000, 60_000)) == decode.TOO_LARGE
    assert time.perf_counter() - started < 0.5


def test_exactly_a_hundred_megapixels_are_not_too_large():
    assert refusal(png_header(10_000, 10_000)) == decode.DAMAGED


def test_a_text_file_named_jpg_is_refused(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_text("Name,Age\nSomebody,33\n")
    assert refusal(path) == decode.NOT_A_PICTURE


def test_pictures_of_other_kinds_are_refused(pixels):
    assert refusal(encoded(pixels, "GIF")) == decode.NOT_A_PICTURE


@pytest.mark.parametrize("source", [b"", "empty"])
def test_an_empty_file_is_refused(tmp_path, source):
    if source:
        source = tmp_path / source
        source.write_bytes(b"")
    assert "empty" in refusal(source)


def test_no_pixels_are_refused():
    assert refusal(png_header(0, 10)) in (decode.NO_PIXELS, decode.DAMAGED)


def test_missing_files_folders_and_pipes_are_refused(tmp_path):
    assert "not there" in refusal(tmp_path / "gone.jpg")
    assert "folder" in refusal(tmp_path)
    assert "cannot be read" in refusal("a\0b")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "ordinary" in refusal(tmp_path / "pipe")


def test_a_file_one_may_not_read_is_refused(tmp_path, pixels, monkeypatch):
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(pixels, "PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything: let the system's refusal be played

        def refuse(_path: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "may not read" in refusal(path)


def test_sentences_never_name_the_file(tmp_path):
    path = tmp_path / "Okafor, Ada 2187.jpg"
    path.write_text("text")
    for source in (path, tmp_path / "Okafor gone.jpg"):
        assert "Okafor" not in refusal(source)


# --- live frames -----------------------------------------------------------------------------------------------------


def test_a_frame_is_kept_without_loss(pixels):
    before = datetime.now(UTC)
    picture = from_frame(pixels, Origin.CAMERA, "Microscope HD")
    assert (picture.media_type, picture.device, picture.origin) == ("image/png", "Microscope HD", Origin.CAMERA)
    assert before <= picture.taken_at <= datetime.now(UTC)
    again = open_picture(picture.data)
    assert np.array_equal(again.pixels, pixels)
    assert again.sha256 == picture.sha256


def test_a_still_does_not_change_with_the_frame_it_came_from(pixels):
    frame = pixels.copy()
    picture = from_frame(frame, Origin.CAMERA, "")
    frame[:] = 0
    assert np.array_equal(picture.pixels, pixels)


def test_twelve_megapixels_open_in_time():
    small = np.random.default_rng(0).integers(0, 255, (150, 200, 3), dtype=np.uint8)
    data = encoded(cv2.resize(small, (4000, 3000), interpolation=cv2.INTER_CUBIC), "JPEG", quality=90)
    times = []
    for _ in range(5):
        started = time.process_time()
        open_picture(data)
        times.append(time.process_time() - started)
    assert min(times) < 0.3  # 0.08 s on the machine it was written on
