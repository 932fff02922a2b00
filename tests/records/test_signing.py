from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clinoscope.domain.record import Exam, ExamState, User
from clinoscope.records.keys import new_opened
from clinoscope.records.signing import canonical, digest, is_valid, signed

USER = User(id="u1", name="Dr Ada")
KEYS = new_opened("u1", bytes(32))


def test_anyone_with_the_text_and_the_key_can_check_it(draft: Exam) -> None:
    exam = signed(draft, USER, KEYS)
    assert exam.signature
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(exam.signature.public_key)).verify(
        bytes.fromhex(exam.signature.value), b"clinoscope exam v1\n" + canonical(exam)
    )


def test_the_bytes_do_not_hang_on_the_order_of_labels(draft: Exam) -> None:
    assert draft.reading
    turned = dict(reversed(draft.reading.probabilities.items()))
    other = replace(draft, reading=replace(draft.reading, probabilities=turned))
    assert canonical(other) == canonical(draft)
    assert len(digest(canonical(draft))) == 64


def test_signer_time_and_state_are_signed_too(draft: Exam) -> None:
    exam = signed(draft, USER, KEYS)
    assert exam.signature
    value, key = exam.signature.value, exam.signature.public_key
    assert is_valid(canonical(exam), key, value)
    changed = [
        replace(exam, state=ExamState.DRAFT),
        replace(exam, patient_id="p2"),
        replace(exam, review=None),
        replace(exam, signature=replace(exam.signature, user=User(id="u2", name="Bob"))),
        replace(exam, signature=replace(exam.signature, at=draft.created_at)),
    ]
    assert not any(is_valid(canonical(other), key, value) for other in changed)


@pytest.mark.parametrize(("key", "value"), [("", ""), ("zz", "00"), ("00" * 32, "00" * 64)])
def test_nonsense_is_not_a_signature(key: str, value: str) -> None:
    assert not is_valid(b"text", key, value)
