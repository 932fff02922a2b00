"""The recipes of all that ships, and those that read other pictures: end to end, on drawn pictures in their lists."""

import dataclasses
import itertools

import pytest

from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.training.assess import DRAWN
from clinoscope.training.recipe import load

pytestmark = pytest.mark.timeout(900)  # whole runs; ten seconds each on an idle machine

READS = ("task", "labels", "data", "tests", "foreign", "input", "augment")


def _listed():
    """All that read lists, and of those that read the very same pictures in the same way one, if it can be the one that
    ships: the others compare other networks, of which nothing is left once they are made small.

    Those that read a folder and nothing else have tests of their own beside this file.
    """
    recipes = {path.stem: load(path) for path in (MODELS / "recipes").glob("*.toml")}
    found = {}
    for name in sorted(recipes, key=lambda name: (name != recipes[name].task.replace("/", "-"), name)):
        if recipes[name].data:
            found.setdefault(repr([getattr(recipes[name], read) for read in READS]), name)
    return sorted(found.values())


def smaller(recipe, recipe_runs):
    """As in the reproductions, and of each way of training only the first variant; few foreign pictures, but some."""
    small = recipe_runs.small(recipe)
    ways = [next(group) for _, group in itertools.groupby(small.ways, key=lambda way: way.train)]
    return dataclasses.replace(
        small, variants=tuple(ways[:2]), epochs=1, views=1, foreign=recipe.foreign, foreign_each=4, by_tone=False
    )


@pytest.mark.parametrize("name", _listed())
def test_it_runs_from_its_lists_to_a_package_and_its_report(name, drawn, listed, recipe_runs, tmp_path):
    recipe = smaller(load(recipe_runs.path_of(name)), recipe_runs)
    data = listed.write(recipe, tmp_path / "data", drawn)
    done = recipe_runs.train(recipe, name, data, tmp_path / "out")
    assert packages.verify(done.folder) == []
    assert (done.package.task, done.package.labels) == (recipe.task, recipe.labels)
    assert {flag.id for flag in done.package.flags} == {
        *(f"screen_{screen.label}" for screen in recipe.screens),
        *(entry.id for entry in (*recipe.remarks, *recipe.unusual)),
    }
    measured = {entry["name"] for entry in done.report["elsewhere"]}
    assert {test.name for test in recipe.tests} <= measured
    foreign = set(done.report["foreign_refused"]) - {DRAWN}  # of those in which a region is found
    assert foreign
    assert foreign <= {rows.name for rows in recipe.foreign}
    assert done.report["figures"]["n"] == sum(sum(part["labels"].values()) for part in done.report["pictures"])
    assert (done.out / "report.pdf").read_bytes().startswith(b"%PDF")
