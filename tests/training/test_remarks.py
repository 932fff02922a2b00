import dataclasses

import numpy as np
import pytest

from clinoscope.training import compare
from clinoscope.training.assess import Measured, _cross_fitted
from clinoscope.training.compare import Cache
from clinoscope.training.head import folds
from clinoscope.training.recipe import Remark, Screen, Unusual
from clinoscope.training.remarks import _known, fit_flags

NEVUS, MELANOMA, KERATOSIS = "melanocytic_nevus", "melanoma", "seborrheic_keratosis"
SPOTTED = Remark(id="spotted", name="Spotted", note="Spots", column="spotted", value="yes")


@pytest.fixture(scope="module")
def fitting(learning, spots, spots_recipe, tmp_path_factory):
    """Gives the flags of a recipe with these fields, of one variant; by default of all the spots."""
    learner = learning(train="top")
    cache = Cache(tmp_path_factory.mktemp("fits"), "key")
    parts = list(folds(spots.labels, spots.groups, 3, 1))
    held = compare.held_out(learner, spots.labels, spots.groups, parts, cache)
    fit = compare.fitted(learner, spots.labels, spots.groups, np.arange(24), cache)
    readings = _cross_fitted(spots_recipe, held.logits, held.fold, spots.labels, spots.groups)

    def flags(gathered=spots, elsewhere=(), **fields):
        recipe = dataclasses.replace(spots_recipe, **fields)
        return fit_flags(recipe, gathered, readings, learner, fit, held, elsewhere)

    flags.readings, flags.learner, flags.fit = readings, learner, fit
    return flags


def test_a_screen_is_a_threshold_on_its_label(fitting):
    screen = Screen(label=MELANOMA, name="Melanoma cannot be excluded", sensitivity=0.8)
    (flag,) = fitting(screens=(screen,))
    assert (flag.rule.id, flag.rule.kind, flag.rule.label) == ("screen_melanoma", "label", MELANOMA)
    chances = fitting.readings.probabilities[8:16, 1]
    assert (chances >= flag.rule.threshold).mean() >= 0.8
    assert flag.figures["wanted"] == 0.8


def marked(spots, column):
    """The spots with this text in the column ``spotted`` of every row."""
    rows = tuple(
        dataclasses.replace(row, cells={"spotted": text}) for row, text in zip(spots.rows, column, strict=True)
    )
    return dataclasses.replace(spots, rows=rows)


def test_a_remark_is_learned_from_its_column(fitting, spots):
    # melanoma, and half of the keratoses: that can mostly be seen
    column = ["yes" if 8 <= number < 20 else "no" for number in range(24)]
    (flag,) = fitting(marked(spots, column), remarks=(SPOTTED,))
    assert (flag.rule.id, flag.rule.kind, flag.rule.only_for) == ("spotted", "texture", ())
    assert flag.figures["positive"] == 12
    assert flag.figures["auc"]["value"] > 0.75
    assert set(flag.arrays) == {"spotted_weights", "spotted_bias"}


def test_a_mark_that_cannot_be_seen_is_not_found_on_new_groups(fitting, spots):
    rng = np.random.default_rng(2)
    chance = {group: str(rng.choice(["yes", "no"])) for group in dict.fromkeys(spots.groups)}
    assert len(set(chance.values())) == 2
    (flag,) = fitting(marked(spots, [chance[group] for group in spots.groups]), remarks=(SPOTTED,))
    assert flag.figures["auc"]["value"] < 0.8


def test_only_rows_that_say_it_and_the_labels_it_is_for_count(spots):
    column = ["" if number % 8 == 7 else "yes" if number % 4 < 2 else "no" for number in range(24)]
    entry = dataclasses.replace(SPOTTED, only_for=(NEVUS, MELANOMA))
    known = _known(entry, marked(spots, column))
    assert known.pictures.tolist() == [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14]
    assert known.truth.tolist() == [column[index] == "yes" for index in known.pictures]


@pytest.mark.parametrize(
    "column",
    [[""] * 24, ["yes"] * 24, ["no"] * 24, ["yes"] * 4 + ["no"] * 20],
    ids=["no column", "always", "never", "two groups"],
)
def test_a_remark_that_nobody_can_learn_is_left_out(fitting, spots, column):
    assert fitting(marked(spots, column), remarks=(SPOTTED,)) == ()


def test_what_is_unlike_the_ordinary_is_unusual(fitting, spots, rng):
    learner, fit = fitting.learner, fitting.fit
    embeddings = learner.read(fit, learner.seen, 24)[1]
    far = Measured("far", "", {}, {}, embeddings[:8] + 9 * embeddings.std(), np.zeros(8, np.intp))
    near = Measured("near", "", {}, {}, embeddings[:8], np.zeros(8, np.intp))
    trained_on = Measured("trained on", "", {}, {}, embeddings[:0], np.zeros(0, np.intp))
    entry = Unusual(id="odd", name="Odd", note="Unlike the others", label=NEVUS)
    (flag,) = fitting(unusual=(entry,), elsewhere=(far, near, trained_on))
    assert (flag.rule.id, flag.rule.kind, flag.rule.only_for) == ("odd", "distance", (NEVUS,))
    assert flag.figures["n"] == 8
    raised = flag.figures["raised_elsewhere"]
    assert set(raised) == {"far", "near"}
    assert raised["far"]["value"] >= raised["near"]["value"]
