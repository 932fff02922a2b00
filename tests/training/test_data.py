import dataclasses
import json
from pathlib import Path

import pytest

from clinoscope.domain.errors import KnownError
from clinoscope.domain.region import Box
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


def test_too_few_groups_for_the_folds_is_a_sentence(recipe, spots_folder):
    with pytest.raises(KnownError, match="6 groups with the label melanocytic_nevus, and 7 are needed"):
        training_rows(dataclasses.replace(recipe, folds=7), spots_folder)


def test_at_most_so_many_of_each_label_and_always_the_same(recipe, spots_folder):
    few = dataclasses.replace(recipe, at_most=7, folds=2)
    rows = training_rows(few, spots_folder)
    assert len(rows) == 21
    assert rows == training_rows(few, spots_folder)
