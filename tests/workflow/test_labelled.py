"""Labelled pictures from lists and folders, read as the window reads them."""

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.workflow.labelled import (
    COPY,
    LEARNED,
    UNREADABLE,
    Labelled,
    LabelsError,
    check_writable,
    folder_of,
    opened,
    read_labels,
    seen,
)
from clinoscope.workflow.look import look

TASK = modes.task("skin/lesion-photo")
LIPS = modes.task("anemia/lip")


def quiet(_done: int, _of: int, _about: str) -> None:
    """Nobody listens."""


def put(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def test_camera_value_and_unit_are_read(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("path;label;group;camera;value;unit\na.png;melanoma;p1;phone;11,5;g/dL\nb.png;melanoma;;;;\n")
    assert read_labels(file, TASK) == [
        Labelled("a.png", "melanoma", "p1", "phone", 11.5, "g/dL"),
        Labelled("b.png", "melanoma", "b.png"),
    ]


def test_a_task_that_measures_needs_values_and_no_labels(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("path,value,unit\na.png,41,pallor index\n")
    assert read_labels(file, LIPS) == [Labelled("a.png", "", "a.png", "", 41.0, "pallor index")]


@pytest.mark.parametrize(
    ("task", "content", "sentence"),
    [
        (LIPS, "path,label\na.png,anemic\n", "needs the columns path and value"),
        (LIPS, "path,value,unit\na.png,,g/dL\n", "line 2: the value is missing"),
        (LIPS, "path,value,unit\na.png,pale,g/dL\n", "line 2: 'pale' is not a number"),
        (LIPS, "path,value,unit\na.png,inf,g/dL\n", "line 2: 'inf' is not a number"),
        (LIPS, "path,value\na.png,12\n", "line 2: the value has no unit"),
        (TASK, "path,label,value\na.png,melanoma,12\n", "line 2: the value has no unit"),
    ],
)
def test_a_bad_value_gets_a_sentence(tmp_path: Path, task: object, content: str, sentence: str) -> None:
    (tmp_path / "l.csv").write_text(content)
    with pytest.raises(LabelsError, match=sentence):
        read_labels(tmp_path / "l.csv", task)  # type: ignore[arg-type]


def test_a_wrong_list_is_named_without_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    for text in ("path,kind\na.png,melanoma\n", "path,label\na.png,unicorn\n", 'path,label\n"a\n'):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(LabelsError) as told:
            read_labels(file, TASK)
        assert "labels.csv" in str(told.value) or "no picture" in str(told.value)
        assert str(tmp_path) not in str(told.value), "a folder may be named after a patient"


def test_a_folder_for_each_label_with_or_without_groups(tmp_path: Path) -> None:
    put(tmp_path, "melanoma/1.jpg", "melanoma/p7/2.PNG", "melanocytic_nevus/p7/3.tif", "melanoma/Thumbs.db")
    put(tmp_path, "melanoma/._1.jpg", ".cache/4.jpg", "notes.txt")
    assert read_labels(tmp_path, TASK) == [
        Labelled("melanocytic_nevus/p7/3.tif", "melanocytic_nevus", "p7"),
        Labelled("melanoma/1.jpg", "melanoma", "melanoma/1.jpg"),
        Labelled("melanoma/p7/2.PNG", "melanoma", "p7"),
    ]
    assert folder_of(tmp_path) == tmp_path
    assert folder_of(tmp_path / "l.csv") == tmp_path


def test_the_list_in_a_folder_is_taken_before_its_folders(tmp_path: Path) -> None:
    put(tmp_path, "pictures/1.png")
    (tmp_path / "labels.csv").write_text("path,label,group\npictures/1.png,melanoma,p1\n")
    assert read_labels(tmp_path, TASK) == [Labelled("pictures/1.png", "melanoma", "p1")]
    assert folder_of(tmp_path) / "pictures/1.png" == folder_of(tmp_path / "labels.csv") / "pictures/1.png"


def test_a_folder_of_another_name_or_without_pictures_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="names no picture"):
        read_labels(tmp_path, TASK)
    with pytest.raises(LabelsError, match="columns path, value and unit"):
        read_labels(tmp_path, LIPS)
    put(tmp_path, "moles/1.jpg")
    with pytest.raises(LabelsError, match="'moles' is not a label"):
        read_labels(tmp_path, TASK)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_as_an_office_program_saves_it(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "l.csv"
    lines = ["Path;LABEL;Group;Room", r"Müller\a.png; Melanocytic nevus ;p1;3", ";;;", "b.png;SEBORRHEIC_KERATOSIS;;"]
    file.write_bytes("\r\n".join(lines).encode(encoding))
    assert read_labels(file, TASK) == [
        Labelled(r"Müller\a.png", "melanocytic_nevus", "p1"),
        Labelled("b.png", "seborrheic_keratosis", "b.png"),
    ]


def test_the_paths_of_a_list_from_windows_are_found(tmp_path: Path, lesion: Picture) -> None:
    put(tmp_path, "ward 3/.keep")
    (tmp_path / "ward 3" / "a.png").write_bytes(lesion.data)
    rows = [Labelled(r"ward 3\a.png", "melanoma", "p"), Labelled(r"C:\a.png", "melanoma", "p")]
    assert [row.path for row, _ in opened(rows, tmp_path, quiet, Counter())] == [r"ward 3\a.png"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("path,label\na.png,\n", "line 2: the label is missing. Its labels: actinic"),
        ("path,label\na.png,mole\n", "line 2: 'mole' is not a label of skin/lesion-photo"),
        ("path;diagnosis\na.png;melanoma\n", "needs the columns path and label"),
        ("path,label\n,melanoma\n", "line 2: the path is missing"),
        ("\x00\x01\x02", "Save it as “CSV UTF-8”"),
        ("", "needs the columns path and label"),
        ("path,label\n", "names no picture"),
    ],
)
def test_a_list_that_cannot_be_used_gets_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "l.csv").write_text(content)
    with pytest.raises(LabelsError, match=sentence):
        read_labels(tmp_path / "l.csv", TASK)


def test_one_picture_with_two_labels_or_values_is_not_counted_for_either(tmp_path: Path, lesion: Picture) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(lesion.data)
    same = [Labelled("a.png", "melanoma", "p"), Labelled("b.png", "melanoma", "q")]
    left_out: Counter[str] = Counter()
    assert [row for row, _ in opened(same, tmp_path, quiet, left_out)] == same[:1], "a copy is no mistake"
    assert left_out == {COPY: 1}
    two = [same[0], Labelled("b.png", "melanocytic_nevus", "q")]
    with pytest.raises(LabelsError, match=r"a\.png and b\.png are the same picture, once as melanoma and once as mel"):
        list(opened(two, tmp_path, quiet, Counter()))
    two = [Labelled("a.png", "", "p", value=11.5, unit="g/dL"), Labelled("b.png", "", "p", value=12.0, unit="g/dL")]
    with pytest.raises(LabelsError, match=r"once as 11\.5 g/dL and once as 12 g/dL"):
        list(opened(two, tmp_path, quiet, Counter()))


def test_a_place_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    put(tmp_path, "file")
    check_writable(tmp_path / "new" / "deeper", "report")
    with pytest.raises(LabelsError, match="The report cannot be written"):
        check_writable(tmp_path / "file" / "deeper", "report")


def test_pictures_are_read_as_the_window_reads_them(tmp_path: Path, lesion: Picture) -> None:
    (tmp_path / "good.png").write_bytes(lesion.data)
    cv2.imwrite(str(tmp_path / "dark.png"), (lesion.pixels // 16)[:, :, ::-1])
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((200, 200, 3), 128, np.uint8))
    (tmp_path / "text.png").write_text("no picture")
    rows = [Labelled(f"{name}.png", "melanoma", name) for name in ("good", "text", "dark", "grey")]
    said: list[tuple[int, int, str]] = []
    left_out: Counter[str] = Counter()
    found = list(seen(TASK, rows, tmp_path, lambda *told: said.append(told), left_out))
    assert [entry.row.group for entry in found] == ["good", "dark", "grey"]
    good, dark, grey = (entry.reading for entry in found)
    assert good == look(TASK, lesion).reading
    # refused by the checks, but what the model makes of it stays known
    assert (dark.answer, grey.answer) == (CANNOT_JUDGE, CANNOT_JUDGE)
    assert dark.reason
    assert sum(dark.probabilities.values()) == pytest.approx(1)
    assert sum(grey.probabilities.values()) == pytest.approx(1)
    assert [(done, of) for done, of, _ in said] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [bool(about) for _, _, about in said] == [False, True, False, False]
    assert left_out == {UNREADABLE: 1}


def test_what_the_model_was_fitted_to_is_passed_over_and_told(tmp_path: Path, lesion: Picture) -> None:
    (tmp_path / "known.png").write_bytes(lesion.data)
    cv2.imwrite(str(tmp_path / "new.png"), lesion.pixels[:, :, ::-1] // 2)
    rows = [Labelled(f"{name}.png", "melanoma", name) for name in ("known", "new")]
    left_out: Counter[str] = Counter()
    found = opened(rows, tmp_path, quiet, left_out, frozenset({lesion.sha256}))
    assert [row.group for row, _ in found] == ["new"]
    assert left_out == {LEARNED: 1}
