"""The rows of exams: what of an exam is a column of its own, and what is JSON."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from clinoscope.domain.quality import Quality
from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, ExamState, PictureRef, Review, Signature
from clinoscope.domain.region import Region
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.records.noted import now
from clinoscope.records.signing import plain

_PARTS: dict[str, Any] = {
    "taken": PictureRef,
    "quality": Quality,
    "region": Region,
    "reading": Reading,
    "review": Review,
    "held": Review,
    "signature": Signature,
    "smear": SmearSheet,
}
"""Column: type of what it holds as JSON. The field of ``Exam`` has the same name, but ``picture``
is in ``taken``, since the column ``picture`` holds the hash that names the stored file."""


def exam_of(row: Mapping[str, Any]) -> Exam:
    """The exam that a row of the table holds."""
    parts = {name: msgspec.json.decode(row[name], type=kind) for name, kind in _PARTS.items() if row[name]}
    return Exam(
        id=row["id"],
        version=row["version"],
        patient_id=row["patient"],
        task=row["task"],
        state=ExamState(row["state"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        program=row["program"],
        amendment=row["amendment"],
        comment=row["comment"],
        picture=parts.pop("taken", None),
        **parts,
    )


def as_row(exam: Exam) -> dict[str, Any]:
    """All columns of an exam. Raises ValueError for a number that is not finite."""
    values = {name: exam.picture if name == "taken" else getattr(exam, name) for name in _PARTS}
    _check_finite(values.values())
    return {
        "id": exam.id,
        "version": exam.version,
        "patient": exam.patient_id,
        "task": exam.task,
        "state": exam.state.value,
        "created_at": exam.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "saved_at": now(),
        "program": exam.program,
        "amendment": exam.amendment,
        "comment": exam.comment,
        "picture": exam.picture.sha256 if exam.picture else None,
        "pixels": (exam.picture.pixels or None) if exam.picture else None,
        "signed_by": exam.signature.user.id if exam.signature else None,
        "signed_at": exam.signature.at.isoformat() if exam.signature else None,
        **{name: None if value is None else _json(value) for name, value in values.items()},
    }


def storable(exam: Exam) -> Exam:
    """The exam exactly as it will be read back, so that what is signed is what is stored."""
    return exam_of(as_row(exam))


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=plain).decode()


def _check_finite(values: Iterable[Any]) -> None:
    """JSON has no infinity: it would be stored as ``null`` and never be read again."""
    left = [msgspec.to_builtins(value, enc_hook=plain) for value in values]
    while left:
        value = left.pop()
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("an exam holds a number that is not finite")
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value)
