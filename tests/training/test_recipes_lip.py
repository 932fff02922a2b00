"""Recipe 1, lip-mucosa anemia, end to end on drawn mouths."""

import csv
import shutil

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.training.recipe import load
from clinoscope.training.train import train_recipe

pytestmark = pytest.mark.timeout(900)  # whole runs; half a minute each on an idle machine


@pytest.fixture(scope="module")
def mouths(drawn, tmp_path_factory):
    return drawn.folder(tmp_path_factory.mktemp("mouths"), drawn.lips, {"anemic": 7, "not_anemic": 7})


@pytest.fixture(scope="module")
def done(drawn, recipe_runs, mouths, tmp_path_factory):
    return recipe_runs.run("lip-anemia", mouths, tmp_path_factory.mktemp("out"))


def test_it_runs_from_pictures_to_a_package_and_its_report(done, drawn, recipe_runs):
    recipe_runs.check(done, drawn.lips)


def test_the_four_networks_of_the_paper_are_compared_in_the_same_folds(done, recipe_runs):
    ways = load(recipe_runs.path_of("lip-anemia")).ways
    assert [way.backbone for way in ways[:4]] == ["vgg16", "resnet50", "mobilenet", "xception"]
    for entry in done.report["variants"]:
        figures = entry["figures"]
        assert figures["n"] == 28
        assert figures["groups"] == 14
        assert {"precision", "sensitivity", "f1"} <= set(figures["per_class"]["anemic"])


def test_white_lips_are_told_from_red_ones(done):
    assert done.report["figures"]["auc"]["value"] > 0.75


def test_the_mouth_is_cut_out_of_the_frame(done, drawn, rng):
    from clinoscope import regions

    region = regions.find("lips", drawn.lips("anemic", rng))
    assert region.box.w < 200
    assert done.package.input.margin == pytest.approx(0.1)


def test_a_clinics_own_list_trains_the_same(mouths, recipe_runs, tmp_path):
    """The second layout of docs/training.md: labels.csv with path, label and group."""
    from clinoscope.training.data import training_rows

    shutil.copytree(mouths, tmp_path / "pictures")
    with (tmp_path / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "label", "group"])
        for path in sorted((tmp_path / "pictures").glob("*/*/*.png")):
            writer.writerow([path.relative_to(tmp_path), path.parts[-3], path.parts[-2]])
    recipe = load(recipe_runs.path_of("lip-anemia"))
    listed = {(row.label, row.group) for row in training_rows(recipe, tmp_path)}
    assert listed == {(row.label, row.group) for row in training_rows(recipe, mouths)}


def test_missing_weights_are_a_sentence_that_says_where_to_get_them(mouths, recipe_runs, tmp_path):
    path = recipe_runs.path_of("lip-anemia")
    with pytest.raises(KnownError, match=r"vgg16\S+ are not in .* Get it from https?://"):
        train_recipe(load(path), path, mouths, tmp_path / "out", tmp_path / "no-weights")


def test_a_missing_folder_is_a_sentence(recipe_runs, tmp_path):
    path = recipe_runs.path_of("lip-anemia")
    with pytest.raises(KnownError, match="no labelled pictures"):
        train_recipe(recipe_runs.small(load(path)), path, tmp_path / "none", tmp_path / "out", tmp_path)
