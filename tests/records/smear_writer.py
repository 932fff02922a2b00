"""Writes fields, cells and decisions of a smear until it is killed, and says what the vault acknowledged."""

import hashlib
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind, SeenCell
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.records import Vault
from clinoscope.records.smears import Placed

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def begun(vault: Vault, patient: Patient, exam_id: str = "s1") -> Exam:
    exam = Exam(
        id=exam_id,
        version=1,
        patient_id=patient.id,
        task="neutrophil/cells",
        state=ExamState.DRAFT,
        created_at=NOW,
        program="0.1.0",
        smear=SmearSheet(target=2),
    )
    vault.exams.save_draft(exam)
    return exam


def picture(vault: Vault, number: int) -> PictureRef:
    return PictureRef(
        sha256=vault.pictures.put(b"field %d" % number),
        media_type="image/png",
        width=900,
        height=700,
        origin=Origin.CAMERA,
        device="Microscope 2",
        taken_at=NOW,
        phantom=True,
    )


def placed(number: int, suggested: str = "band", same_as: int | None = None, replaces: bool = False) -> Placed:
    crop = b"crop %d" % number
    seen = SeenCell(
        box=Box(number, 2, 30, 40),
        score=0.875,
        kind=CellKind.WHOLE,
        suggested=suggested,
        doubt=0.25,
        type={"neutrophil": 0.75, "monocyte": 0.25},
        stage={"band": 1.0},
        crop=hashlib.sha256(crop).hexdigest(),
    )
    return Placed(seen, crop, same_as, replaces)


MODELS = (ModelRef("neutrophil-cells", "2.0.0", "ab" * 32),)


def main() -> None:
    vault = Vault.open(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    exam = begun(vault, vault.patients.add(Patient(id="p", identifier="9", name="Person")))
    for number in count(1):
        field = vault.smears.add_field(exam, picture(vault, number))
        os.write(1, f"field {field.number}\n".encode())
        place = replace(field, track=1, x=number)
        part = vault.smears.set_read(exam, place, [placed(2 * number), placed(2 * number + 1)], b"small", MODELS)
        os.write(1, f"read {field.number} {' '.join(str(cell.number) for cell in part.cells)}\n".encode())
        vault.smears.decide(exam, {part.cells[0].number: "monocyte"}, 1)
        os.write(1, f"decided {part.cells[0].number}\n".encode())


if __name__ == "__main__":
    main()
