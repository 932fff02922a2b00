"""The rule of fields, fitted to drawn ones and held against drawn patterns."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box
from clinoscope.inference import arrays
from clinoscope.inference.fields import THRESHOLD
from clinoscope.inference.rejection import load_reference
from clinoscope.paths import RESOURCES
from clinoscope.training import field_rule


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four laboratories with drawn fields, and a few pictures of noise as skin, scalp and eyes."""
    sys.path.insert(0, str(RESOURCES / "phantoms"))
    try:
        from drawing import smear
    finally:
        sys.path.pop(0)
    root = tmp_path_factory.mktemp("data")
    (root / "neutrophil").mkdir()
    rows = []
    for seed in range(8):
        pixels, whites = smear.scan(300, 400, 2, seed)
        name = f"{seed}.png"
        Image.fromarray(pixels).save(root / "neutrophil" / name)
        rows += [[name, f"lab{seed % 4}", *white.box, "wbc"] for white in whites] or [
            [name, f"lab{seed % 4}", 0, 0, 1, 1, "rbc"]
        ]
    with (root / "neutrophil" / "boxes.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["field", "source", "x", "y", "w", "h", "label"], *rows])
    rng = np.random.default_rng(2)
    for folder, column, value in (
        ("skin", "task", "lesion_photo"),
        ("scalp", "source", "dermnet_com"),
        ("anemia", "source", "yakimov_nail"),
    ):
        (root / folder).mkdir()
        with (root / folder / "images.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["path", column, "group", "label"])
            for number in range(6):
                Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(root / folder / f"{number}.png")
                writer.writerow([f"{number}.png", value, f"person {number // 2}", "any"])
    return root


def test_a_part_without_cells_touches_none() -> None:
    pixels = np.arange(100 * 100 * 3, dtype=np.uint32).reshape(100, 100, 3)
    part = field_rule.without_cells(pixels, [Box(0, 0, 45, 100)], np.random.default_rng(1))  # type: ignore[arg-type]
    assert part is not None
    assert (part[0, 0, 0] // 3) % 100 > 45
    assert field_rule.without_cells(pixels, [Box(0, 0, 100, 100)], np.random.default_rng(1)) is None  # type: ignore[arg-type]


def test_every_field_gives_itself_and_a_part_without_cells(data: Path) -> None:
    found = field_rule.fields(data / "neutrophil")
    assert set(found.sources) == {"lab0", "lab1", "lab2", "lab3"}
    assert sum(not empty for empty in found.empty) == 8
    assert 0 < sum(found.empty) <= 8


def test_too_few_laboratories_to_measure_on_are_a_sentence(data: Path) -> None:
    found = field_rule.fields(data / "neutrophil")
    two = field_rule.Fields(found.subjects, tuple(f"lab{n % 2}" for n in range(len(found.sources))), found.empty)
    with pytest.raises(KnownError, match="names 2 in its column source, and 3 are needed"):
        field_rule.fit(two, *field_rule.others(data))


def test_the_rule_is_written_and_measured(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(field_rule, "EACH", 12)
    field_rule.main(data, tmp_path)
    told = json.loads(capsys.readouterr().out)
    assert sum(told[f"lab{number}, fields"]["n"] for number in range(4)) == 8
    assert told["lesion_photo"]["n"] == 6
    assert told["lesion_photo"]["refused"]["value"] == 1.0, "noise is no field"
    content = (tmp_path / field_rule.FILE).read_bytes()
    assert load_reference(content, "field").mean.shape == (304,)
    assert float(arrays.read(content)[THRESHOLD]) > 0
