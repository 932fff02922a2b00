"""A folder read by processes: everything once, whatever ends the run on the way."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_truth import whole_cells_found
from PIL import Image

from clinoscope.domain.errors import PackageError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.workflow.smear import batch


@pytest.fixture(scope="module")
def folder(folder_of_fields: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four fields, one of them twice, a file that is no picture, and a folder inside with another one."""
    folder = tmp_path_factory.mktemp("whole") / "smear"
    shutil.copytree(folder_of_fields, folder)
    shutil.copy(folder / "2.png", folder / "10.png")
    (folder / "=bad.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("not looked at")
    (folder / "inside").mkdir()
    shutil.copy(folder / "3.png", folder / "inside" / "5.png")
    (folder / "3.png").unlink()
    return folder


@pytest.fixture(scope="module")
def done(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, batch.Done]:
    out = tmp_path_factory.mktemp("out")
    return out, batch.run(folder, out, jobs=1)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cell_is_in_the_list_once(done: tuple[Path, batch.Done], scan: tuple[Pixels, Any]) -> None:
    corners = {"1.png": (0, 0), "2.png": (380, 60), "inside/5.png": (400, 300), "4.png": (30, 310)}
    found = rows(done[0])
    boxes = [
        Box(int(row["x"]) + corners[row["field"]][0], int(row["y"]) + corners[row["field"]][1], *_size(row))
        for row in found
    ]
    assert whole_cells_found(boxes, scan[1]) == (0, 0, 0)
    assert len(found) == done[1].summary.cells
    assert done[1].summary.doubles > 0


def _size(row: dict[str, str]) -> tuple[int, int]:
    return int(row["w"]), int(row["h"])


def test_the_columns_hold_type_stage_and_all_probabilities(done: tuple[Path, batch.Done]) -> None:
    for row in rows(done[0]):
        types = {name: float(row[name]) for name in row if name.startswith("type_")}
        assert sum(types.values()) == pytest.approx(1, abs=1e-3)
        assert row["type"] == max(types, key=types.__getitem__).removeprefix("type_")
        stages = [row[name] for name in row if name.startswith("stage_")]
        assert all(stages) == (row["type"] in ("neutrophil", "immature_granulocyte")) == bool(row["stage"])


def test_what_could_not_be_read_is_listed_and_stops_nothing(done: tuple[Path, batch.Done]) -> None:
    told = json.loads((done[0] / "summary.json").read_text(encoding="utf-8"))
    assert [entry["field"] for entry in told["not_read"]] == ["=bad.jpg"]
    assert told["same_file_as_another"] == ["10.png"]
    assert (told["fields"], told["reviewed"], told["target_reached"]) == (4, False, False)
    assert (done[0] / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (told["left_shift_index"], told["young_neutrophils"]) == (None, None)
    assert told["left_shift_waits_for"] == "100 white cells", "a handful of cells has no left shift"
    assert (
        sum(line["count"] for line in told["differential"]) + told["unidentified"] + told["not_counted"]
        == told["cells"]
    )


def test_what_looks_like_no_field_is_named_and_counted_all_the_same(folder_of_fields: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fields"
    folder.mkdir()
    shutil.copy(folder_of_fields / "1.png", folder / "1.png")
    Image.fromarray(np.full((240, 320, 3), 128, np.uint8)).save(folder / "blank.png")
    made = batch.run(folder, tmp_path / "out", jobs=1)
    assert (made.summary.fields, made.summary.strange) == (2, ("blank.png",))
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert told["look_like_no_field"] == ["blank.png"]
    assert told["not_read"] == [], "nothing is to be tried again"


def test_a_second_call_reads_only_what_failed_and_writes_the_same(folder: Path, done: tuple[Path, batch.Done]) -> None:
    out, first = done
    before = (out / "cells.csv").read_bytes()
    again = batch.run(folder, out, jobs=1)
    assert (first.read_now, again.read_now) == (6, 1)  # the bad one is tried again
    assert (out / "cells.csv").read_bytes() == before


def test_records_of_other_packages_or_damaged_ones_are_read_again(folder: Path, done: tuple[Path, batch.Done]) -> None:
    place, key = done[0] / batch.READ, batch.key_of_models()
    stamp = batch.stamp_of(folder, "1.png")
    assert batch.is_read(place, stamp, key)
    assert not batch.is_read(place, stamp, "another key")
    file = place / f"{stamp}.field"
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[: len(whole) // 2])
        assert not batch.is_read(place, stamp, key)
    finally:
        file.write_bytes(whole)


def test_names_are_taken_in_the_order_people_count_in(tmp_path: Path) -> None:
    for name in ("f10.png", "f2.png", "F1.JPG", "a/f3.png", "out/f4.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert batch.fields_of(tmp_path, tmp_path / "out") == ("a/f3.png", "F1.JPG", "f2.png", "f10.png")


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_pictures_is_one_sentence(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "fields"
    if made:
        folder.mkdir()
    with pytest.raises(batch.BatchError, match="There is no picture in" if made else "is not a folder"):
        batch.run(folder, tmp_path / "out")


def test_a_worker_with_other_packages_reads_nothing() -> None:
    with pytest.raises(PackageError, match="install the same ones"):
        batch.read_bytes(b"", "00", "another key")


def test_a_file_that_vanishes_is_listed(tmp_path: Path) -> None:
    record = batch.unpacked(batch.read_file(str(tmp_path / "gone.png"), "00", "key"))
    assert record.problem == "The file cannot be opened: No such file or directory."


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_in_the_middle_it_goes_on_and_comes_to_the_same(
    folder: Path, tmp_path: Path, done: tuple[Path, batch.Done]
) -> None:
    command = [sys.executable, "-m", "clinoscope", "smear", str(folder), "--out", str(tmp_path), "--jobs", "2"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **quiet) as run:  # type: ignore[call-overload]
        end = time.monotonic() + 60
        while not list(tmp_path.glob("fields-read/*.field")) and time.monotonic() < end:
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("fields-read/*.field")}
    assert kept
    assert not (tmp_path / "summary.json").exists()
    read = {name: data for name, data in kept.items() if not batch.unpacked(data).problem}
    again = batch.run(folder, tmp_path, jobs=2)
    assert again.read_now == 6 - len(read)
    assert (tmp_path / "cells.csv").read_bytes() == (done[0] / "cells.csv").read_bytes()
    assert {name: (tmp_path / batch.READ / name).read_bytes() for name in read} == read


def test_a_worker_that_is_killed_costs_no_field(folder: Path, tmp_path: Path, done: tuple[Path, batch.Done]) -> None:
    """The picture under way is read by a new process; one that ends its reader every time is listed."""
    key = batch.key_of_models()
    tasks = [batch.Task(name, batch.stamp_of(folder, name)) for name in ("1.png", "2.png")]
    records = batch._by_processes(folder, tasks, key, 1)
    first = batch.unpacked(next(records))
    _kill_children()
    others = [batch.unpacked(data) for data in records]
    assert {first.stamp, *(record.stamp for record in others)} == {task.stamp for task in tasks}
    assert len(others) == 1
    assert not others[0].problem


def _kill_children() -> None:
    import multiprocessing

    for child in multiprocessing.active_children():
        child.kill()


def test_progress_tells_how_far_and_how_long(folder: Path, done: tuple[Path, batch.Done], tmp_path: Path) -> None:
    told: list[tuple[int, int, float | None]] = []
    shutil.copytree(done[0] / batch.READ, tmp_path / batch.READ)
    (tmp_path / batch.READ / f"{batch.stamp_of(folder, '1.png')}.field").unlink()
    batch.run(folder, tmp_path, jobs=1, progress=lambda *words: told.append(words))
    assert [words[:2] for words in told] == [(4, 6), (5, 6), (6, 6)]
    assert told[0][2] is None
    assert told[-1][2] == 0
