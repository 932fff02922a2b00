import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box
from clinoscope.training import nail_colour

NAIL = Box(60, 40, 30, 30)
SKIN = Box(110, 40, 30, 30)


@pytest.fixture
def finger():
    pixels = np.full((120, 200, 3), 225, np.uint8)
    pixels[30:80] = (200, 150, 125)
    pixels[40:70, 60:90] = (215, 140, 135)
    return pixels


def test_skin_beside_a_nail_is_told_from_the_table(finger):
    found, _ = nail_colour.colours(finger, [NAIL], [None])
    drawn, whole = nail_colour.colours(finger, [NAIL], [SKIN])
    assert np.allclose(found, drawn)
    assert drawn[0] > 0
    assert drawn[1] < 0
    assert whole.shape == (9,)
    assert np.array_equal(whole[:6], drawn)


def test_a_nail_that_fills_the_picture_is_compared_with_itself(finger):
    against, _ = nail_colour.colours(finger[42:68, 62:88], [Box(0, 0, 26, 26)], [None])
    assert np.allclose(against, 0)


def test_another_lamp_leaves_log_ratios_but_not_the_colour_itself(finger):
    against, whole = nail_colour.colours(finger, [NAIL], [SKIN])
    dim = nail_colour.relit(finger, (0.9, 1.0, 1.0))
    dim_against, dim_whole = nail_colour.colours(dim, [NAIL], [SKIN])
    assert np.allclose(against[:3], dim_against[:3], atol=0.01)
    assert abs(whole[7] - dim_whole[7]) > 1
    assert np.array_equal(nail_colour.relit(finger, (1.0, 1.0, 1.0)), finger)


def test_a_list_without_a_nail_is_a_sentence(tmp_path):
    place = tmp_path / "anemia"
    place.mkdir()
    (place / "images.csv").write_text("path,site,group,hb_g_dl,boxes\na.png,conjunctiva,g,10,{}\n", encoding="utf-8")
    with pytest.raises(KnownError, match="both a haemoglobin value and a nail"):
        nail_colour.look(tmp_path)
