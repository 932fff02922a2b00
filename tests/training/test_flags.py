import io
import tomllib

import msgspec
import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.task import Kind
from clinoscope.inference import toml
from clinoscope.inference.card import FlagRule, Package
from clinoscope.inference.flags import FILE, flags
from clinoscope.training.flags import About, distance, document, linear, save, scored, screening, threshold_for

BLUE = About("blue", "Blue?", "Blue cannot be excluded")
SPOTS = About("spots", "Spots", "There may be spots", only_for=("red",))
UNUSUAL = About("unusual", "Unusual", "It is unlike the ordinary ones")


def groups_and_folds(n, each=2, folds=5):
    """``each`` pictures of a group, the groups dealt out to the folds in turn."""
    number = np.arange(n) // each
    return [f"g{group}" for group in number], (number % folds).astype(np.intp)


def package(*fitted, labels=("red", "blue")):
    """What the running program would have of these flags, through the package file and ``flags.npz``."""
    rules = tomllib.loads(toml.dumps({"flags": [document(entry.rule) for entry in fitted]}))["flags"]
    data = save({name: array for entry in fitted for name, array in entry.arrays.items()})
    return Package(
        format=1,
        name="toy",
        version="1",
        task="t",
        kind=Kind.CLASSIFY,
        intended_use="",
        labels=labels,
        flags=msgspec.convert(rules, tuple[FlagRule, ...]),
        files={FILE: "hash"},
        sha256=str(hash((str(rules), data))),
        content={FILE: data},
    )


def test_the_threshold_by_hand():
    values = np.arange(1, 20) / 20
    # (19 + 1) * 0.1 = 2: one of twenty new ones is expected under each of the 19 steps
    assert threshold_for(values, 0.9) == 0.10
    assert threshold_for(values, 0.5) == 0.50
    assert threshold_for(values[:3], 0.9) == 0.05, "too few for the promise: none of them is missed"


def test_new_pictures_reach_the_threshold_as_often_as_was_wanted(rng):
    hits = [(rng.random(200) >= threshold_for(rng.random(40), 0.9)).mean() for _ in range(400)]
    assert np.mean(hits) == pytest.approx(0.9, abs=0.015)


@pytest.fixture
def read(rng):
    """Held-out probabilities of two labels, blue the second one: (n, 2), truth, groups, folds."""
    truth = (rng.random(1200) < 0.3).astype(np.intp)
    blue = 1 / (1 + np.exp(-(rng.normal(size=1200) + 2.5 * truth - 1.8)))
    return {"probabilities": np.stack([1 - blue, blue], 1), "truth": truth, "labels": ("red", "blue")}


def test_screening_keeps_its_promise_and_says_what_it_costs(read):
    groups, fold = groups_and_folds(1200)
    made = screening(BLUE, label="blue", **read, groups=groups, fold=fold)
    assert made.rule.kind == "label"
    assert made.rule.sensitivity.value == pytest.approx(0.9, abs=0.04)
    assert made.rule.sensitivity.low < made.rule.sensitivity.value < made.rule.sensitivity.high
    raised = read["probabilities"][:, 1] >= made.rule.threshold
    assert made.rule.specificity.value == pytest.approx((~raised[read["truth"] == 0]).mean(), abs=0.03)
    assert "chosen for sensitivity" in made.rule.note
    assert "90 %" in made.rule.note
    assert 0.9 < made.figures["auc"]["value"] < 1
    assert made.figures["positive"] == read["truth"].sum()


def test_more_sensitivity_costs_specificity(read):
    groups, fold = groups_and_folds(1200)
    mild, strict = (
        screening(BLUE, label="blue", **read, groups=groups, fold=fold, sensitivity_wanted=wanted)
        for wanted in (0.8, 0.97)
    )
    assert strict.rule.threshold < mild.rule.threshold
    assert strict.rule.sensitivity.value > mild.rule.sensitivity.value
    assert strict.rule.specificity.value < mild.rule.specificity.value


def test_screening_is_raised_wherever_the_label_is_the_likeliest():
    groups, fold = groups_and_folds(100)
    truth = np.arange(100) % 2
    sure = np.where(truth[:, None] == np.arange(2), 0.97, 0.03)
    made = screening(
        BLUE, label="blue", labels=("red", "blue"), probabilities=sure, truth=truth, groups=groups, fold=fold
    )
    assert made.rule.threshold == 0.5
    assert made.rule.sensitivity.value == made.rule.specificity.value == 1


def test_the_figures_come_from_thresholds_that_did_not_see_the_pictures(rng):
    # the pictures of fold 0 that should be raised are all hard: only a threshold that saw them would find them
    groups, fold = groups_and_folds(500)
    truth = np.ones(500, np.bool_)
    truth[::3] = False
    values = np.where(truth, 0.9, 0.1) + rng.uniform(-0.05, 0.05, 500)
    values[truth & (fold == 0)] = 0.3
    made = scored(SPOTS, weights=np.zeros(3), bias=0.0, values=values, truth=truth, groups=groups, fold=fold)
    assert made.rule.threshold == 0.3
    assert made.rule.sensitivity.value == pytest.approx((fold[truth] > 0).mean()), "in fold 0 nothing was found"


def test_pictures_of_one_fold_only_are_a_sentence(read):
    groups, _ = groups_and_folds(1200)
    with pytest.raises(KnownError, match=r"There are too few pictures for the flag Blue\?"):
        screening(BLUE, label="blue", **read, groups=groups, fold=read["truth"])


@pytest.mark.parametrize("wanted", [0.0, 1.0, 90.0])
def test_a_share_that_is_none_is_refused(read, wanted):
    groups, fold = groups_and_folds(1200)
    with pytest.raises(ValueError, match="between 0 and 1"):
        screening(BLUE, label="blue", **read, groups=groups, fold=fold, sensitivity_wanted=wanted)


@pytest.fixture
def spotted(rng):
    """Embeddings (240, 8) of which one in six is spotted, which shows along one direction."""
    truth = np.arange(240) % 6 == 0
    truth = truth[rng.permutation(240)]
    rows = rng.normal(size=(240, 8)) @ rng.normal(size=(8, 8))
    return (rows + 4.0 * truth[:, None] * rng.normal(size=8)).astype(np.float32), truth


def test_a_linear_rule_is_found_measured_and_read_back(spotted):
    rows, truth = spotted
    groups, fold = groups_and_folds(240)
    made = linear(SPOTS, views=[rows], truth=truth, groups=groups, fold=fold, others={"all of them": rows[truth]})
    assert made.figures["auc"]["value"] > 0.9
    assert made.rule.sensitivity.value == pytest.approx(0.9, abs=0.1)
    assert made.figures["raised_elsewhere"]["all of them"]["value"] >= 0.9
    assert made.figures["raised_elsewhere"]["all of them"]["n"] == 40
    shipped = package(made)
    (rule,) = shipped.flags
    assert (rule.only_for, rule.kind) == (("red",), "linear")
    assert rule.sensitivity.value == pytest.approx(made.rule.sensitivity.value, abs=1e-4)
    raised = [flags(shipped, np.array([0.9, 0.1]), row)[0].raised for row in rows]
    assert np.mean(np.array(raised)[truth]) >= 0.9
    assert np.mean(np.array(raised)[~truth]) < 0.4
    assert flags(shipped, np.array([0.1, 0.9]), rows[0]) == ()


def test_a_linear_rule_on_noise_says_that_it_is_none(rng):
    groups, fold = groups_and_folds(200)
    rows = rng.normal(size=(200, 6)).astype(np.float32)
    made = linear(SPOTS, views=[rows], truth=rng.random(200) < 0.2, groups=groups, fold=fold)
    assert made.figures["auc"]["low"] < 0.6
    assert made.rule.specificity.value < 0.4


def test_too_few_groups_for_a_linear_rule_are_a_sentence(rng):
    groups, fold = groups_and_folds(60)
    truth = np.arange(60) < 4
    with pytest.raises(KnownError, match="fewer than 3 groups"):
        linear(SPOTS, views=[np.zeros((60, 4), np.float32)], truth=truth, groups=groups, fold=fold)


@pytest.fixture
def cells(rng):
    """Ordinary pictures (900, 20) in two views, the second recoloured; a function for further ones that are
    turned ``odd`` and recoloured by so much; and pictures of other kinds."""
    mixing, oddness, colour = rng.normal(size=(20, 20)), 9 * rng.normal(size=20), 9 * rng.normal(size=20)

    def draw(n, odd=0.0, recoloured=0.0):
        return (rng.normal(size=(n, 20)) @ mixing + odd * oddness + recoloured * colour).astype(np.float32)

    plain = draw(900)
    views = [plain, plain + (rng.normal(size=(900, 1)) * colour).astype(np.float32)]
    ground = np.concatenate([draw(300, 0, -1), draw(300, 0, 1), draw(300) * 1.5])
    return views, draw, ground


def test_unusual_pictures_are_told_from_ordinary_ones(cells):
    views, draw, ground = cells
    groups, fold = groups_and_folds(900)
    others = {"odd": draw(80, 1.0), "new": draw(200), "recoloured": draw(200, 0.0, 1.0)}
    made = distance(UNUSUAL, views=views, ground=ground, groups=groups, fold=fold, others=others)
    assert made.rule.specificity.value == pytest.approx(0.98, abs=0.02)
    assert made.figures["specificity_changed"]["value"] == pytest.approx(0.98, abs=0.02)
    assert made.rule.sensitivity.value is None
    assert "not measured on abnormal ones" in made.rule.note
    raised = {name: figure["value"] for name, figure in made.figures["raised_elsewhere"].items()}
    assert raised["odd"] > 0.95
    assert raised["new"] < 0.08
    assert raised["recoloured"] < 0.15
    shipped = package(made)
    for name, rows in others.items():
        told = np.array([flags(shipped, np.array([0.9, 0.1]), row)[0].raised for row in rows])
        assert told.mean() == pytest.approx(raised[name], abs=0.01)


def test_without_recoloured_views_another_colour_is_unusual(cells):
    views, draw, _ = cells
    groups, fold = groups_and_folds(900)
    recoloured = {"recoloured": draw(200, 0.0, 1.0)}
    made = distance(UNUSUAL, views=views[:1], ground=draw(300), groups=groups, fold=fold, others=recoloured)
    assert made.figures["specificity_changed"]["value"] is None
    learned = distance(UNUSUAL, views=views, ground=draw(300), groups=groups, fold=fold, others=recoloured)
    shares = [entry.figures["raised_elsewhere"]["recoloured"]["value"] for entry in (made, learned)]
    assert shares[0] > shares[1] + 0.2


def test_values_of_other_networks_can_be_given(rng):
    rows = rng.normal(size=(400, 8)).astype(np.float32)
    groups, fold = groups_and_folds(400)
    far = rng.gamma(3.0, 2.0, (1, 400))
    made = distance(UNUSUAL, views=[rows], ground=rows, groups=groups, fold=fold, held_out=far, raised_over=0.9)
    assert made.arrays["unusual_quantiles"] == pytest.approx(np.quantile(far, np.linspace(0, 1, 101)), rel=1e-6)
    assert made.rule.specificity.value == pytest.approx(0.9, abs=0.02)


def test_two_flags_share_one_small_file(rng):
    rows = rng.normal(size=(240, 8)).astype(np.float32)
    groups, fold = groups_and_folds(240)
    truth = rows[:, 0] > 1
    two = (
        scored(SPOTS, weights=np.ones(8), bias=0.5, values=rng.random(240), truth=truth, groups=groups, fold=fold),
        distance(UNUSUAL, views=[rows], ground=2 * rows, groups=groups, fold=fold),
    )
    shipped = package(*two)
    assert [flag.id for flag in flags(shipped, np.array([0.9, 0.1]), rows[0])] == ["spots", "unusual"]
    with np.load(io.BytesIO(shipped.content[FILE])) as stored:
        assert all(stored[name].dtype == np.float32 for name in stored.files)


def test_the_same_flags_give_the_same_bytes(rng):
    rows = rng.normal(size=(100, 8)).astype(np.float32)
    groups, fold = groups_and_folds(100)
    once, again = (
        save(distance(UNUSUAL, views=[rows], ground=rows, groups=groups, fold=fold).arrays) for _ in range(2)
    )
    assert once == again
