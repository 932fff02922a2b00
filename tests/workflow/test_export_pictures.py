"""What of a picture leaves: its region with a margin, upright, and no face."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clinoscope import modes
from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.domain.reading import MEASURED
from clinoscope.domain.record import Patient
from clinoscope.domain.region import Box, Region
from clinoscope.paths import MODELS
from clinoscope.records import Vault
from clinoscope.training import recipe as recipes
from clinoscope.workflow import export_pictures, labs
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.export_dataset import LabelBy, LeftOut, export

sys.path.insert(0, str(Path(__file__).parent))
from signed_pictures import drawn, events, listed, shown, signed


def test_pixels_are_those_of_the_picture_upright_and_the_box_is_where_the_region_was(
    vault: Vault, people: tuple[Patient, ...], tmp_path: Path
) -> None:
    about = Image.Exif()
    about[274] = 6  # the phone was held upright: turn a quarter
    picture = drawn(3, exif=about)
    assert (picture.width, picture.height) == (120, 160)
    region = Region(Box(20, 30, 60, 40), "drawn")
    signed(vault, people[0], picture, task="skin/rash", answer="mpox", region=region)
    export(vault, "skin/rash", tmp_path / "set")
    (row,) = listed(tmp_path / "set")
    kept = export_pictures.cut("skin", region, Box(0, 0, 120, 160))
    assert np.array_equal(shown(tmp_path / "set", row), picture.pixels[kept.y : kept.bottom, kept.x : kept.right])
    assert json.loads(row["boxes"]) == {"region": [[20 - kept.x, 30 - kept.y, 60, 40]]}
    export(vault, "skin/rash", tmp_path / "whole", whole=True)
    (row,) = listed(tmp_path / "whole")
    assert np.array_equal(shown(tmp_path / "whole", row), picture.pixels)
    assert json.loads(row["boxes"]) == {"region": [[20, 30, 60, 40]]}


@pytest.mark.parametrize("kind", sorted(export_pictures.CUTS))
def test_what_is_cut_holds_the_region_with_its_margin(kind: str) -> None:
    region = Region(Box(300, 300, 200, 100), "drawn", parts=(Box(300, 300, 40, 60), Box(450, 350, 50, 50)))
    kept = export_pictures.cut(kind, region, Box(0, 0, 800, 700))
    for box in (region.box, *region.parts):
        assert kept.x <= box.x and kept.y <= box.y and kept.right >= box.right and kept.bottom >= box.bottom
    assert export_pictures.cut(kind, Region(Box(0, 0, 800, 700), "whole"), Box(0, 0, 800, 700)) == Box(0, 0, 800, 700)


def test_every_kind_of_region_has_its_rule_and_every_recipe_its_margin() -> None:
    tasks = [modes.task(task) for task in modes.task_ids()]
    assert {task.region for task in tasks} <= set(export_pictures.CUTS)
    for path in (MODELS / "recipes").glob("*.toml"):
        made = recipes.load(path)
        if modes.task(made.task).region != "lips":
            assert export_pictures.CUTS[modes.task(made.task).region].margin > made.input.margin, path.name


def test_of_a_lip_photo_no_face_leaves(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    face = open_picture(phantom("anemia/lip"))
    lips = Region(Box(520, 646, 241, 122), "landmarks")
    reading = {"task": "anemia/lip", "answer": MEASURED}
    signed(vault, people[0], face, region=lips, **reading)
    signed(vault, people[1], drawn(1), region=None, **reading)
    for patient in people[:2]:
        labs.add(vault, patient, labs.HAEMOGLOBIN, "11", "g/dL", (face.taken_at).astimezone().date())
    with pytest.raises(NotAllowed, match="would show who it is"):
        export(vault, "anemia/lip", tmp_path / "set", label_by=LabelBy.HB, whole=True)
    with pytest.raises(NotAllowed, match="let the haemoglobin be the label"):
        export(vault, "anemia/lip", tmp_path / "set")
    done = export(vault, "anemia/lip", tmp_path / "set", label_by=LabelBy.HB, hb_days=100_000)
    assert (done.labels, done.left_out) == ({"anemic": 1}, {LeftOut.NO_REGION.value: 1})
    assert done.phantoms == 1
    (row,) = listed(tmp_path / "set")
    assert shown(tmp_path / "set", row).shape[0] < 0.3 * face.height


def test_a_cut_that_shows_a_face_is_left_out(vault: Vault, people: tuple[Patient, ...], tmp_path: Path) -> None:
    face = open_picture(phantom("anemia/lip"))
    everything = Region(Box(0, 0, face.width, face.height), "drawn")
    signed(vault, people[0], face, task="skin/rash", answer="mpox", region=everything)
    with pytest.raises(KnownError, match=f"nothing to export of .*: 1 left out because {LeftOut.FACE}"):
        export(vault, "skin/rash", tmp_path / "set")
    assert not (tmp_path / "set").exists()
    assert "dataset.export" not in events(vault)
