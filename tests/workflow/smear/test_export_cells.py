"""Cells of signed smears as a training set: the class is the label, the patient the group, nobody is named."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clinoscope import modes, regions
from clinoscope.capture.files import open_picture
from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Why
from clinoscope.records import Vault
from clinoscope.workflow import consent, export_dataset
from clinoscope.workflow.smear import collect, export_cells, tables
from clinoscope.workflow.smear.bench import Bench

PASSWORD = "a long enough one"
TYPE, STAGE = "neutrophil/type", "neutrophil/stage"

Sign = Callable[..., Bench]


@pytest.fixture
def sign(vault: Vault, patient: Patient) -> Sign:
    """Collects fields into a smear, decides every cell in turn, and signs."""

    def signed(fields: tuple[Picture, ...], labels: tuple[str, ...], *, phantom: bool = False) -> Bench:
        exam = collect.begin(vault, patient, target=1)
        bench = Bench(vault, exam)
        for field in fields:
            bench.add_field(replace(field, phantom=phantom))
        while bench.read_next() is not None:
            pass
        for entry in bench.smear.fields:
            if entry.why is Why.NO_FIELD:  # they are drawn, and not marked as such here
                bench.take_in([entry.number])
        for place, cell in enumerate(bench.cells):
            bench.decide([cell.number], labels[place % len(labels)])
        bench.sign(PASSWORD)
        return bench

    return signed


def listed(out: Path) -> list[dict[str, str]]:
    with (out / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_cell_added_by_hand_says_so(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...], tmp_path: Path
) -> None:
    bench = Bench(vault, collect.begin(vault, patient, target=1))
    bench.add_field(replace(fields[0], phantom=False))
    bench.read_next()
    taken = [cell.seen.box.padded(0.3) for cell in bench.cells]
    places = (Box(x, y, 60, 60) for y in range(40, 400, 20) for x in range(40, 600, 20))
    bench.add_cell(1, next(box for box in places if all(box.shared(other) == 0 for other in taken)))
    bench.decide([cell.number for cell in bench.cells], "lymphocyte")
    bench.sign(PASSWORD)
    consent.note(vault, patient, Purpose.TRAINING, Consented.GIVEN, date(2026, 3, 1))
    export_dataset.export(vault, TYPE, tmp_path / "type")
    assert sorted(row["by_hand"] for row in listed(tmp_path / "type")) == [""] * (len(bench.cells) - 1) + ["1"]


def test_every_decided_cell_leaves_with_its_class(
    vault: Vault, patient: Patient, fields: tuple[Picture, ...], sign: Sign, tmp_path: Path
) -> None:
    bench = sign(fields, ("segmented", "lymphocyte", "myelocyte", "smudge"))
    consent.note(vault, patient, Purpose.TRAINING, Consented.GIVEN, date(2026, 3, 1))
    said = [cell.label for cell in bench.cells]
    done = export_dataset.export(vault, TYPE, tmp_path / "type")
    kept = {"neutrophil": said.count("segmented"), "lymphocyte": said.count("lymphocyte")}
    assert done.labels == kept | {"immature_granulocyte": said.count("myelocyte")}
    assert (done.patients, done.phantoms, done.left_out) == (1, 0, {})
    rows = listed(tmp_path / "type")
    assert len(rows) == done.pictures == len({row["path"] for row in rows})
    assert {row["camera"] for row in rows} == {"camera-1"}
    for row in rows:
        crop = open_picture(tmp_path / "type" / row["path"])
        (x, y, width, height) = json.loads(row["boxes"])["region"][0]
        assert x >= 0 and y >= 0 and x + width <= crop.width and y + height <= crop.height
        found = regions.find("cell", crop.pixels)
        assert found is not None
        across, down = found.box.centre
        assert x <= across <= x + width and y <= down <= y + height, "what is fitted and tested on it finds the cell"
        assert row["model"].startswith("neutrophil-type@")
        assert row["answer"] in {label.id for label in modes.task(TYPE).labels}
    stages = export_dataset.export(vault, STAGE, tmp_path / "stage")
    assert stages.labels == {"segmented": said.count("segmented"), "myelocyte": said.count("myelocyte")}
    assert "Cells of signed smears carry the class" in (tmp_path / "type" / "README.txt").read_text()
    for path in (tmp_path / "type").rglob("*"):
        told = (path.read_bytes() if path.is_file() else b"") + str(path.relative_to(tmp_path)).encode()
        for secret in (patient.id, patient.name, "Microscope 2", bench.exam.id, "Ada"):
            assert secret.encode() not in told, "nobody is named"


def test_a_patient_who_was_not_asked_gives_no_cell(
    vault: Vault, fields: tuple[Picture, ...], sign: Sign, tmp_path: Path
) -> None:
    sign(fields[:1], ("segmented",))
    with pytest.raises(KnownError, match="was not asked"):
        export_dataset.export(vault, TYPE, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_drawn_fields_need_nobodys_consent_and_the_same_field_is_taken_once(
    vault: Vault, fields: tuple[Picture, ...], sign: Sign, tmp_path: Path
) -> None:
    first = sign(fields[:1], ("segmented",), phantom=True)
    sign(fields[:1], ("segmented",), phantom=True)
    done = export_dataset.export(vault, TYPE, tmp_path / "out")
    assert done.pictures == done.phantoms == len(first.cells)
    assert done.left_out == {"the same picture is in another exam": 1}


def test_a_smear_without_a_cell_of_the_task_is_left_out(
    vault: Vault, fields: tuple[Picture, ...], sign: Sign, tmp_path: Path
) -> None:
    sign(fields[:1], ("segmented",), phantom=True)
    sign(fields[1:2], ("smudge", "lymphocyte"), phantom=True)
    done = export_dataset.export(vault, STAGE, tmp_path / "out")
    assert done.left_out == {"no cell of the smear is in a class that is a label of the task": 1}


def test_a_lost_field_costs_its_own_cells_and_no_others(
    vault: Vault, fields: tuple[Picture, ...], sign: Sign, tmp_path: Path
) -> None:
    bench = sign(fields[:2], ("segmented", "lymphocyte"), phantom=True)
    lost = bench.smear.fields[0]
    vault.pictures.path(lost.picture.sha256).write_bytes(b"damaged")
    done = export_dataset.export(vault, TYPE, tmp_path / "out")
    assert done.pictures == sum(cell.field != lost.number for cell in bench.cells) > 0
    assert list(done.left_out.values()) == [1]
    assert "missing from the vault or damaged, so its cells" in (tmp_path / "out" / "README.txt").read_text()


def test_a_class_means_a_label_of_the_task_or_none() -> None:
    classes = tables.classes()
    types, stages = modes.task(TYPE), modes.task(STAGE)
    assert export_cells.label_of(classes["band"], types) == "neutrophil"
    assert export_cells.label_of(classes["band"], stages) == "band"
    assert export_cells.label_of(classes["lymphocyte"], stages) == ""
    assert export_cells.label_of(classes["smudge"], types) == ""
    assert export_cells.also_from(modes.task("skin/rash")) == ()
