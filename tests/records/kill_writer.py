"""Writes to a vault in child processes that ``test_kill`` kills at any instant.

For each line ``folder name password seed`` on stdin it forks a child, says ``pid …``, and when the child is
gone ``dead``. The child tells of every write once the vault has acknowledged it.
"""

import os
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from clinoscope.domain.access import Role
from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review
from clinoscope.records import Vault


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def write(folder: str, name: str, password: str, seed: str) -> None:
    draw = random.Random(seed)
    vault = Vault.open(Path(folder), name, password)
    say("open", vault.user.id)
    for number in count():
        key = f"{seed}-{number}"
        vault.patients.add(Patient(id=f"p{key}", identifier=key, name=f"Person {key}"))
        say("patient", f"p{key}")
        sha256 = vault.pictures.put(draw.randbytes(draw.choice([10, 5_000, 200_000])))
        say("picture", sha256)
        exam = begun(f"e{key}", f"p{key}", sha256)
        vault.exams.save_draft(exam)
        say("exam", exam.id, 1, "draft")
        exam = replace(exam, review=Review(answer="mpox", agrees=True))
        if draw.random() < 0.7:
            signed = vault.exams.sign(exam, password)
            say("exam", exam.id, 1, "signed")
            if draw.random() < 0.5:
                vault.exams.amend(signed, "second look")
                say("exam", exam.id, 2, "draft")
        vault.settings.set("last", key)
        say("setting", key)
        if draw.random() < 0.2:
            vault.custody.add_user(f"User {key}", password, [Role.CLINICIAN])
            say("user", f"User_{key}")


def begun(exam_id: str, patient_id: str, sha256: str) -> Exam:
    now = datetime.now(UTC)
    return Exam(
        id=exam_id,
        version=1,
        patient_id=patient_id,
        task="skin/rash",
        state=ExamState.DRAFT,
        created_at=now,
        program="0.1.0",
        picture=PictureRef(
            sha256=sha256,
            media_type="image/png",
            width=1,
            height=1,
            origin=Origin.CAMERA,
            device="",
            taken_at=now,
            phantom=True,
        ),
        reading=Reading("skin/rash", "mpox", ModelRef("m", "1", "00" * 32), ("mpox",), {"mpox": 1.0}),
    )


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write(*line.rstrip("\n").split("\t"))
        say("pid", child)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
