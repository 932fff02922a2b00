import numpy as np
import pytest

from clinoscope.domain.region import Box, Region
from clinoscope.quality.colour import cast

LIMIT = 3.1
REGION = Region(Box(133, 133, 134, 134), "drawn")


@pytest.mark.parametrize("region", [None, REGION])
def test_skin_in_white_light_is_plausible(view, region):
    assert cast(view, region) < 2


@pytest.mark.parametrize(
    "skin", [(236, 200, 180), (205, 160, 135), (165, 115, 85), (110, 72, 52), (72, 48, 38)], ids=str
)
def test_no_skin_tone_is_taken_for_a_cast(view, skin):
    tone = view.astype(float)
    tone[80:] *= np.array(skin) / (205, 160, 135)
    assert cast(np.clip(tone, 0, 255).astype(np.uint8), None) < LIMIT


@pytest.mark.parametrize(
    "gains", [(1.6, 1, 0.45), (0.6, 1, 1.8), (0.7, 1.25, 0.7), (1.2, 0.75, 1.2)], ids=["lamp", "sky", "tube", "magenta"]
)
@pytest.mark.parametrize("region", [None, REGION])
def test_strong_casts_are_seen(view, lit, gains, region):
    assert cast(lit(view, gains), region) > LIMIT


def test_a_weak_cast_counts_less_than_a_strong_one(view, lit):
    values = [cast(lit(view, (1 + step, 1, 1 - step)), None) for step in (0, 0.15, 0.3, 0.45)]
    assert values == sorted(values)


@pytest.mark.parametrize("level", [0, 255])
def test_without_anything_to_judge_nothing_is_claimed(level):
    assert cast(np.full((50, 50, 3), level, np.uint8), None) < LIMIT
