"""A picture that leaves: without what names anyone, and of a face only the region unless it is asked for."""

import io

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base

from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.quality import Quality
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.regions import around
from clinoscope.workflow import exams, share

REGION = Region(Box(60, 50, 40, 20), "drawn")


@pytest.fixture
def exam(vault: Vault, patient: Patient) -> Exam:
    """A lip photo, as a telephone saved it."""
    told = Image.Exif()
    told[Base.Artist] = "Ada Okafor"
    told[Base.Orientation] = 3
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 100, (120, 160, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "JPEG", quality=95, exif=told)
    made = exams.take(vault, patient, "anemia/lip", open_picture(out.getvalue()))
    return exams.set_region(vault, made, REGION, Quality())


def test_of_a_face_only_the_region_leaves(vault: Vault, exam: Exam) -> None:
    made = share.picture_file(vault, exam)
    assert made.name == f"picture-{exam.id[:8]}-v1.png"
    shown = open_picture(made.data).pixels
    assert (shown == around.hidden(exams.picture_of(vault, exam).pixels, REGION)).all()
    assert (shown[:30] == around.GREY).all()
    assert b"Okafor" not in made.data


def test_the_whole_picture_leaves_when_it_is_asked_for_and_still_names_nobody(vault: Vault, exam: Exam) -> None:
    made = share.picture_file(vault, exam, whole=True)
    assert made.name.endswith(".jpg")
    assert b"Okafor" not in made.data
    assert (open_picture(made.data).pixels == exams.picture_of(vault, exam).pixels).all()
    assert exam.picture is not None
    assert b"Okafor" in vault.pictures.get(exam.picture.sha256), "the record stays as it was"


def test_the_tasks_file_says_what_is_usual(vault: Vault, exam: Exam) -> None:
    assert not share.shows_whole(exam, None)
    assert share.shows_whole(exam, True)
    spot = Exam(**{**{name: getattr(exam, name) for name in exam.__dataclass_fields__}, "task": "skin/lesion-photo"})
    assert share.shows_whole(spot, None)
    assert not share.shows_whole(spot, False)


def test_an_exam_without_a_picture_has_none_to_share(vault: Vault, exam: Exam) -> None:
    bare = Exam(**{**{name: getattr(exam, name) for name in exam.__dataclass_fields__}, "picture": None})
    with pytest.raises(NotAllowed):
        share.picture_file(vault, bare)
