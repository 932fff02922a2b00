import csv
import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clinoscope import modes, regions
from clinoscope.domain.errors import KnownError
from clinoscope.inference import classify, packages
from clinoscope.training.data import Row
from clinoscope.training.recipe import load
from clinoscope.training.train import again, train, with_counts


def test_the_package_is_whole_and_names_what_it_learned_from(spots_run):
    _, folder, _ = spots_run
    assert packages.verify(folder) == []
    package = packages.load(folder)
    assert sorted(package.files) == ["MODEL_CARD.md", "comparison.json", "model.tflite", "reference.npz"]
    assert package.figures is not None
    assert package.figures.n == 36
    assert package.figures.groups == 18
    assert package.sources[0].name == "drawn"
    assert "clinoscope train" in package.command
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Research use only; not a diagnosis." in card
    assert package.figures.how in card


def test_colours_that_a_child_tells_apart_are_told_apart(spots_run):
    package = packages.load(spots_run[1])
    assert package.figures is not None
    assert package.figures.accuracy.value is not None
    assert package.figures.accuracy.value > 0.8


def test_a_new_picture_is_read_by_the_running_program(spots_run, draw_spot):
    package = packages.load(spots_run[1])
    rng = np.random.default_rng(99)
    right = 0
    for label in package.labels:
        for _ in range(4):
            pixels = draw_spot(label, rng)
            region = regions.find("lesion", pixels)
            reading = classify.classify(modes.task("skin/lesion-photo"), pixels, region, package)
            right += reading.top == label
            assert sum(reading.probabilities.values()) == pytest.approx(1)
    assert right >= 10


def test_progress_grows_to_the_end(spots_run):
    shares = [share for _, share in spots_run[2]]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_report_and_the_held_out_readings_lie_beside_the_package(spots_run):
    out = spots_run[0]
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [way["name"] for way in report["variants"]] == ["head", "top"]
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    with (out / "readings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 36
    folds = {}
    for row in rows:
        folds.setdefault(row["group"], set()).add(row["fold"])
    assert all(len(fold) == 1 for fold in folds.values()), "a patient was on both sides of a split"


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_run_goes_on_and_gives_the_numbers_of_one_that_did_not_stop(spots_run, spots_folder, tmp_path):
    out, folder, _ = spots_run

    recipe = out / "drawn-spots.toml"
    program = (
        "import os, signal; from pathlib import Path; from clinoscope.training.train import train\n"
        "def told(doing, share):\n"
        "    if doing == 'measuring top on held-out groups' and share > 0.5: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"train(Path({str(recipe)!r}), Path({str(spots_folder)!r}), Path({str(tmp_path)!r}), Path('nowhere'), told)\n"
    )
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr[-2000:]
    kept = {path: path.stat().st_mtime_ns for path in (*tmp_path.glob("seen/*.npy"), *tmp_path.glob("fits/*.npz"))}
    assert len(kept) == 2 * 3 + 3 + 1  # the views of two variants, all folds of the first, one of the second
    resumed = packages.load(train(recipe, spots_folder, tmp_path, Path("nowhere")))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    whole = packages.load(folder)
    assert resumed.files["reference.npz"] == whole.files["reference.npz"]
    assert resumed.calibration == whole.calibration
    assert resumed.conformal == whole.conformal
    assert resumed.figures == whole.figures
    assert (tmp_path / "readings.csv").read_bytes() == (out / "readings.csv").read_bytes()


def test_labels_that_lose_their_pictures_to_missing_regions_are_a_sentence(recipe_file, spots_folder, tmp_path):
    text = recipe_file.read_text(encoding="utf-8").replace("skin/lesion-photo", "anemia/lip-class")
    recipe_file.write_text(text, encoding="utf-8")
    with pytest.raises(KnownError, match=r"pictures in which the region is found of \d groups"):
        train(recipe_file, spots_folder, tmp_path / "out", Path("nowhere"))


def rows_of(**counts):
    return [Row(Path("a.png"), "mild", str(n), source) for source, count in counts.items() for n in range(count)]


def test_what_it_was_trained_on_is_counted_not_remembered(recipe_file):
    recipe = dataclasses.replace(load(recipe_file), trained_on="{all} pictures, {near} of them near.")
    assert with_counts(recipe, rows_of(near=1200, far=34)).trained_on == "1,234 pictures, 1,200 of them near."
    for wrong in ("{nowhere} pictures", "{} pictures", "{near"):
        with pytest.raises(KnownError, match="Choose among all, near"):
            with_counts(dataclasses.replace(recipe, trained_on=wrong), rows_of(near=1))


def test_the_command_of_a_card_names_no_folder_of_a_person():
    told = again(Path("models/recipes/a b.toml"), Path("../data"), Path("/home/ada/nets"), Path("out"))
    assert told == "clinoscope train 'models/recipes/a b.toml' --data ../data --backbones nets --out out"


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system takes the room by itself")
def test_a_full_disk_is_a_sentence_and_no_death(recipe_file, spots_folder, tmp_path, monkeypatch):
    """Writing into a mapped file without room ends a process with SIGBUS, so the room is taken before."""

    def full(_file, _start, size):
        assert size > 1000
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(KnownError, match=r"no room left on the disk of .* it goes on where it stopped"):
        train(recipe_file, spots_folder, tmp_path / "out", tmp_path)


def test_missing_weights_are_a_sentence_that_says_what_to_do(recipe_file, spots_folder, tmp_path):
    text = recipe_file.read_text(encoding="utf-8").replace('weights = "none"', 'weights = "pretrained"')
    recipe_file.write_text(text.replace('"tiny"', '"mobilenet_v2"'), encoding="utf-8")
    with pytest.raises(KnownError, match="Give the folder that holds them with --backbones"):
        train(recipe_file, spots_folder, tmp_path / "out", tmp_path)


def test_a_folder_without_pictures_is_a_sentence(recipe_file, tmp_path):
    with pytest.raises(KnownError, match="no labelled pictures"):
        train(recipe_file, tmp_path / "empty", tmp_path / "out", tmp_path)
