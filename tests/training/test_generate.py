"""Generated pictures: repeatable, resumable, kept apart by fold, measured against what they were learned from."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pathlib import Path

import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training import gan, generate

STEPS = 20


@pytest.fixture(scope="module")
def spots(draw_spot) -> generate.Squares:
    rng = np.random.default_rng(3)
    return np.stack([draw_spot("melanoma", rng)[20:100, 20:100] for _ in range(12)])


@pytest.fixture(scope="module")
def trained(spots, tmp_path_factory) -> tuple[Path, generate.Generator]:
    folder = tmp_path_factory.mktemp("generators")
    return folder, generate.train_generator(spots, folder, 1, STEPS, side=32)


def test_pictures_are_drawn_and_drawn_again_by_seed(trained):
    _, generator = trained
    drawn = generator.draw(40, 7)
    assert drawn.shape == (40, 32, 32, 3)
    assert drawn.dtype == np.uint8
    assert np.array_equal(drawn, generator.draw(40, 7))
    assert not np.array_equal(drawn, generator.draw(40, 8))
    assert not np.array_equal(drawn[0], drawn[1])
    assert generator.draw(0, 7).shape == (0, 32, 32, 3)


def test_training_moves_the_colours_towards_those_of_the_pictures(spots, trained):
    aim = spots.mean(axis=(0, 1, 2))
    fresh = generate.Generator(gan.drawer(32, np.random.default_rng(1)), 32).draw(64, 0).mean(axis=(0, 1, 2))
    later = trained[1].draw(64, 0).mean(axis=(0, 1, 2))
    assert np.abs(later - aim).mean() < np.abs(fresh - aim).mean()


def test_a_finished_generator_is_read_back(spots, trained):
    folder, generator = trained
    (file,) = folder.iterdir()
    told: list[float] = []
    again = generate.train_generator(spots, folder, 1, STEPS, told.append, side=32)
    assert told == [1.0]
    assert list(folder.iterdir()) == [file]
    assert np.array_equal(again.draw(3, 0), generator.draw(3, 0))


def test_a_killed_run_ends_where_it_would_have_ended(spots, trained, tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "KEPT_EVERY", 8)

    class Killed(Exception):
        pass

    def kill_at_eleven(share: float) -> None:
        if share * STEPS > 10.5:
            raise Killed

    with pytest.raises(Killed):
        generate.train_generator(spots, tmp_path, 1, STEPS, kill_at_eleven, side=32)
    (tmp_path / "half.npz.part").write_bytes(b"half a file")
    told: list[float] = []
    resumed = generate.train_generator(spots, tmp_path, 1, STEPS, told.append, side=32)
    assert told[0] == pytest.approx(9 / STEPS)
    assert not list(tmp_path.glob("*-state.npz"))
    difference = resumed.draw(8, 0).astype(int) - trained[1].draw(8, 0).astype(int)
    assert np.abs(difference).max() <= 1


def test_other_pictures_of_another_fold_get_a_generator_of_their_own(spots, trained):
    folder, _ = trained
    names = {
        generate._name(part, seed, steps)
        for part, seed, steps in ((spots, 1, 20), (spots[1:], 1, 20), (spots, 2, 20), (spots, 1, 30))
    }
    assert len(names) == 4
    before = set(folder.iterdir())
    generate.train_generator(spots[2:], folder, 1, 1, side=32)
    assert len(set(folder.iterdir()) - before) == 1


def test_extra_pictures_come_with_their_labels_in_the_size_of_the_others(spots, trained):
    folder, _ = trained
    told: list[float] = []
    squares, labels = generate.extra({0: spots[:3], 2: spots}, {2: 5}, folder, 1, STEPS, told.append, side=32)
    assert squares.shape == (5, 80, 80, 3)
    assert labels.tolist() == [2] * 5
    assert told[-1] == 1.0
    none, no_labels = generate.extra({0: spots}, {}, folder, 1, STEPS)
    assert none.shape == (0, 80, 80, 3)
    assert no_labels.tolist() == []


def test_too_few_pictures_are_a_sentence(spots, tmp_path):
    with pytest.raises(KnownError, match="One label has 5 pictures to train on, too few"):
        generate.train_generator(spots[:5], tmp_path, 1, STEPS)


def test_copies_are_told_from_new_pictures(spots):
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(12, 6)).astype(np.float32)
    mirrored = np.ascontiguousarray(spots[:, :, ::-1])
    copied = generate.look(mirrored, spots, seen, seen)
    assert copied.copies == 1.0
    assert copied.nearest == pytest.approx(0, abs=0.5)
    assert copied.frechet == pytest.approx(0, abs=1e-6)
    foreign = generate.look(255 - spots, spots, seen + 3, seen)
    assert foreign.copies == 0.0
    assert foreign.nearest > foreign.nearest_real
    assert foreign.frechet > copied.frechet_real


def test_frechet_is_that_of_the_two_bells(rng):
    """Against the closed form of two bells along the axes: Σ (m1-m2)² + (s1-s2)²."""
    a = rng.normal(0, [1.0, 2.0, 0.5], (20000, 3)).astype(np.float32)
    b = rng.normal([0.5, 0, -1.0], [2.0, 2.0, 1.5], (20000, 3)).astype(np.float32)
    assert generate.frechet(a, b) == pytest.approx(0.25 + 1.0 + 1.0 + 1.0, rel=0.05)
    assert generate.frechet(a, a) == pytest.approx(0, abs=1e-3)
    assert generate.frechet(a[:5], b[:4]) >= 0
