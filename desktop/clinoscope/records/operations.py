"""The one kind of thing that changes the vault (Anki's idea).

An operation says what it does and what it touches; the store runs it in one transaction together
with its event in the audit chain, then announces what changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

T = TypeVar("T")

Listener = Callable[[frozenset["Topic"]], None]
"""Called after a write is safely stored, in the thread that wrote; must not raise."""


class Topic(StrEnum):
    """What listeners are told has changed."""

    PATIENTS = "patients"
    EXAMS = "exams"
    SMEARS = "smears"
    PICTURES = "pictures"
    LABS = "labs"
    CONSENTS = "consents"
    USERS = "users"
    SETTINGS = "settings"


@dataclass(frozen=True)
class Operation(Generic[T]):
    """``act`` such as ``patient.add``; ``subject`` the id it is about; ``details`` small JSON values.

    ``apply`` does the writing inside the transaction; what it returns is what ``run`` returns, and
    whatever it raises undoes everything. ``subject`` and ``details`` go into the audit chain and
    must never hold a patient's name, number or birth date. ``seal`` puts a user's signature on the chain
    up to and with this event: it takes the event's hash and gives public key and signature (hex).
    """

    act: str
    touches: frozenset[Topic]
    apply: Callable[[Database], T]
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    seal: Callable[[str], tuple[str, str]] | None = None


def note(act: str, subject: str, details: Mapping[str, Any] | None = None) -> Operation[None]:
    """An operation that changes nothing but the audit chain."""
    return Operation(act, frozenset(), _nothing, subject, details or {})


def _nothing(_: Database) -> None:
    """Writes nothing."""
