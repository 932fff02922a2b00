import dataclasses
import hashlib

import numpy as np
import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.domain.region import Box, Region
from clinoscope.inference import watcher
from clinoscope.inference.card import Input
from clinoscope.inference.classify import prepare
from clinoscope.paths import MODELS
from clinoscope.regions import networks

HOW = Input(size=64, margin=0.2, steps=("equalise",))
ONE, OTHER = Box(10, 10, 40, 40), Box(50, 30, 40, 40)


@pytest.fixture
def pixels(rng):
    return rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)


def test_the_shipped_file_is_the_one_the_source_names():
    assert hashlib.sha256((MODELS / watcher.FILE).read_bytes()).hexdigest() == watcher.SHA256


def test_it_sees_the_region_at_its_own_size_before_any_step(pixels):
    region = Region(ONE, "drawn")
    seen = watcher.watched(pixels, region, HOW)
    assert seen.shape == (304,)
    assert seen.dtype == np.float32
    square = prepare(pixels, region, ONE, Input(size=watcher.SIDE, margin=0.2))
    assert (seen == watcher.features([square])).all()
    assert not np.allclose(seen, watcher.watched(pixels, region, dataclasses.replace(HOW, margin=0.0)))


def test_parts_are_averaged(pixels):
    both = watcher.watched(pixels, Region(ONE, "drawn", parts=(ONE, OTHER)), HOW)
    apart = [watcher.watched(pixels, Region(box, "drawn"), HOW) for box in (ONE, OTHER)]
    assert both == pytest.approx(np.mean(apart, axis=0), abs=1e-5)


def test_each_map_gives_its_means_and_then_its_spreads():
    """40 channels, then 112. A picture of one colour has hardly any spread between places, noise has."""
    spreads = np.r_[40:80, 192:304]
    flat = watcher.features([np.full((224, 224, 3), 128, np.uint8)])[spreads]
    noise = watcher.features([np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)])[spreads]
    assert (flat >= 0).all()
    assert (noise >= 0).all()
    assert noise.mean() > flat.mean()


def test_a_changed_file_is_a_sentence(tmp_path):
    place = tmp_path / watcher.FILE
    place.parent.mkdir()
    place.write_bytes((MODELS / watcher.FILE).read_bytes()[:-1] + b"x")
    with pytest.raises(PackageError, match=r"models/watcher/watcher\.tflite was changed"):
        networks.load(watcher.FILE, watcher.SHA256, tmp_path)
