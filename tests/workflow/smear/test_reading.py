"""What is suggested for a cell, and one drawn field from pixels to cells."""

import hashlib
from collections.abc import Mapping

import cv2
import numpy as np
import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.smear import CellKind
from clinoscope.domain.smear_sheet import NOT_COUNTED, UNIDENTIFIED
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.smear.reading import class_shares, read_field, suggestion


def test_stages_part_the_probability_of_their_own_type() -> None:
    stage = {"promyelocyte": 0.1, "myelocyte": 0.1, "metamyelocyte": 0.2, "band": 0.15, "segmented": 0.45}
    shares = class_shares({"neutrophil": 0.8, "immature_granulocyte": 0.12, "monocyte": 0.08}, stage)
    assert shares == pytest.approx(
        {
            "segmented": 0.6,
            "band": 0.2,
            "metamyelocyte": 0.06,
            "myelocyte": 0.03,
            "promyelocyte": 0.03,
            "monocyte": 0.08,
        }
    )


def test_without_stages_the_type_stands_for_its_commonest_class() -> None:
    shares = class_shares({"neutrophil": 0.7, "lymphocyte": 0.3}, {})
    assert (shares["segmented"], shares["band"], shares["lymphocyte"]) == (0.7, 0.0, 0.3)


@pytest.mark.parametrize(
    ("kind", "shares", "foreign", "label", "doubt"),
    [
        (CellKind.WHOLE, {"band": 0.8, "segmented": 0.2}, False, "band", 0.2),
        (CellKind.WHOLE, {"band": 0.8, "segmented": 0.2}, True, "band", 1.0),
        (CellKind.WHOLE, {"band": 0.45, "segmented": 0.4}, False, UNIDENTIFIED, 0.55),
        (CellKind.TOUCHING, {"band": 0.8}, False, "band", 0.2),
        (CellKind.CUT, {"band": 0.8}, False, NOT_COUNTED, 0.2),
        (CellKind.SMUDGED, {"band": 0.8}, False, "smudge", 0.5),
        (CellKind.WHOLE, {}, False, UNIDENTIFIED, 1.0),
    ],
)
def test_suggestions(kind: CellKind, shares: Mapping[str, float], foreign: bool, label: str, doubt: float) -> None:
    assert suggestion(kind, shares, foreign=foreign) == (label, pytest.approx(doubt))


def test_a_drawn_field_is_read() -> None:
    picture = open_picture(phantom("neutrophil/cells"))
    read = read_field(picture.pixels, phantom=True)
    assert len(read.cells) == 12
    assert [cell.crop for cell in read.cells] == [hashlib.sha256(crop).hexdigest() for crop in read.crops]
    assert all(abs(sum(cell.type.values()) - 1) < 1e-3 for cell in read.cells)
    segmented = [cell for cell in read.cells if cell.suggested == "segmented"]
    assert len(segmented) >= 4
    assert all(cell.stage and {flag.id for flag in cell.flags} == {"vacuoles", "atypical"} for cell in segmented)
    assert [model.name for model in read.models] == ["neutrophil-cells", "neutrophil-type", "neutrophil-stage"]
    small = cv2.imdecode(np.frombuffer(read.small, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert small is not None
    assert small.shape == (200, 320)


def test_a_drawn_cell_is_foreign_unless_it_is_said_to_be_drawn() -> None:
    pixels = open_picture(phantom("neutrophil/cells")).pixels
    cells = read_field(pixels).cells
    assert all(cell.foreign and cell.doubt == 1.0 for cell in cells)
    assert not any(cell.foreign for cell in read_field(pixels, phantom=True).cells)


def test_a_cell_keeps_whether_it_was_read_with_caution() -> None:
    pixels = open_picture(phantom("neutrophil/cells")).pixels
    read = read_field(pixels, phantom=True)
    assert all(cell.cautious for cell in read.cells)
    types, stages = (model.sha256 for model in read.models[1:])
    tested = read_field(pixels, phantom=True, validated={types, stages}).cells
    assert not any(cell.cautious for cell in tested)
    assert {bool(cell.stage): cell.cautious for cell in read_field(pixels, phantom=True, validated={types}).cells} == {
        True: True,
        False: False,
    }, "only the stages are not validated, and not every cell has one"


def test_an_empty_field_has_no_cells() -> None:
    read = read_field(np.full((300, 400, 3), 235, np.uint8))
    assert (read.cells, read.crops) == ((), ())
