import dataclasses
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box, Region
from clinoscope.training import data
from clinoscope.training.data import Row, check_groups, listed_rows, training_rows
from clinoscope.training.recipe import Below, Columns, Rows, load


@pytest.fixture
def recipe(recipe_file):
    return load(recipe_file)


def listed(folder: Path, *lines: str) -> Path:
    (folder / "listed.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_rows_are_kept_mapped_and_skipped_as_the_recipe_says(tmp_path):
    folder = listed(
        tmp_path,
        "path,label,group,source,attributes",
        "a.jpg,bcc,p1,clinic,shape=round;size=big",
        "b.jpg,scc,p2,clinic,shape=flat;size=big",
        "c.jpg,nevus,p3,clinic,shape=round;size=small",
        "d.jpg,unknown,p4,clinic,shape=round",
        "e.jpg,bcc,p5,elsewhere,shape=round",
    )
    rows = Rows(
        csv="listed.csv",
        where={"source": ("clinic",)},
        skip=({"label": ("scc",), "attributes.shape": ("flat",)},),
        labels={"bcc": "carcinoma", "scc": "carcinoma", "nevus": "nevus"},
    )
    found = listed_rows(rows, folder)
    assert [(row.path.name, row.label, row.group, row.source) for row in found] == [
        ("a.jpg", "carcinoma", "p1", "clinic"),
        ("c.jpg", "nevus", "p3", "clinic"),
    ]


def test_a_number_becomes_two_labels_and_boxes_are_read(tmp_path):
    boxes = json.dumps({"nail": [[1.4, 2.6, 30.0, 20.2]], "skin": []}).replace('"', '""')
    folder = listed(tmp_path, "path,hb,boxes", f'a.jpg,11.9,"{boxes}"', "b.jpg,12.0,", "c.jpg,,")
    rows = Rows(
        csv="listed.csv", columns=Columns(label="hb"), below=Below(limit=12, labels=("anemic", "not")), boxes="nail"
    )
    found = listed_rows(rows, folder)
    assert [(row.label, row.boxes) for row in found] == [("anemic", (Box(1, 3, 30, 20),)), ("not", ())]
    assert [row.group for row in found] == ["a.jpg", "b.jpg"]


def test_class_folders_group_by_the_folder_of_a_patient(recipe, spots_folder):
    rows = training_rows(recipe, spots_folder)
    assert len(rows) == 36
    assert len({row.group for row in rows}) == 18
    assert {row.label for row in rows} == set(recipe.labels)


def test_a_clinics_own_list_is_taken_before_its_folders(recipe, tmp_path):
    lines = ["path,label,group"]
    for label in recipe.labels:
        lines += [f"pictures/{label}{number}.jpg,{label},patient {label}{number}" for number in range(3)]
    (tmp_path / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    rows = training_rows(recipe, tmp_path)
    assert len(rows) == 9
    assert rows[0].path == tmp_path / "pictures" / f"{recipe.labels[0]}0.jpg"


OWN_COLUMNS = "path,label,group,boxes,camera,hb_g_dl,hb_days,model,answer,by_hand"


@pytest.fixture
def own(recipe, tmp_path):
    """Writes a clinic's own list as the program exports it, with this as the first line, and reads it."""

    def read(first="pictures/a.png,melanoma,p1,,,,,,", recipe=recipe):
        lines = [OWN_COLUMNS, first]
        lines += [f"pictures/{label}{n}.png,{label},{label}{n},,,,,," for label in recipe.labels for n in range(3)]
        (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return training_rows(recipe, tmp_path)[0]

    return read


def test_the_export_brings_boxes_camera_and_every_other_column(own):
    boxes = '"{""region"": [[1, 2, 30, 40], [5, 6, 7, 8]]}"'
    row = own(f"pictures/a.png,melanoma,p1,{boxes},camera-2,11.90,-3,anemia-nail 1.0.0,anemic")
    assert row.boxes == (Box(1, 2, 30, 40), Box(5, 6, 7, 8))
    assert (row.group, row.source) == ("p1", "camera-2")
    assert (row.cell("hb_g_dl"), row.cell("hb_days"), row.cell("answer")) == ("11.90", "-3", "anemic")
    assert row.cell("nothing") == ""


def test_without_boxes_and_camera_the_region_is_found_and_the_source_is_own(own):
    row = own()
    assert (row.boxes, row.source) == ((), "own")


def test_boxes_are_no_outline(own, recipe):
    """A recipe that paints the outside black must find the outline itself, as the running program does."""
    outlined = dataclasses.replace(recipe, input=dataclasses.replace(recipe.input, outline_only=True))
    line = 'pictures/a.png,melanoma,p1,"{""region"": [[1, 2, 30, 40]]}",,,,,'
    assert own(line).boxes
    assert own(line, outlined).boxes == ()


def test_what_the_program_exports_is_what_is_read():
    from clinoscope.workflow import export_dataset, export_pictures

    assert ",".join(export_dataset.COLUMNS) == OWN_COLUMNS
    text = export_pictures.boxes_json(Region(Box(10, 10, 20, 20), "drawn"), Box(5, 5, 50, 50))
    assert data._own_boxes(text, "labels.csv", 2) == (Box(5, 5, 20, 20),)


@pytest.mark.parametrize(
    "boxes",
    [
        "[]",
        "{",
        '{"region": 3}',
        '{"region": [[1, 2, 3]]}',
        '{"region": [[1, 2, 3, null]]}',
        '{"region": [[1,2,3,1e999]]}',
    ],
)
def test_boxes_that_cannot_be_read_are_a_sentence(own, boxes):
    quoted = boxes.replace('"', '""')
    with pytest.raises(KnownError, match=r"labels\.csv, line 2: boxes that cannot be read"):
        own(f'pictures/a.png,melanoma,p1,"{quoted}",,,,,')


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.png", "pictures/../../a.png", r"..\a.png", r"C:\a.png", "C:a.png", r"\\server\share\a.png"],
)
def test_a_list_names_nothing_outside_its_folder(own, path):
    with pytest.raises(KnownError, match="which is not in its folder"):
        own(f"{path},melanoma,p1,,,,,,")


@pytest.mark.parametrize("line", [",melanoma,p1,,,,,,", "pictures/a.png,,p1,,,,,,", "pictures/a.png"])
def test_a_row_without_path_or_label_is_a_sentence(own, line):
    with pytest.raises(KnownError, match="line 2: the path or the label is missing"):
        own(line)


def test_a_list_that_is_no_text_or_lacks_a_column_is_a_sentence(recipe, tmp_path):
    (tmp_path / "labels.csv").write_bytes(b"\x89PNG\0\0")
    with pytest.raises(KnownError, match="cannot be read as a CSV file"):
        training_rows(recipe, tmp_path)
    (tmp_path / "labels.csv").write_text("Picture;Label\na.png;melanoma\n")
    with pytest.raises(KnownError, match="needs the columns path and label; it has Picture, label"):
        training_rows(recipe, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_as_an_office_program_saves_it(recipe, tmp_path, encoding):
    lines = [
        "Path;Label;Group",
        *(f"é\\{label}{n}.png;{label.upper()};{n}" for label in recipe.labels for n in range(3)),
    ]
    (tmp_path / "labels.csv").write_bytes("\r\n".join(lines).encode(encoding))
    rows = training_rows(recipe, tmp_path)
    assert [row.label for row in rows[::3]] == list(recipe.labels)
    assert rows[0].path == tmp_path / "é" / f"{recipe.labels[0]}0.png"


def test_what_is_left_out_of_a_clinics_own_list_is_told(recipe, tmp_path):
    lines = ["path,label", "x.png,naevus", "y.png,Naevus", "z.png,naevus"]
    lines += [f"{label}{n}.png,{recipe_words(label)}" for label in recipe.labels for n in range(3)]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    said = []
    assert len(training_rows(recipe, tmp_path, said.append)) == 9, "words and capitals are no other label"
    assert said == ["Left out, for the recipe does not have their labels: naevus (2), Naevus (1)."]


def recipe_words(label):
    return label.replace("_", " ").capitalize()


@pytest.fixture
def folders(spots_folder, tmp_path):
    """The class folders, to be changed."""
    shutil.copytree(spots_folder, tmp_path / "own")
    return tmp_path / "own"


def test_a_copy_under_another_name_does_not_test_what_it_trained(recipe, folders):
    said = []
    before = training_rows(recipe, folders, said.append)
    assert said == []
    for number, row in enumerate(before[:5]):
        shutil.copy(row.path, folders / row.label / f"zz-copy-{number}.png")  # which would be a group of its own
    assert training_rows(recipe, folders, said.append) == before
    assert said == ["Left out, for they are copies of other pictures: 5."]


def test_a_picture_with_two_labels_is_a_sentence(recipe, folders):
    shutil.copy(folders / "melanoma" / "melanoma-0" / "0.png", folders / "melanocytic_nevus" / "a.png")
    with pytest.raises(KnownError, match=r"nevus/a\.png and melanoma/melanoma-0/0\.png are the same picture, labelled"):
        training_rows(recipe, folders)


def test_two_regions_of_one_picture_are_no_copies(recipe, tmp_path):
    box = '"{""region"": [[%d, 2, 30, 40]]}"'
    lines = ["path,label,group,boxes", *(f"a.png,melanoma,p1,{box % x}" for x in (1, 1, 50))]
    lines += [f"{label}{n}.png,{label},{label}{n}," for label in recipe.labels for n in range(3)]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((9, 9, 3), np.uint8))
    assert [row.boxes[0].x for row in training_rows(recipe, tmp_path) if row.boxes] == [1, 50]


def test_files_that_are_not_read_are_told_and_hidden_ones_passed_over(recipe, folders):
    for name in ("a.heic", "b.HEIC", "c.dcm", "._d.png", "notes.txt"):
        (folders / "melanoma" / name).write_bytes(b"x")
    said = []
    assert len(training_rows(recipe, folders, said.append)) == 36
    assert said == ["Left out, for training does not read such files: .heic (2), .dcm (1). Save them as PNG or JPEG."]


def test_too_few_groups_for_the_folds_is_a_sentence(recipe, spots_folder):
    with pytest.raises(KnownError, match="6 groups with the label melanocytic_nevus, and 7 are needed"):
        training_rows(dataclasses.replace(recipe, folds=7), spots_folder)


def test_one_group_is_said_as_one(recipe):
    rows = [Row(Path("a.png"), label, "p1", "own") for label in recipe.labels]
    with pytest.raises(KnownError, match="pictures of 1 group with the label"):
        check_groups(rows, recipe)


def test_at_most_so_many_of_each_label_and_always_the_same(recipe, spots_folder):
    few = dataclasses.replace(recipe, at_most=7)
    rows = training_rows(few, spots_folder)
    assert len(rows) == 21
    assert rows == training_rows(few, spots_folder)
