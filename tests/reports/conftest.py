"""An exam to report on, drawn here."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import UNSURE, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review, Sex, Signature, User
from clinoscope.domain.region import Box, Region
from clinoscope.reports import ExamReport

TAKEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def report() -> ExamReport:
    """A signed exam of a spot the model was unsure about and the clinician was not."""
    pixels = np.full((480, 640, 3), (214, 170, 150), np.uint8)
    pixels[190:290, 270:370] = (90, 60, 50)
    picture = Picture(pixels, b"as taken", "ab" * 32, "image/png", Origin.FILE, TAKEN)
    exam = Exam(
        id="e" * 32,
        version=1,
        patient_id="p",
        task="skin/lesion-photo",
        state=ExamState.SIGNED,
        created_at=TAKEN,
        program="0.1.0",
        picture=PictureRef(
            sha256="ab" * 32,
            media_type="image/png",
            width=640,
            height=480,
            origin=Origin.FILE,
            device="",
            taken_at=TAKEN,
            phantom=False,
        ),
        quality=Quality((Finding(Check.GLARE, False, 0.2, 0.1, "Turn the lamp away."),)),
        region=Region(Box(270, 190, 100, 100), "contrast"),
        reading=Reading(
            "skin/lesion-photo",
            UNSURE,
            ModelRef("skin-lesion-photo", "1.0", "cd" * 32),
            ("seborrheic_keratosis", "melanocytic_nevus"),
            {
                "actinic_keratosis": 0.05,
                "keratinocyte_carcinoma": 0.1,
                "melanocytic_nevus": 0.31,
                "melanoma": 0.08,
                "seborrheic_keratosis": 0.46,
            },
        ),
        review=Review(answer="melanocytic_nevus", agrees=False, comment="Regular <b>network</b> & no change."),
        signature=Signature(user=User(id="u", name="Dr Ada Okafor"), at=TAKEN, public_key="k" * 44, value="s" * 88),
    )
    patient = Patient(id="p", identifier="2187-4", name="Żofia Ångström", sex=Sex.FEMALE, born=date(1992, 3, 1))
    return ExamReport(exam, patient, picture, package="Right 7 times in 10 when it answers.")
