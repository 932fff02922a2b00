"""An exam ready to be signed, for what runs outside pytest: its picture is ``b"a picture"``."""

import hashlib
from datetime import UTC, date, datetime

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review, Sex


def material() -> tuple[Exam, Patient]:
    patient = Patient(id="p1", identifier="2187-3", name="Zoë Ångström", sex=Sex.FEMALE, born=date(1990, 2, 3))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    picture = PictureRef(
        sha256=hashlib.sha256(b"a picture").hexdigest(),
        media_type="image/png",
        width=1,
        height=1,
        origin=Origin.CAMERA,
        device="",
        taken_at=at,
        phantom=True,
    )
    exam = Exam(
        id="e1",
        version=1,
        patient_id=patient.id,
        task="skin/rash",
        state=ExamState.DRAFT,
        created_at=at,
        program="0.1.0",
        picture=picture,
        reading=Reading("skin/rash", "mpox", ModelRef("m", "1", "00" * 32), ("mpox",), {"mpox": 1.0}),
        review=Review(answer="mpox", agrees=True),
    )
    return exam, patient
