"""The clinic of the pictures: people who do not exist, with their visits and lab values, and who looks after them."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from clinoscope import modes
from stage import PHANTOMS

if TYPE_CHECKING:
    from clinoscope.domain.record import Exam, Patient
    from clinoscope.records import Vault

USER, PASSWORD = "Grace Mensah", "three quiet rivers"
PEOPLE = (
    ("Ada Okafor", "F", date(1990, 1, 3)),
    ("Béla Szőke", "M", date(1986, 2, 4)),
    ("Chidi Nwosu", "M", date(1982, 3, 5)),
    ("Dilnoza Karimova", "F", date(1978, 4, 6)),
    ("Emre Yıldız", "M", date(1974, 5, 7)),
    ("Fatou Diallo", "F", date(2009, 6, 8)),
    ("Hanna Lindqvist", "F", date(1962, 8, 10)),
    ("Joana Ferreira da Silva", "F", date(1954, 10, 12)),
    ("Kofi Mensah", "M", None),
)
VISITS = (
    # patient, task, phantom, days ago, how far: "signed", "read", "taken" or "refused": see fill
    (0, "anemia/lip", "lips.png", 92, "signed"),
    (0, "anemia/lip", "lips_card.png", 61, "signed"),
    (0, "anemia/lip", "face.png", 30, "signed"),
    (0, "anemia/lip", "lips.png", 1, "signed"),
    (0, "skin/lesion-photo", "lesion.png", 40, "signed"),
    (1, "scalp/disease", "scalp.png", 2, "signed"),
    (3, "skin/rash", "rash.png", 1, "signed"),
    (6, "neutrophil/cells", "smear.png", 3, "read"),
    (3, "scalp/hair-loss", "vertex.png", 1, "read"),
    (7, "scalp/disease", "scalp.png", 6, "refused"),
    (6, "anemia/nail", "nails.png", 3, "read"),
    (8, "skin/lesion-photo", "rash.png", 2, "signed"),
    (8, "anemia/nail", "lesion.png", 2, "taken"),
    (2, "anemia/conjunctiva", "eyelid.png", 4, "signed"),
    (5, "anemia/conjunctiva", "eyelid.png", 5, "signed"),
    (4, "skin/lesion-dermoscopy", "dermoscopy.png", 0, "taken"),
    (0, "anemia/lip", "lips_card.png", 0, "read"),
    (0, "skin/lesion-photo", "lesion.png", 0, "read"),
)
LABS = (
    # of the first patient: value, unit, days ago, the time of day, why it is void
    ("9.1", "g/dL", 92, time(9, 40), ""),
    ("104", "g/L", 61, None, ""),
    ("21", "g/dL", 30, None, "Typed from another patient's sheet."),
    ("11.2", "g/dL", 30, time(8, 15), ""),
)


def fill(vault: Vault) -> tuple[list[Patient], list[Exam]]:
    """People, visits and lab values, each visit read by the installed packages; a task without one is left out.

    No phantom is refused: to show what that looks like, one is read as if it were a photograph.
    """
    from clinoscope.domain.errors import PackageError
    from clinoscope.domain.record import Sex
    from clinoscope.workflow import capture, exams, labs
    from clinoscope.workflow.look import look

    patients = [
        exams.new_patient(vault, name=name, identifier=vault.patients.suggest_identifier(), sex=Sex(sex), born=born)
        for name, sex, born in PEOPLE
    ]
    done = []
    for number, task_id, phantom, days, far in VISITS:
        picture = capture.open_picture(PHANTOMS / phantom)
        if far == "refused":
            picture = replace(picture, phantom=False)
        at = datetime.now(UTC) - timedelta(days=days, hours=2)
        try:
            earlier = exams.earlier(vault, patients[number].id, task_id)
            seen = look(modes.task(task_id), picture, earlier=earlier)
        except PackageError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        exam = replace(exams.take(vault, patients[number], task_id, picture), created_at=at)
        exam = exams.set_region(vault, exam, seen.region, seen.quality)
        if far != "taken":
            exam = exams.set_reading(vault, exam, seen.reading)
        if far == "signed":
            exam = exams.sign(vault, exams.review(vault, exam, seen.reading.answer), PASSWORD)
        done.append(exam)
    for value, unit, days, at_time, wrong in LABS:
        drawn = datetime.now().astimezone().date() - timedelta(days=days)
        lab = labs.add(vault, patients[0], "haemoglobin", value, unit, drawn, at_time)
        if wrong:
            labs.void(vault, lab, wrong)
    return patients, done
