import pytest

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.paths import MODELS
from clinoscope.training.backbones import WEIGHTS
from clinoscope.training.recipe import load

RECIPES = sorted((MODELS / "recipes").glob("*.toml"))


def test_there_is_a_recipe_for_every_trained_task():
    trained = {load(path).task for path in RECIPES}
    assert trained == {task for task in modes.task_ids() if modes.task(task).kind == "classify"}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_shipped_recipe_makes_the_labels_of_its_task(path):
    recipe = load(path)
    task = modes.task(recipe.task)
    assert recipe.labels == tuple(label.id for label in task.labels)
    assert recipe.name == path.stem == recipe.task.replace("/", "-")
    assert set(recipe.backbones) <= set(WEIGHTS)
    for rows in recipe.data:
        assert set(rows.labels.values()) <= set(recipe.labels)
    assert recipe.sources
    assert recipe.known_failures


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("folds = 3", 'folds = "three"', "folds"),
        ("folds = 3", "folds = ", "not valid"),
        ('version = "0.1.0"', "", "version"),
        ('weights = "none"', 'weights = "some"', "weights"),
        ("folds = 3", "folds = 0", "folds"),
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
