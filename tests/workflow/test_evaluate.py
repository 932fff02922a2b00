"""Evaluating a task on pictures whose labels are known, bad rows and bad pictures included."""

import csv
import json
from pathlib import Path

import cv2
import pytest

from clinoscope import modes
from clinoscope.domain.picture import Picture
from clinoscope.workflow.evaluate import evaluate
from clinoscope.workflow.labelled import Labelled, LabelsError, read_labels

TASK = modes.task("skin/lesion-photo")


@pytest.fixture
def labelled(tmp_path: Path, lesion: Picture) -> Path:
    """Eight variants of the phantom with arbitrary labels, two a group, and one file that is no picture."""
    small = cv2.resize(lesion.pixels, (320, 240), interpolation=cv2.INTER_AREA)
    rows = ["path,label,group"]
    for index in range(8):
        turned = cv2.rotate(small, index % 3) if index % 4 else small
        cv2.imwrite(str(tmp_path / f"{index}.png"), cv2.convertScaleAbs(turned, alpha=1 - index / 40)[:, :, ::-1])
        rows.append(f"{index}.png,{TASK.labels[index % 5].id},g{index // 2}")
    (tmp_path / "text.jpg").write_text("not a picture")
    rows.append("text.jpg,melanoma,g9")
    file = tmp_path / "labels.csv"
    file.write_text("\n".join(rows) + "\n")
    return file


def test_figures_readings_and_report_are_written(labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = evaluate(TASK, labelled, out, print)
    assert done.unreadable == 1
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics == done.metrics
    assert (metrics["n"], metrics["groups"], metrics["unreadable"]) == (8, 4, 1)
    with (out / "readings.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = [label.id for label in TASK.labels]
    assert list(rows[0]) == ["path", "label", "group", "answer", "top", *(f"p:{name}" for name in names)]
    right = 0
    for row in rows:
        shares = {name: float(row[f"p:{name}"]) for name in names}
        assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
        assert row["top"] == max(shares, key=shares.__getitem__)
        assert row["answer"] in {*names, "unsure", "cannot judge"}
        right += row["top"] == row["label"]
    assert metrics["accuracy"]["value"] == pytest.approx(right / 8)
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_copy_does_not_count_again(labelled: Path, tmp_path: Path) -> None:
    lines = labelled.read_text().splitlines()
    labelled.write_text("\n".join([*lines, *lines[1:]]) + "\n")
    done = evaluate(TASK, labelled, tmp_path / "out", lambda *_told: None)
    assert (done.metrics["n"], done.metrics["copies"], done.unreadable) == (8, 8, 2)


def test_without_groups_each_picture_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("path,label\na.png,melanoma\nb.png,melanoma\n")
    assert [row.group for row in read_labels(tmp_path / "l.csv", TASK)] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffpath,label,group\r\na b.png,melanoma,7\r\n",
        "path;label;group\n\na b.png;melanoma;7\n",
        "path\tlabel\tgroup\ra b.png\tmelanoma\t7\r",
        "group, label, path, more\n7, melanoma , a b.png\n",
        'path,label,group\n"a b.png",melanoma,7,too,much\n',
    ],
)
def test_a_csv_as_office_programs_write_it_is_read(tmp_path: Path, content: str) -> None:
    (tmp_path / "l.csv").write_bytes(content.encode())
    assert read_labels(tmp_path / "l.csv", TASK) == [Labelled("a b.png", "melanoma", "7")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("file,label\na.png,melanoma\n", "needs the columns"),
        ("path,label\na.png,mole\n", "line 2: 'mole' is not a label"),
        ("path,label\n", "names no picture"),
        ("label,path\nmelanoma\n", "line 2: the path is missing"),
        ('path,label\n"a.png,melanoma\n', "line 2: the label is missing"),
        ("path,label\n" + "a" * 200_000 + ",melanoma\n", "cannot be read as a CSV file"),
        ("path,label\n\0.png,melanoma\n", "cannot be read as a CSV file"),
        ("", "needs the columns"),
        ("path,label\nmissing.png,melanoma\n", "could be opened"),
    ],
)
def test_a_bad_csv_gets_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "l.csv").write_text(content)
    with pytest.raises(LabelsError, match=sentence):
        evaluate(TASK, tmp_path / "l.csv", tmp_path / "out", print)
    assert not (tmp_path / "out").exists()


def test_a_missing_csv_and_a_task_without_labels_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="cannot be read: No such file"):
        evaluate(TASK, tmp_path / "none.csv", tmp_path / "out", print)
    (tmp_path / "l.csv").write_bytes("path,label\nä.png,melanoma\n".encode("latin-1"))
    with pytest.raises(LabelsError, match="could be opened"):  # it is read; the picture is not there
        evaluate(TASK, tmp_path / "l.csv", tmp_path / "out", print)
    with pytest.raises(LabelsError, match="gives no label"):
        evaluate(modes.task("anemia/lip"), tmp_path / "none.csv", tmp_path / "out", print)


def test_a_place_that_cannot_be_written_is_told_before_the_work(labelled: Path, tmp_path: Path) -> None:
    said: list[object] = []
    for out in (tmp_path / "text.jpg", tmp_path / "text.jpg" / "deeper"):
        with pytest.raises(LabelsError, match="cannot be written to"):
            evaluate(TASK, labelled, out, lambda *told: said.append(told))
    assert said == []
