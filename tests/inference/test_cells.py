import json
import math
import shutil

import cv2
import numpy as np
import pytest

from clinoscope import inference, modes
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED
from clinoscope.domain.region import Box, Region
from clinoscope.inference import cells, fields, install, packages
from clinoscope.paths import MODELS, RESOURCES


@pytest.fixture(scope="module")
def smear():
    picture = cv2.imread(str(RESOURCES / "phantoms" / "smear.png"))
    return np.ascontiguousarray(picture[..., ::-1])


@pytest.fixture(scope="module")
def whole(smear):
    return Region(Box(0, 0, smear.shape[1], smear.shape[0]), "whole")


@pytest.fixture(scope="module")
def reading(smear, whole):
    return inference.read(modes.task(cells.TASK), smear, whole, phantom=True)


def test_every_drawn_white_cell_is_found_and_read(reading):
    truth = json.loads((RESOURCES / "phantoms" / "smear_truth.json").read_text(encoding="utf-8"))
    drawn = [Box(*entry["box"]) for entry in truth["cells"]]
    assert reading.answer == COUNTED
    found = [cell.box for cell in reading.cells]
    hit = sum(any(box.iou(other) >= 0.3 for other in found) for box in drawn)
    assert hit >= 0.8 * len(drawn)


def test_every_cell_has_a_type_and_the_neutrophil_line_a_stage(reading):
    assert reading.cells
    for cell in reading.cells:
        assert sum(cell.type.values()) == pytest.approx(1)
        top = max(cell.type, key=cell.type.__getitem__)
        assert bool(cell.stage) == (top in cells.NEUTROPHIL_LINE)
        if cell.stage:
            assert sum(cell.stage.values()) == pytest.approx(1)


def test_the_measures_add_up(reading):
    tops = [max(cell.type, key=cell.type.__getitem__) for cell in reading.cells]
    counted = {"neutrophil", "immature_granulocyte", "eosinophil", "basophil", "lymphocyte", "monocyte"}
    white = sum(top in counted for top in tops)
    count = reading.measures[0]
    assert (count.name, count.value) == ("white cells", white)
    assert count.uncertainty == pytest.approx(math.sqrt(white))
    if white:
        share = reading.measures[1]
        assert share.unit == "%"
        assert share.value == pytest.approx(100 * tops.count("neutrophil") / white)


def test_only_cells_inside_the_region_count(smear, reading):
    half = Region(Box(0, 0, smear.shape[1] // 2, smear.shape[0]), "drawn")
    inside = cells.count(smear, half, phantom=True)
    assert 0 < len(inside.cells) < len(reading.cells)
    assert all(cell.box.centre[0] <= smear.shape[1] // 2 for cell in inside.cells)


def test_an_empty_field_has_no_cells_and_no_share(whole, smear):
    empty = np.full_like(smear, (238, 225, 228))
    found = cells.count(empty, whole, phantom=True)
    assert found.cells == ()
    assert [measure.value for measure in found.measures] == [0]


def test_another_type_package_than_the_one_measured_with_is_refused(tmp_path, monkeypatch, smear, whole):
    models = tmp_path / "models"
    shutil.copytree(MODELS / "neutrophil", models / "neutrophil")
    file = models / "neutrophil" / "type" / "package.toml"
    body = file.read_text(encoding="utf-8").partition("\n")[2]
    file.write_bytes(packages.sealed(body + "\n# touched\n"))
    monkeypatch.setattr(packages, "MODELS", models)
    with pytest.raises(PackageError, match="for neutrophil/type that is needed here"):
        cells.count(smear, whole)


def test_another_type_package_put_in_use_changes_no_count(own_package, site, smear, whole, reading):
    own = own_package(("^temperature = .*", "temperature = 9.0"), task="neutrophil/type")
    added = install.install(own, site, lambda doing, share: None)
    install.use("neutrophil/type", added.model.sha256, site)
    assert packages.for_task("neutrophil/type").ref == added.model
    assert cells.count(smear, whole, phantom=True) == reading


def test_a_field_is_strange_when_most_of_its_cells_are(monkeypatch, smear, whole):
    from clinoscope.inference import classify

    def four_of_seven():
        answers = iter([True, False] * 4)
        monkeypatch.setattr(classify, "strange", lambda *_: next(answers))

    four_of_seven()
    assert cells.strange(smear, whole), "4 of 7, and it is drawn"
    four_of_seven()
    assert cells.count(smear, whole).answer == CANNOT_JUDGE
    four_of_seven()
    monkeypatch.setattr(fields, "is_field", lambda *_: True)
    assert not cells.strange(smear, whole), "the field speaks for itself where its cells are of another stain"
    monkeypatch.setattr(fields, "is_field", lambda *_: False)
    monkeypatch.setattr(classify, "strange", lambda *_: False)
    assert not cells.strange(smear, whole)


def test_without_cells_the_field_is_asked(monkeypatch, smear, whole):
    blank = np.full_like(smear, 230)
    assert cells.strange(blank, whole)
    found = cells.count(blank, whole)
    assert (found.answer, found.reason, found.measures) == (CANNOT_JUDGE, cells.NO_FIELD, ())
    monkeypatch.setattr(fields, "is_field", lambda *_: True)
    assert not cells.strange(blank, whole), "an empty field is a field"
    assert cells.count(blank, whole).answer == COUNTED
