"""The rule that tells a field of a smear from any other picture."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.errors import PackageError
from clinoscope.domain.region import Box, Region
from clinoscope.inference import fields
from clinoscope.paths import MODELS, RESOURCES
from clinoscope.regions import networks


def phantom(name: str) -> np.ndarray:
    return np.asarray(Image.open(RESOURCES / "phantoms" / f"{name}.png").convert("RGB"))


def whole(pixels: np.ndarray) -> Region:
    return Region(Box(0, 0, pixels.shape[1], pixels.shape[0]), "whole")


@pytest.mark.parametrize("name", ["cell", "cell_monocyte"])
def test_a_drawn_cell_among_red_ones_is_a_field(name: str) -> None:
    assert fields.is_field(phantom(name), whole(phantom(name)))


@pytest.mark.parametrize("name", ["lesion", "rash", "nails", "eyelid", "face", "scalp", "vertex", "dermoscopy"])
def test_skin_hands_eyes_and_heads_are_none(name: str) -> None:
    assert not fields.is_field(phantom(name), whole(phantom(name)))


@pytest.mark.parametrize("grey", [10, 128, 230])
def test_a_blank_frame_is_none(grey: int) -> None:
    blank = np.full((240, 320, 3), grey, np.uint8)
    assert not fields.is_field(blank, whole(blank))


def test_a_blank_frame_with_noise_and_a_lamp_is_none() -> None:
    noise = np.random.default_rng(0).normal(0, 2, (480, 640, 3))
    wall = np.linspace(120, 160, 640)[None, :, None]
    across, down = np.meshgrid(np.linspace(-1, 1, 640), np.linspace(-1, 1, 480))
    vignette = (230 - 80 * (across**2 + down**2))[..., None]
    for shade in (10.0, 200.0, wall, vignette):
        blank = np.clip(shade + noise, 0, 255).astype(np.uint8)
        assert fields.is_blank(blank, whole(blank))
        assert not fields.is_field(blank, whole(blank))
    assert not fields.is_blank(phantom("cell"), whole(phantom("cell")))


def test_the_middle_of_a_region_is_looked_at() -> None:
    assert fields.middle(Box(10, 20, 300, 100)).box == Box(110, 20, 100, 100)
    assert fields.middle(Box(0, 0, 90, 200)).box == Box(0, 55, 90, 90)


def test_a_changed_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(MODELS / "cells", tmp_path / "cells")
    with (tmp_path / "cells" / "field.npz").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(PackageError, match=r"cells/field\.npz was changed"):
        networks.checked(fields.FILE, fields.SHA256, tmp_path)
