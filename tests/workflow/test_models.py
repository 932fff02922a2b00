import dataclasses
import shutil
from pathlib import Path

import pytest

from clinoscope import modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.task import Kind
from clinoscope.inference import packages
from clinoscope.inference.card import Caution, Elsewhere, Figure, Figures, PackageInfo
from clinoscope.paths import MODELS
from clinoscope.workflow import models

RASH = "skin/rash"


def anomaly(own_package, **more):
    """A package for a task that ships none: the network of the rash model under names of that task."""
    six = 'labels = ["melanoma", "dermatofibroma", "atopic_dermatitis", "benign_keratosis", "melanocytic_nevus", '
    changes = (
        ("^task = .*", 'task = "skin/anomaly"'),
        ("^labels = .*", six + '"vascular_lesion"]'),
        ('^label = "mpox"', 'label = "melanoma"'),  # that of its screening flag, which stands first
    )
    return own_package(*changes, **more)


def reading(model: ModelRef) -> Reading:
    return Reading(RASH, "mpox", model)


def of_task(task):
    return [entry for entry in models.installed() if entry.task == task]


def test_every_task_that_ships_has_a_whole_package_with_a_card(site) -> None:
    found = {entry.task: entry for entry in models.installed()}
    assert set(found) == set(modes.shipped_ids())
    for entry in found.values():
        assert entry.problems == ()
        assert entry.figures
        assert (entry.shipped, entry.in_use) == (True, True)
        assert "research" in models.card(entry).lower()
        assert models.ready(entry.task) == entry.model


def test_the_others_are_not_trained_until_a_package_is_installed(own_package, site) -> None:
    untrained = [task.id for task in models.not_trained(models.installed())]
    assert untrained == [
        "anemia/lip-class",
        "anemia/conjunctiva-class",
        "skin/mpox",
        "skin/anomaly",
        "neutrophil/abnormality",
    ]
    task = modes.task("skin/anomaly")
    assert not models.usable(task)
    assert models.usable(modes.task(RASH))
    assert models.install(anomaly(own_package)).in_use
    assert models.usable(task)
    assert "skin/anomaly" not in [task.id for task in models.not_trained(models.installed())]
    models.remove(models.pick("skin-rash@9.0.0"))
    assert not models.usable(task)


def test_a_kept_version_stands_behind_the_one_in_use(own_package, site) -> None:
    models.install(own_package())
    shown = [(entry.shipped, entry.in_use, entry.problems) for entry in of_task(RASH)]
    assert shown == [(True, True, ()), (False, False, ())]
    models.use(models.pick("skin-rash@9.0.0"))
    assert [(entry.shipped, entry.in_use) for entry in of_task(RASH)] == [(False, True), (True, False)]
    assert models.of_task(RASH).version == "9.0.0"
    assert models.ready(RASH).version == "9.0.0"
    models.use(models.pick(models.SHIPPED, RASH))
    assert models.ready(RASH) == packages.read_info(MODELS / RASH).ref


def test_a_package_is_picked_by_name_by_hash_or_as_the_shipped_one(own_package, site) -> None:
    model = models.install(own_package()).model
    assert models.pick("skin-rash@9.0.0", RASH).model == model
    assert models.pick(model.sha256[:6]).model == model
    assert models.pick(models.SHIPPED, RASH).folder == MODELS / RASH
    for which, task in (
        ("skin-rash@9.9.9", RASH),
        ("skin-rash@9.0.0", "anemia/nail"),
        (model.sha256[:5], ""),
        ("", ""),
    ):
        with pytest.raises(PackageError, match="There is no model package"):
            models.pick(which, task)


def test_what_ships_cannot_be_removed(site) -> None:
    with pytest.raises(PackageError, match="belongs to the program and stays"):
        models.remove(models.pick(models.SHIPPED, RASH))


def test_a_reading_keeps_pointing_at_the_package_that_made_it(own_package, site) -> None:
    """Installed, chosen, read with, replaced, removed: an old exam still shows its own package's figures."""
    weak = ('^weak = ""', 'weak = "Made for this test."')
    model = models.install(own_package(weak)).model
    shipped = models.ready(RASH)
    models.use(models.pick(str(model)))
    assert models.about(RASH, reading(model)).endswith("Made for this test.")
    assert "Made for this test" not in models.about(RASH, reading(shipped))
    assert models.about(RASH, reading(shipped)), "though it is not in use any more"
    models.use(models.pick(models.SHIPPED, RASH))
    models.remove(models.pick(str(model)))
    assert models.about(RASH, reading(model)).endswith("Made for this test.")
    found = models.find(model)
    assert found is not None
    assert found.ref == model
    assert models.find(ModelRef(model.name, model.version, "0" * 64)) is None
    assert models.about(RASH, reading(ModelRef("gone", "1.0.0", "0" * 64))) == ""
    assert models.about("skin/lesion-photo", reading(model)) == "", "made for another task"


def test_a_choice_that_leads_nowhere_is_told_and_can_be_made_again(own_package, site) -> None:
    sha256 = models.install(own_package()).model.sha256
    models.use(models.pick(sha256))
    assert models.choice_problems() == []
    shutil.rmtree(site / "packages" / sha256)
    assert models.choice_problems() == [
        "The model package that was chosen for skin/rash is not there any more. Choose another on the page Models."
    ]
    (site / "chosen" / "skin.rash").write_bytes(b"")
    (told,) = models.choice_problems()
    assert "in use for skin/rash cannot be read" in told
    assert not of_task(RASH)[0].in_use
    models.use(of_task(RASH)[0])
    assert models.choice_problems() == []
    assert of_task(RASH)[0].in_use


def test_an_installed_package_that_was_altered_is_told(own_package, site) -> None:
    sha256 = models.install(own_package()).model.sha256
    place = site / "packages" / sha256
    (place / "MODEL_CARD.md").unlink()
    entry = models.pick(sha256)
    assert entry.problems == ("the file MODEL_CARD.md is missing.",)
    assert models.card(entry) == ""
    (place / "package.toml").write_bytes(b"")
    entry = models.pick(sha256)
    assert (entry.model, entry.sha256, len(entry.problems)) == (None, sha256, 1)
    models.remove(entry)
    assert len(of_task(RASH)) == 1


def test_a_package_file_from_elsewhere_under_an_installed_name_is_told(own_package, site) -> None:
    sha256 = models.install(own_package()).model.sha256
    shutil.copy(MODELS / RASH / "package.toml", site / "packages" / sha256)
    (entry,) = (entry for entry in models.installed() if not entry.shipped)
    told = f"Model package {sha256[:12]}: the file package.toml was changed. Install the package again."
    assert entry.problems == (told,)
    with pytest.raises(PackageError, match="was changed"):
        models.use(entry)


@pytest.mark.parametrize("name", ["model.tflite", "MODEL_CARD.md"])
def test_one_changed_byte_is_found_and_named(tmp_path: Path, name: str) -> None:
    shutil.copytree(MODELS / "skin" / "rash", tmp_path / "skin" / "rash")
    file = tmp_path / "skin" / "rash" / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    (entry,) = models.installed(tmp_path)
    assert any(name in problem for problem in entry.problems)


def package(**figures: object) -> PackageInfo:
    measured = Figures(n=100, groups=50, how="Grouped folds.", **figures)  # type: ignore[arg-type]
    return PackageInfo(
        format=1, name="m", version="1", task=RASH, kind=Kind.CLASSIFY, intended_use="", figures=measured
    )


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            {"accuracy_answered": Figure(value=0.79), "answered": Figure(value=0.5)},
            "Right 7 times in 10 when it answers, which it does 5 times in 10.",
        ),
        (
            {"accuracy_answered": Figure(value=0.0), "answered": Figure(value=0.004), "weak": "Weak."},
            "It hardly ever answers: less than once in 10; else it says unsure. Weak.",
        ),
        ({"accuracy": Figure(value=0.999)}, "Right 9 times in 10 when it answers."),
        ({"weak": "Do not rely on it."}, "Do not rely on it."),
    ],
)
def test_figures_in_words_promise_nothing_more_than_measured(figures: dict[str, object], words: str) -> None:
    assert models.meaning(package(**figures)) == words


ELSEWHERE = (
    Elsewhere(source="A", n=100, answered=Figure(value=0.2), accuracy_answered=Figure(value=0.95)),
    Elsewhere(source="B", n=300, answered=Figure(value=0.4), accuracy_answered=Figure(value=0.75)),
    Elsewhere(source="own pictures, made worse", n=9, answered=Figure(value=1.0), accuracy_answered=Figure(value=0.1)),
)


def test_a_package_with_caution_tells_what_it_did_where_it_had_not_learned() -> None:
    home = package(accuracy_answered=Figure(value=0.97), answered=Figure(value=0.91), elsewhere=ELSEWHERE)
    caution = Caution(temperature=1.5, coverage=0.9, quantile=0.95, pictures=400, fitted_on=("A", "B"))
    info = dataclasses.replace(home, caution=caution)
    there = (
        "t 2 places that it had never seen, it answered "
        "3 times in 10 and was right 7 times in 10 of those, at the worst of them 7 times in 10."
    )
    here = "Right 9 times in 10 when it answers, which it does 9 times in 10."
    assert models.meaning(info, cautious=True, told=True) == f"A{there}"
    assert models.meaning(info, cautious=True).startswith("Read with caution, as it is where it is not validated: at 2")
    assert models.meaning(info, cautious=False) == here
    assert models.meaning(info) == f"{here} Read with caution, as it is where it is not validated: a{there}"
    assert models.meaning(home, cautious=True) == here, "without a second calibration there is one way to read"


def test_a_package_that_hardly_answers_with_caution_says_so() -> None:
    seldom = tuple(dataclasses.replace(each, answered=Figure(value=0.05)) for each in ELSEWHERE[:1])
    caution = Caution(temperature=1.5, coverage=0.9, quantile=0.95, pictures=100, fitted_on=("A",))
    info = dataclasses.replace(package(elsewhere=seldom), caution=caution)
    words = models.meaning(info, cautious=True)
    assert words.endswith(
        "t a place that it had never seen, it hardly ever answered, less than once in 10; else it says unsure."
    )


@pytest.mark.parametrize(
    ("task", "kind", "words"),
    [
        ("anemia/lip", Kind.MEASURE, "It measures; it names no disease."),
        ("neutrophil/cells", Kind.COUNT, "It counts; it names no disease."),
    ],
)
def test_a_package_without_figures_says_what_it_does_and_names_no_disease(task: str, kind: Kind, words: str) -> None:
    bare = PackageInfo(format=1, name="m", version="1", task=task, kind=kind, intended_use="")
    assert models.meaning(bare) == words


def test_a_changed_or_missing_network_of_a_finder_is_named(tmp_path: Path) -> None:
    assert models.finder_problems() == []
    for name in ("cells", "nails", "landmarks"):
        shutil.copytree(MODELS / name, tmp_path / name)
    (tmp_path / "nails" / "nails.tflite").unlink()
    with (tmp_path / "cells" / "cells.tflite").open("ab") as stream:
        stream.write(b"x")
    told = models.finder_problems(tmp_path)
    assert len(told) == 2
    assert any("nails.tflite cannot be read" in sentence for sentence in told)
    assert any("cells.tflite was changed" in sentence for sentence in told)
