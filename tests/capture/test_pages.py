import io

import numpy as np
import pytest
from PIL import Image

from clinoscope.capture.files import open_picture, pages_of
from clinoscope.domain.errors import PictureError


def tiff(*pages: tuple[tuple[int, int], int], kinds: tuple[int, ...] = ()) -> bytes:
    """A TIFF of plain grey pages, each (width, height) and grey; ``kinds`` are their NewSubfileTypes."""
    images = [Image.new("RGB", size, (grey,) * 3) for size, grey in pages]
    for image, kind in zip(images, kinds, strict=False):
        image.encoderinfo = {"tiffinfo": {254: kind}}
    out = io.BytesIO()
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:], tiffinfo={254: kinds[0]} if kinds else {})
    return out.getvalue()


def shown(data: bytes, page: int | None = None) -> tuple[int, int]:
    """Page and grey."""
    picture = open_picture(data, page=page)
    return picture.page, int(picture.pixels[0, 0, 0])


def test_pages_of_one_kind_are_all_offered_and_the_first_is_taken():
    data = tiff(((40, 30), 10), ((40, 30), 20), ((32, 30), 30))
    assert [(page.index, page.width) for page in pages_of(data)] == [(0, 40), (1, 40), (2, 32)]
    assert [shown(data), shown(data, 2)] == [(0, 10), (2, 30)]


def test_thumbnails_and_levels_of_a_pyramid_are_passed_over():
    data = tiff(((16, 12), 10), ((80, 60), 20), ((40, 30), 30), ((20, 15), 40))
    assert [page.index for page in pages_of(data)] == [1]
    assert shown(data) == (1, 20)
    assert shown(data, 0) == (0, 10), "asked for by its number, as a kept exam does"


def test_a_page_that_says_it_is_a_copy_is_believed_whatever_its_size():
    data = tiff(((70, 50), 10), ((80, 60), 20), kinds=(1, 0))
    assert [page.index for page in pages_of(data)] == [1]


def test_a_file_of_copies_only_still_opens():
    assert shown(tiff(((70, 50), 10), kinds=(1,))) == (0, 10)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP"])
def test_other_kinds_have_one_page(kind, pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    assert [(page.width, page.height) for page in pages_of(out.getvalue())] == [(80, 60)]
    with pytest.raises(PictureError, match="no such page"):
        open_picture(out.getvalue(), page=1)


def test_a_page_that_is_not_there():
    with pytest.raises(PictureError, match="no such page"):
        open_picture(tiff(((40, 30), 10), ((40, 30), 20)), page=2)


def test_sixteen_bit_colour_on_the_second_page():
    import cv2

    first, second = (np.full((30, 40, 3), value, np.uint16) for value in (1000, 50_000))
    second[:, :, 0] = 10_000  # blue, in OpenCV's order
    done, data = cv2.imencodemulti(".tiff", [first, second])
    assert done
    assert open_picture(data.tobytes(), page=1).pixels[3, 3].tolist() == [195, 195, 39]


def test_a_list_of_pages_that_is_cut_off_ends_where_it_is_cut():
    data = bytearray(tiff(((40, 30), 10), ((40, 30), 20)))
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    link = first + 2 + 12 * count
    data[link : link + 4] = (len(data) + 1000).to_bytes(4, "little")
    assert [page.index for page in pages_of(bytes(data))] == [0]


def test_pages_that_go_round_in_a_circle_end():
    data = bytearray(tiff(((40, 30), 10), ((40, 30), 20)))
    first = int.from_bytes(data[4:8], "little")
    link = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    data[link : link + 4] = first.to_bytes(4, "little")
    assert len(pages_of(bytes(data))) == 1


def test_nothing_has_no_pages():
    with pytest.raises(PictureError, match="empty"):
        pages_of(b"")
