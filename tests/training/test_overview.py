import hashlib
import json
import shutil

import pytest

from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.training import backbones, quantise
from clinoscope.training import overview as page
from clinoscope.training.overview import overview

COMPARISON = {
    "forms": [
        {
            "form": form,
            "bytes": size,
            "milliseconds": milliseconds,
            "memory_mb": None,
            "accuracy": 0.9,
            "balanced_accuracy": 0.85,
            "ece": 0.03,
            "same_answers": 0.99,
            "embedding_lost": 0.01,
        }
        for form, size, milliseconds in (("float32", 2_000_000, 5.0), ("float16", 1_000_000, 4.5), ("int8", 600_000, 2))
    ],
    "chosen": "float16",
    "reason": "float16: told.",
    "keras_milliseconds": 55.4,
    "keras_accuracy": 0.9,
    "pictures": 40,
}


def cells(text: str, *wanted: str) -> list[list[str]]:
    """The cells of every table row that holds all the words."""
    rows = [line for line in text.splitlines() if line.startswith("|") and all(word in line for word in wanted)]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.fixture
def models(tmp_path):
    """A folder with one package that ships, and no comparison in it."""
    folder = tmp_path / "skin" / "rash"
    shutil.copytree(MODELS / "skin" / "rash", folder)
    (folder / quantise.COMPARISON_FILE).unlink(missing_ok=True)
    seal(folder)
    return tmp_path


def seal(folder, comparison=None):
    """Write the package file anew, with the comparison among its files or without one."""
    text = (folder / packages.PACKAGE_FILE).read_text(encoding="utf-8").partition("\n")[2]
    lines = [line for line in text.splitlines() if quantise.COMPARISON_FILE not in line]
    if comparison is not None:
        data = json.dumps(comparison).encode()
        (folder / quantise.COMPARISON_FILE).write_bytes(data)
        entry = f'"{quantise.COMPARISON_FILE}" = "{hashlib.sha256(data).hexdigest()}"'
        lines.insert(lines.index("[files]") + 1, entry)
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed("\n".join(lines) + "\n"))


def test_the_table_names_every_package_and_its_figures(models):
    text = overview(models)
    row = cells(text, "skin-rash")[0]
    assert row[0] == "`skin/rash`"
    assert row[2] in backbones.NAMES
    assert 0 < float(row[4]) < 100
    assert "float32, float16 and int8" not in text


def test_the_forms_of_a_network_stand_side_by_side_with_keras(models):
    seal(models / "skin" / "rash", COMPARISON)
    rows = cells(overview(models), "`skin/rash`", "| 55 |")
    assert [row[1] for row in rows] == ["float32", "**float16**, ships", "int8"]
    assert rows[0][2:6] == ["2.0", "5.0", "–", "90.0 %"]


def test_the_page_says_how_much_all_packages_take_together(models):
    (models / "finder.tflite").write_bytes(bytes(1_000_000))
    together = sum(path.stat().st_size for path in (models / "skin" / "rash").iterdir())
    assert page.size(models) == together
    assert f"together take {together / 1e6:.1f} MB; the limit is 60 MB." in overview(models)


def test_what_ships_stays_within_the_limit():
    assert page.size(MODELS) <= page.LIMIT
