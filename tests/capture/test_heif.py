"""HEICs drawn by resources of ours with libheif's encoder, which the program does not carry: see pictures/README.md."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clinoscope.capture import heif
from clinoscope.capture.files import open_picture, pages_of
from clinoscope.domain.errors import PictureError

PICTURES = Path(__file__).parent / "pictures"


def test_the_bytes_are_kept_and_the_colours_are_those_drawn():
    path = PICTURES / "upright.heic"
    picture = open_picture(path)
    assert picture.data == path.read_bytes()
    assert (picture.media_type, picture.page) == ("image/heic", 0)
    assert picture.pixels.shape == (48, 64, 3)
    for place, colour in (((8, 8), (250, 0, 0)), ((8, 56), (0, 250, 0)), ((40, 8), (0, 0, 250)), ((40, 56), [128] * 3)):
        assert np.abs(picture.pixels[place].astype(int) - colour).max() <= 3
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0] = 0


def test_one_that_was_held_sideways_is_turned_once():
    """Its irot box says so, and its EXIF says it again."""
    picture = open_picture(PICTURES / "turned.heic")
    assert np.abs(picture.pixels.astype(int) - open_picture(PICTURES / "upright.heic").pixels).mean() < 2
    assert picture.taken_at == datetime(2025, 3, 4, 4, 50, 30, tzinfo=UTC)


def test_display_p3_told_by_a_number_becomes_srgb():
    # (200, 120, 100) in Display P3 is (214, 116, 96) in sRGB: colour-science 0.4.6, RGB_to_RGB
    colour = open_picture(PICTURES / "p3-nclx.heic").pixels[16, 16]
    assert np.abs(colour.astype(int) - (214, 116, 96)).max() <= 2


def test_srgb_and_unknown_primaries_stay():
    image = Image.new("RGB", (4, 4), (200, 120, 100))
    for info in ({}, {"nclx_profile": {"color_primaries": 1}}, {"nclx_profile": {"color_primaries": 2}}):
        assert heif.from_nclx(image, info) is image


def test_ten_bits_keep_their_grey():
    assert np.abs(open_picture(PICTURES / "ten-bit.heic").pixels.astype(int) - 128).max() <= 1


def test_high_dynamic_range_is_refused_rather_than_shown_flat():
    with pytest.raises(PictureError, match="HDR"):
        open_picture(PICTURES / "pq.heic")


def test_of_several_the_primary_one_unless_told():
    data = (PICTURES / "three.heic").read_bytes()
    assert [page.index for page in pages_of(data)] == [0, 1, 2]
    assert (open_picture(data).page, open_picture(data).pixels[5, 5, 0]) == (1, 120)
    for page, grey in enumerate((40, 120, 220)):
        assert abs(int(open_picture(data, page=page).pixels[5, 5, 0]) - grey) <= 1
    with pytest.raises(PictureError, match="no such page"):
        open_picture(data, page=3)


@pytest.mark.parametrize("keep", [13, 60, 300, 500])
def test_a_cut_off_one_is_refused(keep):
    with pytest.raises(PictureError, match="cut off or damaged"):
        open_picture((PICTURES / "upright.heic").read_bytes()[:keep])


def test_an_item_whose_kind_is_no_text_is_damaged_and_does_not_end_the_program() -> None:
    """Found by ``tests/fuzz`` (seed 78343): pi-heif ends in a segmentation fault."""
    whole = (Path(__file__).parent / "pictures" / "turned.heic").read_bytes()
    at = whole.rindex(b"infe")
    broken = whole[: at + 12] + b"Ex\xfff" + whole[at + 16 :]
    with pytest.raises(PictureError, match="damaged"):
        open_picture(broken)
