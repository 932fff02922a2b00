"""A site's own labelled pictures in, a package out: installed, not in use, and measured on others."""

import json
import shutil
from pathlib import Path

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


def _told_apart(labelled_cells: Path, package: Package) -> float:
    """The share of the drawn cells whose own label has more probability than the other one of the two."""
    right = []
    for index in range(60):
        pixels = open_picture(labelled_cells.with_name(f"{index}.png")).pixels
        told = distribution(pixels, Region(Box(0, 0, 240, 240), "whole"), Box(40, 40, 160, 160), package)
        right.append((told["basophil"] > told["eosinophil"]) == (index % 2 == 0))
    return float(np.mean(right))


def test_a_package_comes_out_that_reads_the_site(labelled_cells: Path, tmp_path: Path, site: Path) -> None:
    trained = models.ready(TASK.id)
    made = adapt.run(TASK, labelled_cells, tmp_path / "out", quiet)
    assert made.better
    own, counting = made.made
    assert (own.name, counting.name) == ("neutrophil-type", "neutrophil-cells")
    assert own.version.startswith(f"{trained.version}+site.")
    figures = json.loads((tmp_path / "out" / adapt.JSON_FILE).read_text())
    assert figures["fitted"] == ["eosinophil", "basophil"]
    assert figures["balanced_log_loss"]["after"] < figures["balanced_log_loss"]["before"]
    assert models.ready(TASK.id) == trained, "nothing is in use that nobody chose"
    package = packages.load(tmp_path / "out" / adapt.PACKAGE_FOLDER)
    assert _told_apart(labelled_cells, package) > 0.9
    assert package.ref == own
    assert package.adapted_from == trained.sha256
    assert package.explanation is not None
    assert not package.explanation.shown
    card = package.content[packages.CARD_FILE].decode()
    assert "Not fitted, for want of pictures: neutrophil" in card
    assert "Research use only" in card

    adapt.use(made)
    assert models.ready(TASK.id) == own
    assert models.ready("neutrophil/cells") == counting
    with pytest.raises(LabelsError, match="was fitted to every picture"):
        acceptance.run(TASK, labelled_cells, tmp_path / "test", quiet)
    again = adapt.run(TASK, labelled_cells, tmp_path / "again", quiet)
    assert again.base == trained, "it starts from what was trained, never from what it made"


def test_a_disk_that_fills_up_leaves_no_half_package_and_says_what_is_installed(
    labelled_cells: Path, tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, into: Path) -> None:
        into.mkdir(parents=True)
        (into / packages.PACKAGE_FILE).write_bytes(b"half")
        raise shutil.Error([(str(source), str(into), "[Errno 28] No space left on device")])

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(
        LabelsError, match=r"site\.\w+ is installed here and not in use yet, but no copy of it can be wr"
    ):
        adapt.run(TASK, labelled_cells, tmp_path / "out", quiet)
    assert not (tmp_path / "out" / adapt.PACKAGE_FOLDER).exists(), "else the next run would be told to go elsewhere"
    assert len(list((site / "packages").iterdir())) == 2


def test_too_few_pictures_get_a_sentence_with_what_there_is(labelled_cells: Path, tmp_path: Path, site: Path) -> None:
    few = labelled_cells.with_name("few.csv")
    few.write_text("".join(labelled_cells.read_text().splitlines(keepends=True)[:21]))
    with pytest.raises(LabelsError, match=r"at least 40 pictures of 10 people or slides.*usable are"):
        adapt.run(TASK, few, tmp_path / "out", quiet)
    assert not (tmp_path / "out").exists()
    assert not (site / "packages").exists()


def test_what_cannot_be_fitted_says_why(labelled_cells: Path, tmp_path: Path, site: Path) -> None:
    for task, words in (
        ("skin/lesion-photo", "screening flag"),
        ("neutrophil/cells", "neutrophil/type"),
        ("anemia/lip", "measures"),
    ):
        with pytest.raises(KnownError, match=words):
            adapt.run(modes.task(task), labelled_cells, tmp_path / "out", quiet)
