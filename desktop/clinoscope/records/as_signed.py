"""One signed exam, one seal: does it fit its signature? Plain rows in, so that other processes can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from clinoscope.domain.record import Exam, ExamState
from clinoscope.records.exam_rows import exam_of
from clinoscope.records.signing import digest, is_seal, is_valid


class Signed(NamedTuple):
    """``sound`` unless the row, the signed text, the signature and the audit chain contradict each other.

    Whose key it is only the vault knows.
    """

    id: str
    version: int
    user: str
    public_key: str
    sound: bool


class Sealed(NamedTuple):
    """``sound`` when the seal is of that key, on the event it stands at. Whose key it is only the vault knows."""

    seq: int
    user: str
    public_key: str
    sound: bool


def as_sealed(row: Sequence[Any]) -> Sealed:
    """A seal from number, hash and user of its event, its public key and its value."""
    seq, event, user, public_key, value = row
    return Sealed(seq, user, public_key, is_seal(event, public_key, value))


def as_signed(row: Mapping[str, Any]) -> Signed:
    """The exam of a row. ``noted`` is a JSON list: what the audit chain noted of its signings, each as JSON text."""
    bad = Signed(row["id"], row["version"], "", "", False)
    try:
        exam = exam_of(row)
        text = row["signed_text"].encode()
        said = msgspec.json.decode(text, type=Exam)
        noted = [msgspec.json.decode(details) for details in msgspec.json.decode(row["noted"])]
    except (msgspec.DecodeError, ValueError, AttributeError):
        return bad
    signature = exam.signature
    if signature is None or exam.state is not ExamState.SIGNED:
        return bad
    sound = (
        said == replace(exam, signature=replace(signature, value=""))
        and row["picture"] == (exam.picture.sha256 if exam.picture else None)
        and {"version": exam.version, "sha256": digest(text)} in noted
        and is_valid(text, signature.public_key, signature.value)
    )
    return Signed(exam.id, exam.version, signature.user.id, signature.public_key, sound)
