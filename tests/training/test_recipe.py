import dataclasses
from dataclasses import fields

import pytest

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.inference import steps
from clinoscope.paths import MODELS, ROOT
from clinoscope.training.backbones import NAMES, WEIGHTS
from clinoscope.training.recipe import Recipe, Variant, load

RECIPES = sorted((MODELS / "recipes").glob("*.toml"))
SHIPPED = [path for path in RECIPES if path.stem == load(path).task.replace("/", "-")]
"""Of the packages that come with the program; the others are published systems, to be trained elsewhere."""


def test_there_is_a_recipe_for_every_trained_task():
    trained = {load(path).task for path in RECIPES}
    assert trained == {task for task in modes.task_ids() if modes.task(task).kind == "classify"}


def test_every_shipped_model_has_a_recipe_of_its_name():
    shipped = {task for task in modes.shipped_ids() if modes.task(task).kind == "classify"}
    assert {load(path).task for path in SHIPPED} == shipped


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_makes_the_labels_of_its_task(path):
    recipe = load(path)
    task = modes.task(recipe.task)
    assert recipe.labels == tuple(label.id for label in task.labels)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_names_what_there_is(path):
    recipe = load(path)
    assert recipe.name == path.stem
    assert set(recipe.labels) <= {label.id for label in modes.task(recipe.task).labels}
    for way in recipe.ways:
        assert way.backbone in (WEIGHTS if recipe.weights == "pretrained" and way.train != "all" else NAMES)
        assert set(way.steps) <= set(steps.NAMES)
    for rows in recipe.data:
        assert set(rows.labels.values()) <= set(recipe.labels)
    assert recipe.sources
    assert recipe.known_failures


@pytest.mark.parametrize("kind", [Recipe, Variant], ids=lambda kind: kind.__name__)
def test_every_key_is_explained_to_those_who_write_recipes(kind):
    guide = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    assert [
        entry.name for entry in fields(kind) if f"{entry.name}`" not in guide and f"{entry.name}]" not in guide
    ] == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("folds = 3", 'folds = "three"', "folds"),
        ("folds = 3", "folds = ", "not valid"),
        ('version = "0.1.0"', "", "version"),
        ('weights = "none"', 'weights = "some"', "weights"),
        ("folds = 3", "folds = 2", "folds"),
        ('name = "top"', 'name = "head"', "variants of different names"),
        ('train = "top"', 'train = "some"', "train"),
        ('train = "top"', 'trian = "top"', r"no key variants\.trian"),
        ("folds = 3", 'folds = 3\nscreens = [{ label = "wart", name = "Wart" }]', "a flag is for wart"),
        ("folds = 3", 'folds = 3\nunusual = [{ id = "a", name = "A", note = "A", label = "b" }]', "a flag is for b"),
        ("[[data]]", "[worsened]\nblurr = 1.0\n[[data]]", r"no key worsened\.blurr"),
        ("folds = 3", "folds = 3\ncoverage = 2.0", "coverage"),
        ("folds = 3", "flods = 3", "no key flods"),
        ("[input]", "[input]\nsice = 3", r"no key input\.sice"),
        ("task = ", 'task = "skin/nothing" #', "no task skin/nothing"),
    ],
)
def test_a_wrong_recipe_is_a_sentence(recipe_file, old, new, told):
    text = recipe_file.read_text(encoding="utf-8")
    assert old in text
    recipe_file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KnownError, match=told):
        load(recipe_file)


def test_a_missing_recipe_is_a_sentence(tmp_path):
    with pytest.raises(KnownError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_a_recipe_that_is_not_utf8_is_a_sentence(tmp_path):
    (tmp_path / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(KnownError, match="not valid"):
        load(tmp_path / "latin.toml")


def test_without_variants_every_backbone_is_one_with_a_linear_head(recipe_file):
    recipe = dataclasses.replace(load(recipe_file), variants=(), backbones=("tiny", "small_cnn"))
    assert [(way.name, way.backbone, way.train) for way in recipe.ways] == [
        ("tiny", "tiny", "head"),
        ("small_cnn", "small_cnn", "head"),
    ]
