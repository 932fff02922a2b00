import numpy as np
import pytest

from clinoscope.inference.rejection import distance, foreignness
from clinoscope.training.refusal import drawn_patterns, fit_refusal


@pytest.fixture
def clouds():
    rng = np.random.default_rng(3)
    mixing = rng.normal(size=(30, 30))
    own = (rng.normal(size=(300, 30)) @ mixing).astype(np.float32)
    near = (rng.normal(size=(60, 30)) @ mixing + 4 * mixing[0] + 4 * mixing[1]).astype(np.float32)
    far = (rng.normal(size=(60, 30)) @ rng.normal(size=(30, 30)) + 40).astype(np.float32)
    return own, near, far


def alone(*sets):
    """Every foreign picture is a group of its own."""
    return {name: [str(number) for number in range(60)] for name in sets}


def test_own_pictures_pass_and_foreign_ones_do_not(clouds):
    own, near, far = clouds
    refusal = fit_refusal(own, np.arange(300) % 5, {"near": near, "far": far}, alone("near", "far"))
    assert refusal.rule == "distance+kind"
    assert refusal.own.mean() < 0.08
    assert refusal.foreign["near"].mean() > 0.9
    assert refusal.foreign["far"].mean() > 0.95
    assert refusal.unseen["far"].mean() > 0.9
    assert refusal.unseen["near"].mean() <= refusal.foreign["near"].mean()


def test_foreign_pictures_of_one_group_are_measured_by_a_rule_that_saw_none_of_them(clouds):
    own, near, far = clouds
    one_person = {"near": ["the same"] * 60, **alone("far")}
    refusal = fit_refusal(own, np.arange(300) % 5, {"near": near, "far": far}, one_person)
    assert (refusal.foreign["near"] == refusal.unseen["near"]).mean() > 0.9
    parted = fit_refusal(own, np.arange(300) % 5, {"near": near, "far": far}, {**alone("near"), **alone("far")})
    assert refusal.foreign["near"].mean() < parted.foreign["near"].mean()


def test_the_shipped_numbers_are_the_fitted_rule(clouds):
    own, near, _ = clouds
    refusal = fit_refusal(own, np.arange(300) % 5, {"near": near}, alone("near"))
    assert (foreignness(near, refusal.reference) > 0).mean() > 0.9
    passed = (foreignness(own, refusal.reference) <= 0) & (distance(own, refusal.reference) <= refusal.threshold)
    assert passed.mean() > 0.95


def test_without_foreign_pictures_distance_alone_decides(clouds):
    own, _, far = clouds
    refusal = fit_refusal(own, np.arange(300) % 5, {}, {})
    assert refusal.rule == "distance"
    assert not refusal.foreign
    assert (foreignness(far, refusal.reference) == 0).all()
    assert (distance(far, refusal.reference) > refusal.threshold).mean() > 0.95


def test_drawn_patterns_are_pictures_and_repeat():
    first, again = drawn_patterns(12, 1), drawn_patterns(12, 1)
    assert all(picture.shape == (240, 320, 3) and picture.dtype == np.uint8 for picture in first)
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
