import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clinoscope.domain.errors import PackageError
from clinoscope.inference import steps

SQUARES = arrays.arrays(
    np.uint8, st.integers(0, 24).map(lambda side: (side, side, 3)), elements=st.integers(0, 255), fill=st.just(0)
)


def smear(background: tuple[int, int, int], *, light: float = 1.0) -> np.ndarray:
    """A drawn stained cell between two erythrocytes, under light of the background's colour, RGB (96, 96, 3)."""
    picture = np.full((96, 96, 3), 1.0)
    for centre, radius, absorbed in (((10, 15), 20, (0.85, 0.6, 0.6)), ((90, 80), 22, (0.85, 0.6, 0.6))):
        cv2.circle(picture, centre, radius, absorbed, -1)
    cv2.circle(picture, (48, 48), 24, (0.85, 0.75, 0.95), -1)
    cv2.circle(picture, (48, 50), 14, (0.4, 0.25, 0.65), -1)
    grain = np.random.default_rng(3).normal(0, 1.5, picture.shape)
    return np.clip(picture * np.array(background) * light + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", steps.NAMES)
@settings(max_examples=40, deadline=None)
@given(square=SQUARES)
def test_any_picture_comes_back_in_its_shape_and_always_the_same(name, square):
    before = square.copy()
    first, second = steps.apply(square, (name,)), steps.apply(square, (name,))
    assert first.shape == square.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(square, before)


@pytest.mark.parametrize("name", steps.NAMES)
@pytest.mark.parametrize("level", [0, 7, 128, 255])
def test_a_blank_picture_stays_blank(name, level):
    blank = np.full((40, 40, 3), level, np.uint8)
    after = steps.apply(blank, (name,))
    assert after.std() < 1
    if name not in ("white_background", "white_glass", "equalise"):  # two whiten, and equalising shifts a lone tone
        assert abs(float(after.mean()) - level) <= 1


@pytest.mark.parametrize("name", steps.NAMES)
def test_views_and_read_only_pictures_do_as_well(name):
    square = smear((230, 225, 220))
    square.flags.writeable = False
    turned = square[::-1, ::-1]
    np.testing.assert_array_equal(steps.apply(turned, (name,)), steps.apply(turned.copy(), (name,)))


def test_steps_follow_one_another_in_the_order_they_are_named():
    square = smear((250, 215, 180))
    together = steps.apply(square, ("white_background", "enhance"))
    np.testing.assert_array_equal(together, steps.enhance(steps.white_background(square)))
    assert (together != steps.apply(square, ("enhance", "white_background"))).any()
    assert steps.apply(square, ()) is square


def test_an_unknown_step_is_a_sentence():
    with pytest.raises(PackageError, match="a step called sharpen, which this program does not know"):
        steps.apply(smear((230, 230, 230)), ("denoise", "sharpen"))


def test_denoise_takes_grain_and_leaves_edges():
    clean = np.full((60, 60, 3), 90, np.uint8)
    clean[:, 30:] = 190
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 8, clean.shape), 0, 255).astype(np.uint8)
    after = steps.apply(noisy, ("denoise",)).astype(float)
    assert after[:, :26].std() < 0.6 * noisy[:, :26].std()
    assert after[:, 32:34].mean() - after[:, 26:28].mean() > 90


def test_equalise_lifts_the_contrast_of_a_flat_picture_and_keeps_its_colours():
    grain = np.random.default_rng(6).normal(0, 3, (224, 224, 1))
    flat = (np.array([140.0, 110.0, 90.0]) + grain).astype(np.uint8)
    after = steps.apply(flat, ("equalise",))
    assert after.std(axis=(0, 1)).min() > 1.5 * flat.std(axis=(0, 1)).min()
    # red stays ahead of green, green of blue
    assert (np.diff(after.reshape(-1, 3).mean(axis=0)) < 0).all()


def test_enhance_steepens_edges():
    soft = cv2.GaussianBlur(smear((230, 230, 230)), (0, 0), 2)
    steep = cv2.Laplacian(steps.apply(soft, ("enhance",)), cv2.CV_64F)
    assert steep.var() > 1.5 * cv2.Laplacian(soft, cv2.CV_64F).var()


@pytest.mark.parametrize("name", ["grey_world", "shades_of_grey"])
def test_a_cast_over_many_colours_is_taken_away(name):
    rng = np.random.default_rng(4)
    grey = np.repeat(rng.uniform(20, 200, (50, 50, 1)), 3, axis=2) + rng.normal(0, 3, (50, 50, 3))
    cast = np.clip(grey * (1.2, 1.0, 0.7), 0, 255).astype(np.uint8)
    means = steps.apply(cast, (name,)).mean(axis=(0, 1))
    assert np.ptp(means) < 0.03 * means.mean()
    assert abs(means.mean() - cast.mean()) < 0.1 * cast.mean()


def test_shades_of_grey_goes_by_the_bright_parts():
    square = np.full((40, 40, 3), (200, 60, 60), np.uint8)
    square[:20] = (240, 240, 240)
    by_bright = steps.apply(square, ("shades_of_grey",))[0, 0].astype(int)
    by_all = steps.apply(square, ("grey_world",))[0, 0].astype(int)
    assert np.ptp(by_bright) < np.ptp(by_all)


@pytest.mark.parametrize("colour", [(253, 227, 202), (145, 115, 130), (230, 215, 105), (215, 225, 250)])
def test_the_background_of_a_smear_becomes_neutral_whatever_the_light(colour):
    after = steps.apply(smear(colour), ("white_background",))
    assert np.abs(after[:8, 60:].reshape(-1, 3).mean(axis=0) - steps.BACKGROUND).max() < 4
    assert np.abs(after.astype(float) - smear((235, 235, 235))).mean() < 4


@pytest.mark.parametrize(
    "nothing",
    [
        np.full((40, 40, 3), (60, 40, 70), np.uint8),  # dark all over: inside a nucleus, or no light
        np.full((40, 40, 3), (230, 40, 90), np.uint8),  # bright, but stain
    ],
)
def test_without_a_background_the_picture_stays(nothing):
    assert steps.background(nothing) is None
    np.testing.assert_array_equal(steps.apply(nothing, ("white_background",)), nothing)


def test_a_few_glints_are_not_the_background():
    square = smear((200, 195, 190))
    square[40:50, 40:50] = 255
    np.testing.assert_allclose(steps.background(square), (200, 195, 190), atol=2)


def test_stretch_uses_the_whole_range_but_for_a_few_outliers():
    rng = np.random.default_rng(5)
    square = np.clip(rng.normal((120, 100, 140), (12, 8, 5), (100, 100, 3)), 0, 255).astype(np.uint8)
    square[0, 0] = 255
    after = steps.apply(square, ("stretch",))
    low, high = np.percentile(after, (2, 98), axis=(0, 1))
    assert low.max() < 40
    assert high.min() > 215
