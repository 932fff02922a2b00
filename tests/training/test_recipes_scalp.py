"""Recipe 3, three scalp diseases, end to end on drawn patches: an ablation of named steps."""

import numpy as np
import pytest

from clinoscope.training.recipe import load

LABELS = ("alopecia_areata", "psoriasis", "folliculitis")

pytestmark = pytest.mark.timeout(900)  # whole runs; half a minute each on an idle machine


@pytest.fixture(scope="module")
def done(drawn, recipe_runs, tmp_path_factory):
    patches = drawn.folder(tmp_path_factory.mktemp("patches"), drawn.scalp, {LABELS[0]: 4, LABELS[1]: 5, LABELS[2]: 7})
    return recipe_runs.run("scalp-three", patches, tmp_path_factory.mktemp("out"))


def test_it_runs_from_pictures_to_a_package_and_its_report(done, drawn, recipe_runs):
    recipe_runs.check(done, drawn.scalp)


def test_every_step_is_measured_alone_and_all_together(done, recipe_runs):
    ways = load(recipe_runs.path_of("scalp-three")).ways
    small = [way for way in ways if way.backbone == "small_cnn"]
    assert {(way.steps, way.balance) for way in small} == {
        ((), "none"),
        (("denoise",), "none"),
        (("equalise",), "none"),
        (("enhance",), "none"),
        ((), "repeat"),
        (("denoise", "equalise", "enhance"), "repeat"),
    }
    assert {way.backbone for way in ways} > {"small_cnn"}
    told = {entry["name"]: tuple(entry["steps"]) for entry in done.report["variants"]}
    assert told == {way.name: way.steps for way in ways}


def test_the_running_program_does_the_steps_of_the_chosen_variant(done):
    chosen = next(entry for entry in done.report["variants"] if entry["chosen"])
    assert tuple(chosen["steps"]) == done.package.input.steps


def test_new_patches_are_mostly_told_apart(done, drawn):
    read = [
        done.read(drawn.scalp(label, np.random.default_rng([seed, 77]))).top == label
        for label in LABELS
        for seed in range(4)
    ]
    assert np.mean(read) > 0.5
