import dataclasses

import cv2
import numpy as np
import pytest

from clinoscope.domain.region import Box, Region
from clinoscope.inference import steps
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.training.augment import view, without_mark
from clinoscope.training.recipe import Augment

HOW = Input(size=64, margin=0.1)
REGION = Region(Box(30, 30, 60, 60), "drawn")


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    rough = rng.integers(40, 220, (12, 12, 3), dtype=np.uint8)
    return cv2.resize(rough, (120, 120), interpolation=cv2.INTER_CUBIC)


def changed(pixels, change, seed=1):
    return view(pixels, REGION, REGION.box, HOW, change, np.random.default_rng(seed))


def test_no_change_is_what_the_running_program_sees(pixels):
    same = changed(pixels, Augment(flip=False))
    assert np.abs(same.astype(int) - prepare(pixels, REGION, REGION.box, HOW)).max() <= 1


@pytest.mark.parametrize(
    "change",
    [
        {"turn": 180.0},
        {"upside_down": True},
        {"scale": 0.3},
        {"shift": 0.2},
        {"tight": 1.0},
        {"light": 0.3},
        {"balance": 0.2},
        {"contrast": 0.3},
        {"colour": 0.5},
        {"stain": 0.4},
        {"blur": 0.05},
        {"grain": 20.0},
        {"coarse": 6.0},
        {"jpeg": 10},
        {"haze": 0.6},
        {"halo": 1.5},
        {"fringe": 0.03},
        {"uneven": 0.2},
        {"grey": 1.0},
        {"mark": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_change_changes_the_picture_and_repeats_by_seed(pixels, change):
    how = Augment(flip=False, **change)
    plain = changed(pixels, Augment(flip=False)).astype(int)
    views = [changed(pixels, how, seed) for seed in range(6)]
    assert all(square.shape == (64, 64, 3) and square.dtype == np.uint8 for square in views)
    assert max(np.abs(square - plain).max() for square in views) > 3
    assert (changed(pixels, how, 3) == views[3]).all()


def test_steps_come_after_the_changes_as_after_another_lamp(pixels):
    how = dataclasses.replace(HOW, steps=("white_background",))
    warm = Augment(flip=False, balance=0.4)
    evened = [view(pixels, REGION, REGION.box, how, warm, np.random.default_rng(seed)) for seed in range(4)]
    for seed, square in enumerate(evened):
        assert (square == steps.apply(changed(pixels, warm, seed), how.steps)).all()


def test_where_the_outside_is_black_no_step_sees_the_paint(pixels):
    outlined = Region(REGION.box, "drawn", outlines=(((30, 30), (90, 30), (60, 90)),))
    how = dataclasses.replace(HOW, outline_only=True, steps=("stretch",))
    seen = view(pixels, outlined, outlined.box, how, Augment(flip=False), np.random.default_rng(1))
    assert np.abs(seen.astype(int) - prepare(pixels, outlined, outlined.box, how)).max() <= 1


def test_a_bright_view_that_may_not_burn_out_does_not(pixels):
    bright = [changed(pixels, Augment(flip=False, light=0.8, exposed=True), seed) for seed in range(8)]
    burnt = [changed(pixels, Augment(flip=False, light=0.8), seed) for seed in range(8)]
    assert max((square == 255).mean() for square in bright) < 0.1
    assert max((square == 255).mean() for square in burnt) > 0.2


def test_the_watermark_is_gone_and_the_rest_untouched(pixels):
    large = cv2.resize(pixels, (320, 214), interpolation=cv2.INTER_CUBIC)
    marked = large.copy()
    cv2.putText(marked, "(c) Atlas.com", (100, 112), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1)
    clean = without_mark(marked)
    outside = np.ones((214, 320), bool)
    outside[90:125, 70:250] = False
    assert (clean[outside] == large[outside]).all()
    # what remains does not depend on the mark
    assert (clean == without_mark(large)).all()


def test_a_picture_cut_close_shows_its_mirror_image_not_what_lay_around():
    around = np.full((120, 120, 3), (220, 0, 0), np.uint8)
    around[30:90, 30:90] = (0, 0, 220)
    wide = Input(size=90, margin=1.0)

    def red(change):
        square = view(around, REGION, REGION.box, wide, Augment(flip=False, **change), np.random.default_rng(4))
        return float((square[..., 0] > 110).mean())

    assert red({"tight": 1.0}) < 0.6 * red({})
