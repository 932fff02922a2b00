"""The phantoms are what the script draws, carry their mark and serve every task."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from clinoscope import modes

PHANTOMS = Path(__file__).parents[1] / "resources" / "phantoms"


def test_every_task_has_its_phantom() -> None:
    table = tomllib.loads((PHANTOMS / "phantoms.toml").read_text(encoding="utf-8"))
    assert set(table) == set(modes.task_ids())
    assert all((PHANTOMS / name).is_file() for name in table.values())


@pytest.mark.parametrize("path", sorted(PHANTOMS.glob("*.png")), ids=lambda path: path.stem)
def test_every_phantom_says_that_it_is_one(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.mode == "RGB"
        assert picture.info["clinoscope-phantom"] == path.stem


def test_together_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in PHANTOMS.glob("*.png")) <= 7 * 1024 * 1024


def test_drawn_again_they_are_the_same_bytes(tmp_path: Path) -> None:
    script = [sys.executable, str(PHANTOMS / "draw_phantoms.py"), "--out", str(tmp_path), "--only"]
    subprocess.run([*script, "cell", "smear", "dermoscopy"], check=True, timeout=120)
    for name in ("cell.png", "smear.png", "dermoscopy.png", "smear_truth.json"):
        assert (tmp_path / name).read_bytes() == (PHANTOMS / name).read_bytes(), name


def test_the_readme_names_every_phantom() -> None:
    text = (PHANTOMS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in text for path in PHANTOMS.glob("*.png"))


def test_the_truth_of_the_smear_lies_inside_it() -> None:
    truth = json.loads((PHANTOMS / "smear_truth.json").read_text(encoding="utf-8"))
    with Image.open(PHANTOMS / truth["picture"]) as picture:
        width, height = picture.size
    assert len(truth["cells"]) == 12
    for cell in truth["cells"]:
        x, y, w, h = cell["box"]
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height
