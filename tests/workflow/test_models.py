import shutil
from pathlib import Path

import pytest

from clinoscope import modes
from clinoscope.domain.task import Kind
from clinoscope.inference.card import Figure, Figures, PackageInfo
from clinoscope.paths import MODELS
from clinoscope.workflow import models


def test_every_task_has_a_whole_package_with_a_card() -> None:
    found = {entry.task: entry for entry in models.installed()}
    assert set(found) == set(modes.task_ids())
    for entry in found.values():
        assert entry.problems == ()
        assert entry.figures
        assert "research" in models.card(entry).lower()
        assert models.ready(entry.task) == entry.model


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
        format=1, name="m", version="1", task="skin/rash", kind=Kind.CLASSIFY, intended_use="", figures=measured
    )


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            {"accuracy_answered": Figure(value=0.79), "answered": Figure(value=0.5)},
            "Right 7 times in 10 when it answers, which it does 5 times in 10. Not validated here.",
        ),
        ({"accuracy": Figure(value=0.999)}, "Right 9 times in 10 when it answers. Not validated here."),
        ({"weak": "Do not rely on it."}, "Do not rely on it. Not validated here."),
    ],
)
def test_figures_in_words_promise_nothing_more_than_measured(figures: dict[str, object], words: str) -> None:
    assert models.meaning(package(**figures)) == words


def test_a_package_without_figures_names_no_disease() -> None:
    bare = PackageInfo(format=1, name="m", version="1", task="anemia/lip", kind=Kind.MEASURE, intended_use="")
    assert "names no disease" in models.meaning(bare)


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
