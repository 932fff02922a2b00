"""Signatures of exams: what exactly is signed, by whom, and how anyone can check it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clinoscope.domain.record import Exam, ExamState, Signature, User
from clinoscope.records.keys import Opened

_PURPOSE = b"clinoscope exam v1\n"
_CHAIN = b"clinoscope chain v1\n"
"""Put before the bytes, so that a signature can never be taken for one over something else."""


def plain(value: Any) -> Any:
    """A numpy number as Python's own, for msgspec."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be stored")


def canonical(exam: Exam) -> bytes:
    """The bytes that are signed: JSON with sorted keys, everything but the signature's value.

    Signer, time and public key are in it. They are stored as signed, so that a later program whose
    exams have more fields can still check them.
    """
    bare = replace(exam, signature=replace(exam.signature, value="")) if exam.signature else exam
    return msgspec.json.encode(bare, order="deterministic", enc_hook=plain)


def signed(exam: Exam, user: User, keys: Opened) -> Exam:
    """The exam as signed by ``user`` now, with Ed25519 (RFC 8032)."""
    return signing(user, keys)(exam)


def signing(user: User, keys: Opened) -> Callable[[Exam], Exam]:
    """What signs exams as ``user``, each at the time at which it is signed."""
    private, public_key = Ed25519PrivateKey.from_private_bytes(keys.signing_key), keys.public_key

    def sign(exam: Exam) -> Exam:
        signature = Signature(user=user, at=datetime.now(UTC), public_key=public_key, value="")
        exam = replace(exam, state=ExamState.SIGNED, signature=signature)
        value = private.sign(_PURPOSE + canonical(exam)).hex()
        return replace(exam, signature=replace(signature, value=value))

    return sign


def sealing(keys: Opened) -> Callable[[str], tuple[str, str]]:
    """Makes a user's seal on the audit chain from the hash (hex) of its newest event: public key and signature."""
    private, public_key = Ed25519PrivateKey.from_private_bytes(keys.signing_key), keys.public_key
    return lambda event: (public_key, private.sign(_CHAIN + event.encode()).hex())


def is_seal(event: str, public_key: str, value: str) -> bool:
    """Whether ``value`` is the seal of that key on the chain up to the event of that hash."""
    return _is_signed(_CHAIN + event.encode(), public_key, value)


def is_valid(text: bytes, public_key: str, value: str) -> bool:
    """Whether ``value`` (hex) is the signature of that key (hex) over the canonical bytes."""
    return _is_signed(_PURPOSE + text, public_key, value)


def digest(text: bytes) -> str:
    """The SHA-256 (hex) of an exam's canonical bytes, as the audit chain notes it."""
    return hashlib.sha256(text).hexdigest()


def _is_signed(message: bytes, public_key: str, value: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(value), message)
    except (InvalidSignature, ValueError):
        return False
    return True
