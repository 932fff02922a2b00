"""Recipe 2, mpox from smartphone pictures, end to end on drawn rashes."""

import pytest

from clinoscope.training.recipe import load

pytestmark = pytest.mark.timeout(900)  # whole runs; half a minute each on an idle machine


@pytest.fixture(scope="module")
def done(drawn, recipe_runs, tmp_path_factory):
    rashes = drawn.folder(tmp_path_factory.mktemp("rashes"), drawn.rash, {"mpox": 8, "not_mpox": 8})
    return recipe_runs.run("mpox-phone", rashes, tmp_path_factory.mktemp("out"), epochs=2)


def test_it_runs_from_pictures_to_a_package_and_its_report(done, drawn, recipe_runs):
    recipe_runs.check(done, drawn.rash)


def test_ten_folds_by_photograph_and_once_more_by_chance(done, recipe_runs):
    recipe = load(recipe_runs.path_of("mpox-phone"))
    assert recipe.folds == 10
    assert recipe.also_stratified
    assert done.report["stratified"]["n"] == done.report["figures"]["n"] == 32


def test_quantised_forms_are_compared_before_and_after(done):
    forms = {form["form"]: form for form in done.report["quantised"]["forms"]}
    assert {"float32", "float16", "int8"} <= set(forms)
    assert forms["int8"]["bytes"] < forms["float16"]["bytes"] < forms["float32"]["bytes"]


def test_the_maps_were_checked_before_any_is_shown(done):
    checked = done.package.explanation
    assert checked is not None
    assert done.report["explanation"]["explanation"]["shown"] == checked.shown


def test_mpox_that_cannot_be_excluded_is_a_flag(done, drawn, rng):
    reading = done.read(drawn.rash("mpox", rng))
    assert [flag.name for flag in reading.flags] == ["Mpox cannot be excluded"]
