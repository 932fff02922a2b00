import dataclasses
import itertools

import numpy as np
import pytest

from clinoscope.domain.region import Box, Region
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.training import seen
from clinoscope.training.features import Subject
from clinoscope.training.recipe import Augment, Variant
from clinoscope.training.seen import Seen, eye, keep, look, pooled, see

HOW = Input(size=32)
CHANGE = Augment(turn=90, light=0.2)


@pytest.fixture
def subjects(rng):
    """40 pictures of noise; every third one has two parts."""
    one, other = Box(5, 5, 20, 20), Box(30, 20, 20, 20)
    regions = [Region(one, "drawn"), Region(other, "drawn"), Region(one, "drawn", parts=(one, other))]
    pictures = [rng.integers(0, 256, (50, 60, 3), dtype=np.uint8) for _ in range(40)]
    return [Subject(picture, regions[index % 3]) for index, picture in enumerate(pictures)]


@pytest.fixture(scope="module")
def eyes():
    """One of each way to train, and a head with a step before it."""
    ways = (
        Variant(name="head", backbone="tiny"),
        Variant(name="top", backbone="tiny", train="top"),
        Variant(name="all", backbone="tiny", train="all"),
        Variant(name="stepped", backbone="tiny", steps=("equalise",)),
    )
    return [eye(way, 32, None) for way in ways]


@pytest.fixture
def counted(monkeypatch):
    """Every square that is drawn, as (unchanged or not, steps)."""
    drawn = []

    def prepare_one(pixels, region, box, how):
        drawn.append((True, how.steps))
        return prepare(pixels, region, box, how)

    def change_one(pixels, region, box, how, change, chance):
        drawn.append((False, how.steps))
        return prepare(pixels, region, box, how)

    monkeypatch.setattr(seen, "prepare", prepare_one)
    monkeypatch.setattr(seen, "view", change_one)
    return drawn


def squares(subjects):
    return np.stack([prepare(s.pixels, s.region, box, HOW) for s in subjects for box in s.region.boxes])


def test_each_way_to_train_keeps_what_lies_before_its_training(eyes, subjects, tmp_path):
    sights = look(eyes, subjects, HOW, CHANGE, 1, 1, "key", tmp_path)
    count = 40 + 13  # one square each, and a second one of every third picture
    assert sights["head"].views[0].shape == (count, 64)
    assert sights["top"].views[0].shape == (count, 16, 16, 16)
    assert (sights["all"].views[0] == squares(subjects)).all()
    assert sights["all"].views[0].dtype == np.uint8
    assert sights["head"].owner.tolist()[:5] == [0, 1, 2, 2, 3]


def test_the_frozen_part_and_the_tail_are_the_network(eyes, subjects):
    seen_squares = squares(subjects[:5]).astype(np.float32)
    whole = np.asarray(eyes[1].network(seen_squares, training=False))
    behind = np.asarray(eyes[1].tail(keep(eyes[1], squares(subjects[:5])).astype(np.float32), training=False))
    assert behind == pytest.approx(whole, rel=1e-2, abs=1e-2)
    means = np.asarray(eyes[0].network(seen_squares, training=False)).mean(axis=(1, 2))
    assert keep(eyes[0], squares(subjects[:5])) == pytest.approx(means, rel=1e-2, abs=1e-2)


def test_parts_of_a_region_are_averaged(eyes, subjects):
    same = [Subject(subjects[0].pixels, subject.region) for subject in subjects[:3]]
    kept = see(eyes[0], same, HOW)
    rows = pooled(kept.views[0], kept.owner, 3)
    assert rows.shape == (3, 64)
    assert rows[2] == pytest.approx((rows[0] + rows[1]) / 2, abs=1e-3)


def test_a_view_depends_on_seed_view_and_place_only(eyes, subjects, tmp_path):
    def looked(name, pictures, seed=1):
        return look(eyes[2:3], pictures, HOW, CHANGE, 3, seed, name, tmp_path / name)["all"].views

    first = looked("first", subjects)
    assert all((one == other).all() for one, other in zip(looked("again", subjects), first, strict=True))
    # the first pictures alone give the same rows: batches do not matter
    few = looked("few", subjects[:6])
    assert all((one == other[:8]).all() for one, other in zip(few, first, strict=True))
    for one, other in itertools.combinations(first, 2):
        assert not (one == other).all()
    assert (looked("seed", subjects, 2)[0] == first[0]).all()
    assert not (looked("seed", subjects, 2)[1] == first[1]).all()


def test_views_are_drawn_once_for_all_variants_with_the_same_steps(eyes, subjects, counted, tmp_path):
    look(eyes, subjects, HOW, CHANGE, 2, 1, "key", tmp_path)
    for unchanged, steps in itertools.product((True, False), ((), ("equalise",))):
        assert counted.count((unchanged, steps)) == 53
    assert len(counted) == 4 * 53


def test_a_second_look_draws_nothing_and_a_half_file_is_no_file(eyes, subjects, counted, tmp_path):
    (tmp_path / "0123456789abcdef0123.part").write_bytes(b"half a file, as a kill leaves it")
    first = look(eyes[:2], subjects, HOW, CHANGE, 2, 1, "key", tmp_path)
    counted.clear()
    again = look(eyes[:2], subjects, HOW, CHANGE, 2, 1, "key", tmp_path)
    assert not counted
    assert all((again[name].views[1] == first[name].views[1]).all() for name in first)
    # a further variant: only what is missing is made
    look(eyes[:3], subjects, HOW, CHANGE, 2, 1, "key", tmp_path)
    assert len(counted) == 2 * 53
    counted.clear()
    look(eyes[:2], subjects, HOW, CHANGE, 2, 1, "another key", tmp_path)
    assert len(counted) == 2 * 53


def test_some_pictures_are_numbered_anew_in_their_order():
    rows = np.arange(5, dtype=np.float32)[:, None]
    part = Seen((rows, rows + 10), np.array([0, 1, 2, 2, 3])).of(np.array([3, 2]), view=1)
    assert len(part.views) == 1
    assert dict(zip(part.views[0][:, 0], part.owner, strict=True)) == {14: 0, 12: 1, 13: 1}
    assert pooled(part.views[0], part.owner, 2).tolist() == [[14.0], [12.5]]
    none = Seen((rows,), np.array([0, 1, 2, 2, 3])).of(np.array([], np.intp))
    assert pooled(none.views[0], none.owner, 0).shape == (0, 1)


def test_a_network_without_weights_is_the_one_of_its_seed():
    way = Variant(name="it", backbone="small_cnn", train="top")
    first, again, other = (eye(way, 32, None, seed).network.get_weights() for seed in (1, 1, 2))
    assert all((one == two).all() for one, two in zip(first, again, strict=True))
    assert not all((one == two).all() for one, two in zip(first, other, strict=True))


def test_what_decides_the_sight_is_in_its_key():
    base = Variant(name="it", backbone="tiny", train="top", cut="half")
    changes = ({"cut": "last"}, {"steps": ("denoise",)}, {"train": "head"}, {"train": "all"}, {"backbone": "small_cnn"})
    keys = [str(eye(dataclasses.replace(base, **change), 32, None).key) for change in ({}, *changes)]
    assert len(set(keys)) == len(keys)
    # squares are squares, whichever network is trained on them
    networks = [eye(Variant(name="it", backbone=name, train="all"), 32, None).key for name in ("tiny", "small_cnn")]
    assert networks[0] == networks[1]
