"""The figures of a site's own test, from made-up readings whose truth is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.reading import CANNOT_JUDGE, MEASURED, UNSURE, Flag, Measure, ModelRef, Reading
from clinoscope.domain.task import Kind, Task
from clinoscope.inference.card import Conformal, Figure, Figures, FlagRule, LabelFigures, PackageInfo
from clinoscope.workflow.acceptance_figures import NOT_STATED, NOT_TOLD, Entry, collected, fingerprint, judged
from clinoscope.workflow.criteria import Met, Outcome
from clinoscope.workflow.labelled import Labelled, LabelsError, Seen

NAIL = modes.task("anemia/nail")
LIPS = modes.task("anemia/lip")
MODEL = ModelRef("made-up", "1.0.0", "0" * 64)
PACKAGE = PackageInfo(
    format=1,
    name="made-up",
    version="1.0.0",
    task="anemia/nail",
    kind=Kind.CLASSIFY,
    intended_use="Tests",
    labels=("anemic", "not_anemic"),
    conformal=Conformal(coverage=0.9, quantile=0.7),
    figures=Figures(
        n=100,
        groups=100,
        how="",
        answered=Figure(value=0.7),
        labels=tuple(
            LabelFigures(label=name, n=50, sensitivity=Figure(value=0.85)) for name in ("anemic", "not_anemic")
        ),
    ),
)


def entry(index: int, truth: str, share: float, *, flag: bool | None = None, answer: str = "", **row: object) -> Entry:
    """A reading that gives ``anemic`` the ``share``; labels above 0.3 are named."""
    shares = {"anemic": share, "not_anemic": 1 - share}
    named = tuple(sorted((name for name, value in shares.items() if value > 0.3), key=lambda name: -shares[name]))
    flags = () if flag is None else (Flag("low", "Low", share, flag),)
    made = Reading(
        "anemia/nail",
        answer or (named[0] if len(named) == 1 else UNSURE),
        MODEL,
        labels=named,
        probabilities=shares,
        flags=flags,
    )
    labelled = Labelled(f"{index}.png", truth, f"g{index}")
    camera, tone = "phone" if index % 2 else "tablet", "light" if index % 3 else "dark"
    return Entry(replace(labelled, **row), made, camera, tone, str(index))


def right(count: int, wrong: int = 0) -> list[Entry]:
    """Readings at 0.93, so many of them right, half of each label; the first ``wrong`` are wrong."""
    entries = []
    for index in range(count):
        truth = "anemic" if index % 2 else "not_anemic"
        good = index >= wrong
        entries.append(entry(index, truth, 0.93 if (truth == "anemic") == good else 0.07))
    return entries


def test_a_model_that_is_as_good_as_it_says_passes() -> None:
    figures, criteria, outcome = judged(NAIL, PACKAGE, right(200, wrong=14))
    assert [one.met for one in criteria] == [Met.YES] * 7, criteria
    assert outcome is Outcome.PASSED
    assert (figures["n"], figures["groups"], figures["tested"], figures["untested"]) == (
        200,
        200,
        ["anemic", "not_anemic"],
        [],
    )
    assert figures["kappa"]["value"] == pytest.approx(0.86)
    assert figures["own"] == {"sensitivity": pytest.approx(0.85), "coverage": 0.9, "answered": 0.7}


def test_a_model_that_is_wrong_here_does_not_pass() -> None:
    _, criteria, outcome = judged(NAIL, PACKAGE, right(200, wrong=90))
    assert outcome is Outcome.NOT_PASSED
    assert {one.name: one.met for one in criteria}["Agreement with your labels, Cohen's kappa"] is Met.NO


def test_with_few_pictures_nothing_is_decided() -> None:
    _, criteria, outcome = judged(NAIL, PACKAGE, right(20, wrong=19))
    assert outcome is Outcome.TOO_FEW
    assert len(criteria) == 1


def test_all_right_leaves_room_for_doubt() -> None:
    figures, _, _ = judged(NAIL, PACKAGE, right(60))
    sensitivity = figures["per_class"]["anemic"]["sensitivity"]
    assert sensitivity["value"] == 1.0
    assert sensitivity["low"] == pytest.approx(0.886, abs=0.001)  # Wilson, 30 of 30


def test_a_share_of_all_or_none_is_no_certainty() -> None:
    figures, _, _ = judged(NAIL, PACKAGE, right(60))
    for name in ("accuracy", "balanced_accuracy", "conformal_coverage", "share_answered", "accuracy_when_answered"):
        assert figures[name]["value"] == 1.0
        assert figures[name]["low"] == pytest.approx(0.940, abs=0.001), name  # Wilson, 60 of 60
    figures, _, _ = judged(NAIL, PACKAGE, right(60, wrong=30))
    assert figures["accuracy"]["low"] == pytest.approx(0.38, abs=0.03), "the bootstrap's own"


def test_many_pictures_of_one_person_are_no_test_of_a_label() -> None:
    found = [replace(one, row=replace(one.row, group="Ada")) for one in right(120) if one.row.label == "anemic"]
    found += [one for one in right(120) if one.row.label != "anemic"]
    figures, criteria, outcome = judged(NAIL, PACKAGE, found)
    assert (figures["n"], figures["tested"], figures["untested"]) == (120, ["not_anemic"], ["anemic"])
    assert outcome is Outcome.TOO_FEW
    assert "from 3 groups" in criteria[0].asked
    assert not figures["ungrouped"]


def test_a_label_that_the_package_cannot_name_is_not_validated_and_counts_against_it() -> None:
    """It has no sensitivity to be held against: the criterion of all others must not go for it."""
    task = modes.task("neutrophil/type")
    known = ("neutrophil", "lymphocyte")
    package = replace(
        PACKAGE,
        task=task.id,
        labels=known,
        figures=replace(
            PACKAGE.figures,  # type: ignore[type-var]
            labels=tuple(LabelFigures(label=name, n=50, sensitivity=Figure(value=0.85)) for name in known),
        ),
    )
    entries = []
    for index in range(120):
        truth = ("neutrophil", "lymphocyte", "monocyte")[index % 3]
        said = "lymphocyte" if truth == "monocyte" else truth
        reading = Reading(task.id, said, MODEL, labels=(said,), probabilities={said: 1.0})
        entries.append(Entry(Labelled(f"{index}.png", truth, f"g{index}"), reading, "phone", "", f"{index}"))
    figures, criteria, outcome = judged(task, package, entries)
    assert (figures["tested"], figures["untested"], figures["unknown"]) == (list(known), [], ["monocyte"])
    assert figures["kappa"]["value"] < 0.6
    assert "As good as on its own pictures, mean sensitivity" in {one.name for one in criteria}
    assert outcome is Outcome.NOT_PASSED, "its sets hold no monocyte"


def test_what_was_tested_on_has_one_fingerprint_in_any_order_and_under_any_name() -> None:
    found = right(4)
    renamed = tuple(replace(one, row=replace(one.row, path="other", group="x")) for one in reversed(found))
    assert fingerprint(renamed) == fingerprint(found)
    first = found[0]
    relabelled = (replace(first, row=replace(first.row, label="anemic")), *found[1:])
    assert fingerprint(relabelled) != fingerprint(found)
    measured = (replace(first, row=replace(first.row, value=12.5, unit="g/dL")), *found[1:])
    assert fingerprint(measured) != fingerprint(found)


def test_a_list_without_groups_is_known_as_such() -> None:
    found = [replace(one, row=replace(one.row, group=one.row.path)) for one in right(60)]
    assert judged(NAIL, PACKAGE, found)[0]["ungrouped"]


def test_a_label_with_few_pictures_is_not_tested_and_its_figures_not_asked() -> None:
    found = [*right(100, wrong=5)[::2], *(entry(900 + index, "anemic", 0.1) for index in range(5))]
    figures, criteria, outcome = judged(NAIL, PACKAGE, found)
    assert (figures["tested"], figures["untested"]) == (["not_anemic"], ["anemic"])
    assert outcome is Outcome.TOO_FEW
    assert "Not anemic" in criteria[0].found


def test_screening_counts_what_is_left_open_or_flagged_among_what_was_judged() -> None:
    entries = [entry(index, "anemic", 0.2 + 0.06 * index) for index in range(10)]  # named from 0.32 on: 8 of 10
    entries += [entry(20 + index, "not_anemic", 0.1) for index in range(4)]
    entries += [entry(40, "anemic", 0.1, answer=CANNOT_JUDGE)]
    figures, _, _ = judged(NAIL, PACKAGE, entries)
    (screening,) = figures["screening"]
    assert (screening["label"], screening["n"]) == ("anemic", 10)
    assert screening["sensitivity"]["value"] == pytest.approx(0.8)
    assert screening["specificity"]["value"] == 1.0
    assert figures["not_judged"] == 1

    rule = FlagRule(id="low", name="Low", note="", kind="label", threshold=0.5, label="anemic")
    flagged = [entry(index, "anemic", 0.9, flag=index < 3) for index in range(4)]
    flagged += [entry(10 + index, "not_anemic", 0.9, flag=index < 1) for index in range(4)]
    figures, _, _ = judged(NAIL, replace(PACKAGE, flags=(rule,)), flagged)
    assert figures["screening"][0]["sensitivity"]["value"] == pytest.approx(0.75)
    assert figures["screening"][0]["specificity"]["value"] == pytest.approx(0.75)
    assert figures["screening"][0]["how"] == "raise its flag"


def test_cameras_and_tones_apart_and_the_worse_is_named() -> None:
    entries = right(120)
    bad = tuple(
        replace(one, camera="old", tone="tan") if index < 24 else one for index, one in enumerate(right(120, 20))
    )
    figures, _, _ = judged(NAIL, PACKAGE, bad)
    assert {name: part["n"] for name, part in figures["cameras"].items()} == {"old": 24, "phone": 48, "tablet": 48}
    assert figures["worse"] == ["old", "tan"]
    assert list(figures["tones"]) == ["light", "tan", "dark"]
    figures, _, _ = judged(NAIL, PACKAGE, entries)
    assert figures["worse"] == []
    assert figures["cameras"]["phone"]["accuracy"]["low"] < 1  # all right, and still in doubt


def test_ordered_labels_get_weights() -> None:
    task = modes.task("scalp/hair-loss")
    names = [label.id for label in task.labels]
    entries = []
    for index in range(60):
        truth, said = index % 3, min(2, index % 3 + (index % 5 == 0))
        shares = {name: 0.8 if place == said else 0.1 for place, name in enumerate(names)}
        reading = Reading(task.id, names[said], MODEL, labels=(names[said],), probabilities=shares)
        entries.append(Entry(Labelled(f"{index}", names[truth], f"{index}"), reading, NOT_STATED, NOT_TOLD, f"{index}"))
    package = replace(PACKAGE, task=task.id, labels=tuple(names))
    figures, criteria, _ = judged(task, package, entries)
    from sklearn.metrics import cohen_kappa_score

    truth = [names.index(one.row.label) for one in entries]
    said = [names.index(one.reading.answer) for one in entries]
    assert figures["kappa"]["value"] == pytest.approx(cohen_kappa_score(truth, said, weights="quadratic"))
    assert "quadratic" in criteria[1].name


# --- numbers ---


def lips(index: int, value: float, known: float | None, unit: str, own_unit: str = "") -> Entry:
    measure = Measure("Pallor index" if not own_unit else "Haemoglobin", value, 4.0, own_unit)
    reading = Reading("anemia/lip", MEASURED, MODEL, measures=(measure,))
    return Entry(Labelled(f"{index}", "", f"g{index}", "", known, unit), reading, NOT_STATED, "", f"{index}")


def several(unit: str, own_unit: str = "", noise: float = 4.0, count: int = 60) -> list[Entry]:
    rng = np.random.default_rng(0)
    known = rng.uniform(20, 80, count)
    return [
        lips(index, float(value + rng.normal(0, noise)), float(value), unit, own_unit)
        for index, value in enumerate(known)
    ]


@pytest.mark.parametrize(("noise", "end"), [(4.0, Outcome.PASSED), (8.3, Outcome.TOO_FEW), (14.0, Outcome.NOT_PASSED)])
def test_numbers_in_the_same_unit_are_held_against_the_limits(noise: float, end: Outcome) -> None:
    figures, criteria, outcome = judged(LIPS, PACKAGE, several("Pallor index", noise=noise))
    (found,) = figures["numbers"]
    assert outcome is end, criteria
    assert found["agreement"]["sd"] == pytest.approx(noise, rel=0.2)
    assert len(found["points"]) == 60
    mean, apart = found["points"][0]
    first = several("", noise=noise)[0]
    assert apart == pytest.approx(first.reading.measures[0].value - (first.row.value or 0), abs=1e-3)
    assert mean == pytest.approx((first.reading.measures[0].value + (first.row.value or 0)) / 2, abs=1e-3)


def test_numbers_in_another_unit_are_not_compared() -> None:
    figures, criteria, outcome = judged(LIPS, PACKAGE, several("g/dL"))
    (found,) = figures["numbers"]
    assert outcome is Outcome.NO_TEST
    assert criteria == ()
    assert found["agreement"] is None
    assert "your values are in g/dL: no test is made" in found["why_not"]
    assert found["correlation"]["value"] > 0.8


def test_the_measure_in_the_unit_of_the_values_is_taken() -> None:
    one = lips(0, 12.0, 11.5, "g/dl", "g/dL").reading.measures[0]
    entries = [
        replace(entry_, reading=replace(entry_.reading, measures=(*entry_.reading.measures, one)))
        for entry_ in several("g/dl")
    ]
    figures, _, _ = judged(LIPS, PACKAGE, entries)
    assert figures["numbers"][0]["name"] == "Haemoglobin"
    assert figures["numbers"][0]["limit"] == 1.0


def test_two_units_in_one_list_are_refused() -> None:
    mixed = [lips(0, 1, 1, "g/dL"), lips(1, 1, 1, "mmol/L")]
    with pytest.raises(LabelsError, match="several units"):
        judged(LIPS, PACKAGE, mixed)


def test_pictures_that_could_not_be_measured_are_too_few_and_not_of_another_unit() -> None:
    refused = [replace(one, reading=replace(one.reading, answer=CANNOT_JUDGE)) for one in several("g/dL")]
    figures, _, outcome = judged(LIPS, PACKAGE, refused)
    assert outcome is Outcome.TOO_FEW
    assert (figures["n"], figures["not_judged"]) == (0, 60)
    assert "No reading gave a number" in figures["numbers"][0]["why_not"]


def test_a_unit_without_a_limit_is_shown_and_not_judged() -> None:
    figures, _, outcome = judged(LIPS, PACKAGE, several("mmHg", own_unit="mmHg"))
    assert figures["numbers"][0]["agreement"]["n"] == 60
    assert "No limit is set for mmHg" in figures["numbers"][0]["why_not"]
    assert outcome is Outcome.NO_TEST


def test_values_beside_labels_are_asked_as_well() -> None:
    rng = np.random.default_rng(1)
    entries = []
    for one in right(200, wrong=14):
        value = float(rng.normal(12, 2))
        measure = Measure("Haemoglobin", value + 3, 1.0, "g/dL")
        row = replace(one.row, value=value, unit="g/dL")
        entries.append(replace(one, row=row, reading=replace(one.reading, measures=(measure,))))
    _, criteria, outcome = judged(NAIL, PACKAGE, entries)
    assert criteria[-1].name == "Haemoglobin agrees, limits of agreement"
    assert outcome is Outcome.NOT_PASSED


# --- collecting ---


def shown(task: Task, pixels: list[np.ndarray]) -> Iterator[Seen]:
    for index, one in enumerate(pixels):
        picture = Picture(
            pixels=one,
            data=b"",
            sha256=str(one.sum()),
            media_type="image/png",
            origin=Origin.FILE,
            taken_at=datetime.now(UTC),
        )
        camera = "phone" if index else ""
        yield Seen(
            Labelled(f"{index}", "anemic", f"{index}", camera), picture, None, Reading(task.id, CANNOT_JUDGE, MODEL)
        )


def test_what_is_kept_of_a_picture_names_its_camera() -> None:
    grey, brown = np.full((40, 40, 3), 90, np.uint8), np.full((40, 40, 3), (120, 90, 70), np.uint8)
    found = collected(shown(NAIL, [grey, brown]), NAIL)
    assert [one.camera for one in found] == [NOT_STATED, "phone"]
    assert found[0].tone == NOT_TOLD


def test_a_smear_has_no_skin_tone() -> None:
    task = modes.task("neutrophil/type")
    found = collected(shown(task, [np.full((40, 40, 3), (190, 140, 120), np.uint8)]), task)
    assert found[0].tone == ""
