"""Recipe 5, nine kinds of changed skin, end to end on drawn spots: ranked answers."""

import pytest

from clinoscope.training.recipe import load

pytestmark = pytest.mark.timeout(900)  # whole runs; half a minute each on an idle machine


@pytest.fixture(scope="module")
def done(drawn, recipe_runs, tmp_path_factory):
    spots = drawn.folder(tmp_path_factory.mktemp("spots"), drawn.spot, dict.fromkeys(drawn.SKIN_COLOURS, 4))
    return recipe_runs.run("skin-nine", spots, tmp_path_factory.mktemp("out"))


def test_it_runs_from_pictures_to_a_package_and_its_report(done, drawn, recipe_runs):
    recipe_runs.check(done, drawn.spot)


def test_the_networks_of_the_recipe_are_those_of_the_issue(recipe_runs):
    recipe = load(recipe_runs.path_of("skin-nine"))
    assert {way.backbone for way in recipe.ways} == {"densenet121", "mobilenet", "efficientnet_b0"}


def test_answers_are_ranked(done):
    ranked = [done.report["top_k"][str(k)]["value"] for k in (1, 2, 3)]
    assert ranked == sorted(ranked)
    assert ranked[0] == pytest.approx(done.report["figures"]["accuracy"]["value"])
    assert ranked[2] > 0.5
