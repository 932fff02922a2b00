import dataclasses

import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.inference.calibration import conformal_quantile, fit_temperature, softmax
from clinoscope.training import assess as module
from clinoscope.training import compare
from clinoscope.training.assess import WORSENED, Watched, _elsewhere, _Shipped, assess
from clinoscope.training.caution import Outside
from clinoscope.training.compare import Cache
from clinoscope.training.head import folds
from clinoscope.training.recipe import Augment, Rows, Screen
from clinoscope.training.refusal import fit_rule
from clinoscope.training.seen import see

TEST = Rows(csv="none.csv", name="their clinic", note="another camera")


@pytest.fixture(scope="module")
def trained(learning, spots, spots_recipe, tmp_path_factory):
    """Everything measured of two variants."""
    learners = {name: learning(name="it", **fields) for name, fields in {"it": {}, "top": {"train": "top"}}.items()}
    top = learners["top"].eye
    object.__setattr__(top, "variant", dataclasses.replace(top.variant, name="top"))
    recipe = dataclasses.replace(
        spots_recipe, ranked=2, also_stratified=True, by_tone=True, worsened=Augment(balance=0.3, blur=0.05, grain=20)
    )
    folder = tmp_path_factory.mktemp("fits")
    told = []
    done = assess(recipe, spots, learners, folder, "lesion", Cache(folder, "key"), lambda *said: told.append(said))
    return done, told


@pytest.fixture(scope="module")
def shipped(trained, spots):
    """What ships, and what the watcher saw: (_Shipped, Watched)."""
    done = trained[0]
    rng = np.random.default_rng(0)
    own = rng.normal(0, 1, (24, 304)).astype(np.float32)
    watching = Watched(np.arange(24), own, {"foreign": rng.normal(3, 1, (20, 304)).astype(np.float32)}, {})
    rule = fit_rule(own, done.held.fold, watching.foreign)
    return _Shipped(done.learner, done.held, done.fit, done.temperature, done.quantile, rule), watching


def of_source(spots, source):
    kept = [index for index, row in enumerate(spots.rows) if row.source == source]
    rows, subjects = ([part[index] for index in kept] for part in (spots.rows, spots.subjects))
    return dataclasses.replace(spots, rows=tuple(rows), subjects=tuple(subjects), labels=spots.labels[kept])


def from_elsewhere(spots):
    """Some of the spots, under the name of a clinic whose pictures were not trained on."""
    theirs = of_source(spots, "theirs")
    return dataclasses.replace(theirs, rows=tuple(dataclasses.replace(row, source="far") for row in theirs.rows))


def test_every_variant_is_measured_on_the_same_folds_and_one_is_packed(trained):
    done = trained[0]
    assert [each.name for each in done.tried] == ["it", "top"]
    assert (done.tried[0].held.fold == done.tried[1].held.fold).all()
    name = compare.chosen({each.name: each.held for each in done.tried}, done.gathered.labels)
    assert done.learner.eye.variant.name == name
    assert done.held is next(each.held for each in done.tried if each.name == name)
    assert done.temperature == fit_temperature(done.held.logits, done.gathered.labels)


def test_the_figures_are_of_the_whole_procedure(trained):
    done = trained[0]
    logits = compare.of_the_choice({each.name: each.held for each in done.tried}, done.gathered.labels)
    fold, labels = done.held.fold, done.gathered.labels
    for number in range(3):
        here = fold == number
        temperature = fit_temperature(logits[~here], labels[~here])
        assert done.readings.probabilities[here] == pytest.approx(softmax(logits[here], temperature))
    assert done.figures["n"] == 24
    assert done.figures["groups"] == 12
    assert done.figures["accuracy"]["value"] > 0.8
    assert set(done.top) == {"1", "2"}
    assert done.top["2"]["value"] >= done.top["1"]["value"]
    assert done.stratified["groups"] == 24


def test_progress_grows(trained):
    shares = [share for _, share in trained[1]]
    assert shares == sorted(shares)
    assert 0.3 < shares[0] < shares[-1] < 0.95


def test_drawn_patterns_are_refused_and_few_own_pictures_are(trained):
    done = trained[0]
    assert done.foreign_refused["drawn patterns"]["value"] > 0.7
    assert done.own_refused["value"] < 0.4
    assert set(done.unseen_refused) == {"drawn patterns"}


def test_own_pictures_made_worse_are_read_by_the_networks_of_their_folds(trained, spots, spots_recipe):
    done = trained[0]
    (worse,) = [other for other in done.elsewhere if other.name == WORSENED]
    assert worse.figures["n"] == 24
    assert len(worse.embeddings) == len(worse.labels) == 0
    unchanged = dataclasses.replace(done.recipe.worsened, balance=0.0, blur=0.0, grain=0.0, flip=False)
    shipped = _Shipped(done.learner, done.held, done.fit, done.temperature, done.quantile, done.refusal)
    same = module._worsened(spots_recipe, unchanged, spots, shipped)
    right = (done.held.logits.argmax(axis=1) == spots.labels).mean()
    assert same.figures["accuracy"]["value"] == pytest.approx(right)


def test_a_source_that_was_not_trained_on_is_read_by_what_ships(spots, spots_recipe, shipped, tmp_path):
    far = from_elsewhere(spots)
    what, watching = shipped
    measured = _elsewhere(spots_recipe, TEST, far, spots, what, watching, Cache(tmp_path, "key"))
    assert not list(tmp_path.iterdir()), "nothing is trained anew"
    logits, embeddings = what.learner.read(what.fit, see(what.learner.eye, far.subjects, spots_recipe.input), 6)
    assert (measured.embeddings == embeddings).all()
    assert (measured.labels == far.labels).all()
    right = (logits.argmax(axis=1) == far.labels).mean()
    assert measured.figures["accuracy"]["value"] == pytest.approx(right)
    assert (measured.name, measured.note) == (TEST.name, TEST.note)


def test_a_source_that_was_trained_on_is_left_out_of_all_that_its_figures_rest_on(
    spots, spots_recipe, shipped, tmp_path, monkeypatch
):
    theirs, (what, watching) = of_source(spots, "theirs"), shipped
    assert len(theirs.rows) == 6
    rest = np.array([row.source == "ours" for row in spots.rows])
    fitted, rules = [], []

    def fit_on(learner, labels, groups, pictures, cache):
        fitted.append(pictures)
        return compare.fitted(learner, labels, groups, pictures, cache)

    def rule_of(own, fold, foreign):
        rules.append((own, fold))
        return fit_rule(own, fold, foreign)

    monkeypatch.setattr(module, "compare", type("Spied", (), {"fitted": staticmethod(fit_on)}))
    monkeypatch.setattr(module, "fit_rule", rule_of)
    without = module._without(spots_recipe, TEST, spots, what, watching, rest, Cache(tmp_path, "key"))
    measured = _elsewhere(spots_recipe, TEST, theirs, spots, what, watching, Cache(tmp_path, "key"))
    assert all(pictures.tolist() == np.flatnonzero(rest).tolist() for pictures in fitted)
    assert all((own == watching.own[rest]).all() and len(fold) == 18 for own, fold in rules)
    assert len(fitted) == len(rules) == 2
    held, labels = what.held.logits[rest], spots.labels[rest]
    assert without.temperature == fit_temperature(held, labels)
    expected = conformal_quantile(softmax(held, without.temperature), labels, spots_recipe.coverage)
    assert without.quantile == expected
    assert len(measured.embeddings) == len(measured.labels) == 0, "the network that ships knows these pictures"
    assert measured.figures["n"] == 6


def test_a_test_of_all_that_is_trained_on_is_a_sentence(spots, spots_recipe, shipped, tmp_path):
    what, watching = shipped
    with pytest.raises(KnownError, match="The test their clinic holds all that is trained on"):
        _elsewhere(spots_recipe, TEST, spots, spots, what, watching, Cache(tmp_path, "key"))


def test_groups_stay_together(trained, spots):
    for train, held in folds(spots.labels, spots.groups, 3, 1):
        assert len({*trained[0].held.fold[held]}) == 1
        assert not {spots.groups[index] for index in train} & {spots.groups[index] for index in held}


@pytest.mark.parametrize("screens", [(), ("melanoma",)])
def test_other_sources_teach_caution_unless_a_threshold_was_set(spots, spots_recipe, shipped, tmp_path, screens):
    far = from_elsewhere(spots)
    what, watching = shipped
    measured = _elsewhere(spots_recipe, TEST, far, spots, what, watching, Cache(tmp_path, "key"))
    assert measured.outside.truth.tolist() == far.labels.tolist()
    many = dataclasses.replace(
        measured,
        outside=Outside(
            "far", np.tile(measured.outside.logits, (20, 1)), np.tile(far.labels, 20), [f"p{n}" for n in range(120)]
        ),
    )
    two = [many, dataclasses.replace(many, name="farther")]
    recipe = dataclasses.replace(spots_recipe, screens=tuple(Screen(label=name, name=name) for name in screens))
    caution, others = module._with_caution(recipe, two)
    assert (caution is None) == bool(screens)
    assert [bool(other.cautious) for other in others] == [not screens] * 2
