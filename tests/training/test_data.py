import dataclasses
import json
from pathlib import Path

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box, Region
from clinoscope.training import data
from clinoscope.training.data import listed_rows, training_rows
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


OWN_COLUMNS = "path,label,group,boxes,camera,hb_g_dl,hb_days,model,answer"


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
    assert data._own_boxes(text) == (Box(5, 5, 20, 20),)


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
    with pytest.raises(KnownError, match=r"labels\.csv has boxes that cannot be read"):
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
    with pytest.raises(KnownError, match="needs the columns path and label in every row"):
        own(line)


def test_a_list_that_is_not_utf8_is_a_sentence(recipe, tmp_path):
    (tmp_path / "labels.csv").write_bytes("path,label\né.png,melanoma".encode("latin-1"))
    with pytest.raises(KnownError, match="not a CSV file in UTF-8"):
        training_rows(recipe, tmp_path)


def test_too_few_groups_for_the_folds_is_a_sentence(recipe, spots_folder):
    with pytest.raises(KnownError, match="6 groups with the label melanocytic_nevus, and 7 are needed"):
        training_rows(dataclasses.replace(recipe, folds=7), spots_folder)


def test_at_most_so_many_of_each_label_and_always_the_same(recipe, spots_folder):
    few = dataclasses.replace(recipe, at_most=7)
    rows = training_rows(few, spots_folder)
    assert len(rows) == 21
    assert rows == training_rows(few, spots_folder)
