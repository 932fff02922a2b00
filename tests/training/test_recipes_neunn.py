"""Recipe 4, NeuNN, end to end on drawn neutrophils: generated pictures in every fold."""

import pytest

from clinoscope.training.recipe import load

COUNT = {"NEU": 7, "HYP": 7, "CRY": 7, "DB": 7, "HJBLI": 7, "GBI": 6, "BAC": 7}
EACH = 2

pytestmark = pytest.mark.timeout(900)  # whole runs; half a minute each on an idle machine


@pytest.fixture(scope="module")
def cells(drawn, tmp_path_factory):
    return drawn.folder(tmp_path_factory.mktemp("cells"), drawn.neutrophil, COUNT, EACH)


@pytest.fixture(scope="module")
def done(recipe_runs, cells, tmp_path_factory):
    return recipe_runs.run("neunn", cells, tmp_path_factory.mktemp("out"), epochs=2)


def test_it_runs_from_pictures_to_a_package_and_its_report(done, drawn, recipe_runs):
    recipe_runs.check(done, drawn.neutrophil)


def test_the_networks_start_from_nothing_with_and_without_generated_pictures(done, recipe_runs):
    recipe = load(recipe_runs.path_of("neunn"))
    assert recipe.weights == "none"
    assert {(way.backbone, way.generated > 0) for way in recipe.ways} == {
        ("efficientnet_b7", False),
        ("efficientnet_b7", True),
        ("efficientnet_b0", False),
        ("efficientnet_b0", True),
    }
    assert [entry["generated"] for entry in done.report["variants"]] == [0, 12, 0, 12]


def test_all_figures_of_the_paper_are_there(done):
    figures = done.report["figures"]
    assert figures["accuracy"]["value"] is not None
    assert "mcc" in figures
    for label in COUNT:
        assert {"sensitivity", "specificity", "precision", "f1", "jaccard"} <= set(figures["per_class"][label])


def test_every_fold_has_a_generator_of_its_own(done):
    """The variants share it, since they see the same pictures; the package has one more if its variant was chosen."""
    generators = list(done.out.rglob("generator-*.npz"))
    chosen = next(entry for entry in done.report["variants"] if entry["chosen"])
    assert len(generators) == done.recipe.folds + (chosen["generated"] > 0)
    assert not list(done.out.rglob("*-state.npz"))
