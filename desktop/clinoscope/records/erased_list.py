"""The erasures as a list beside the backups, so that an older backup does not bring an erased patient back.

    <backups>/clinoscope-erased/<vault>.json     and     <vault>/erased.json

Each note is the patient's random id, the moment and a MAC; it names nobody. Only who can open the vault can write one
that counts: the key of the MAC lies in the database, in every backup of it as well. Restoring copies the list into the
new vault, whose first opening applies what its database does not know. Losing or cutting the list can bring somebody
back; it can never take anybody away.
"""

import hmac
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clinoscope.records.errors import translated
from clinoscope.records.files import write_whole

FILE, FOLDER = "erased.json", "clinoscope-erased"
_PURPOSE = "clinoscope erased v1\n"
_LARGEST = 64 << 20
"""Bytes of a list that is still read: some 400,000 notes."""


@dataclass(frozen=True, order=True)
class Note:
    """One erasure: the patient's id, when (ISO, UTC), and the MAC of both (hex)."""

    patient: str
    at: str
    mac: str


def noted(patient: str, at: str, key: str) -> Note:
    """The note of an erasure, by the key (hex) of the vault."""
    return Note(patient, at, _mac(patient, at, key))


def is_true(note: Note, key: str) -> bool:
    """Whether somebody who could open the vault wrote that note."""
    return hmac.compare_digest(note.mac.encode(), _mac(note.patient, note.at, key).encode())


def read(path: Path) -> tuple[Note, ...]:
    """The notes of a list; none where there is no list, or one that cannot be read. Raises VaultError for the disk."""
    with translated():
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ()
        data = path.read_bytes()
    try:
        return msgspec.json.decode(data, type=tuple[Note, ...])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()


def add(path: Path, notes: tuple[Note, ...]) -> None:
    """Have all of ``notes`` in the list beside what is in it; nothing is written when they are. Raises VaultError."""
    before = read(path)
    after = tuple(sorted({*before, *notes}))
    if after != before:
        with translated():
            write_whole(path, msgspec.json.format(msgspec.json.encode(after), indent=1))


def beside(backups: Path, vault: str) -> Path:
    """Where the list of that vault (its id) lies in a folder of backups."""
    return backups / FOLDER / f"{vault}.json"


def _mac(patient: str, at: str, key: str) -> str:
    return hmac.digest(bytes.fromhex(key), f"{_PURPOSE}{patient}\n{at}".encode(), "sha256").hex()
