"""A site's own labelled pictures in, a package out: installed, not in use, and measured on others."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope import modes
from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box, Region
from clinoscope.inference import packages
from clinoscope.inference.card import Package
from clinoscope.inference.classify import distribution
from clinoscope.workflow import acceptance, adapt, models
from clinoscope.workflow.labelled import LabelsError

TASK = modes.task("neutrophil/type")


def quiet(_done: int, _of: int, _about: str) -> None:
    """Nobody listens."""


def _cell(label: int, chance: np.random.Generator) -> np.ndarray:
    """A drawn cell, (240, 240, 3) RGB: of one label blue with one round nucleus, of the other red with two lobes."""
    ground = np.full((240, 240, 3), (232, 226, 222), np.uint8)
    body, nucleus = ((208, 190, 220), (92, 70, 150)) if label else ((226, 176, 168), (120, 60, 130))
    x, y = (int(place) for place in chance.integers(112, 128, 2))
    cv2.circle(ground, (x, y), 66, body, -1, cv2.LINE_AA)
    for dx in (0,) if label else (-22, 22):
        cv2.circle(ground, (x + dx, y + int(chance.integers(-8, 8))), 36 if label else 24, nucleus, -1, cv2.LINE_AA)
    grain = chance.normal(0, 3, ground.shape)
    return np.clip(cv2.GaussianBlur(ground, (0, 0), 1.2) + grain, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of 60 drawn cells of two labels and 30 slides, and one line whose file is missing."""
    folder, chance = tmp_path_factory.mktemp("site"), np.random.default_rng(3)
    with (folder / "labels.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["path", "label", "group"])
        for index in range(60):
            cv2.imwrite(str(folder / f"{index}.png"), _cell(index % 2, chance)[:, :, ::-1])
            table.writerow([f"{index}.png", ("basophil", "eosinophil")[index % 2], f"slide {index // 2}"])
        table.writerow(["missing.png", "basophil", "slide 0"])
    return folder / "labels.csv"


def _told_apart(drawn: Path, package: Package) -> float:
    """The share of the drawn cells whose own label has more probability than the other one of the two."""
    right = []
    for index in range(60):
        pixels = open_picture(drawn.with_name(f"{index}.png")).pixels
        told = distribution(pixels, Region(Box(0, 0, 240, 240), "whole"), Box(40, 40, 160, 160), package)
        right.append((told["basophil"] > told["eosinophil"]) == (index % 2 == 0))
    return float(np.mean(right))


def test_a_package_comes_out_that_reads_the_site(drawn: Path, tmp_path: Path, site: Path) -> None:
    made = adapt.run(TASK, drawn, tmp_path / "out", quiet)
    assert made.better
    own, counting = made.made
    assert (own.name, counting.name) == ("neutrophil-type", "neutrophil-cells")
    assert own.version.startswith("2.0.0+site.")
    figures = json.loads((tmp_path / "out" / adapt.JSON_FILE).read_text())
    assert figures["fitted"] == ["eosinophil", "basophil"]
    assert figures["balanced_log_loss"]["after"] < figures["balanced_log_loss"]["before"]
    assert models.ready(TASK.id).version == "2.0.0", "nothing is in use that nobody chose"
    package = packages.load(tmp_path / "out" / adapt.PACKAGE_FOLDER)
    assert _told_apart(drawn, package) > 0.9
    assert package.ref == own
    assert package.adapted_from == models.ready(TASK.id).sha256
    assert package.explanation is not None
    assert not package.explanation.shown
    card = package.content[packages.CARD_FILE].decode()
    assert "Not fitted, for want of pictures: neutrophil" in card
    assert "Research use only" in card

    adapt.use(made)
    assert models.ready(TASK.id) == own
    assert models.ready("neutrophil/cells") == counting
    with pytest.raises(LabelsError, match="was fitted to every picture"):
        acceptance.run(TASK, drawn, tmp_path / "test", quiet)
    again = adapt.run(TASK, drawn, tmp_path / "again", quiet)
    assert str(again.base) == "neutrophil-type@2.0.0", "it starts from what was trained, never from what it made"


def test_too_few_pictures_get_a_sentence_with_what_there_is(drawn: Path, tmp_path: Path, site: Path) -> None:
    few = drawn.with_name("few.csv")
    few.write_text("".join(drawn.read_text().splitlines(keepends=True)[:21]))
    with pytest.raises(LabelsError, match=r"at least 40 pictures of 10 people or slides.*usable are"):
        adapt.run(TASK, few, tmp_path / "out", quiet)
    assert not (tmp_path / "out").exists()
    assert not (site / "packages").exists()


def test_what_cannot_be_fitted_says_why(drawn: Path, tmp_path: Path, site: Path) -> None:
    for task, words in (
        ("skin/lesion-photo", "screening flag"),
        ("neutrophil/cells", "neutrophil/type"),
        ("anemia/lip", "measures"),
    ):
        with pytest.raises(KnownError, match=words):
            adapt.run(modes.task(task), drawn, tmp_path / "out", quiet)
