"""The picture store: every picture as it was taken, encrypted, in a file of its own.

A picture is known by the SHA-256 of its bytes. The file's name is an HMAC of that hash, so that
someone who holds a copy of a photo cannot tell whether its patient is in a stolen vault. The nonce
is an HMAC of the hash too: the same picture always becomes the same file, two pictures never share
a nonce, and a lost file can be put back byte for byte. The file is on the disk, under its final
name, before the row that names it is written.
"""

import hashlib
import hmac
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records.errors import translated
from clinoscope.records.files import write_whole
from clinoscope.records.keys import subkey
from clinoscope.records.noted import now
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.store import Store

_MAGIC = b"CLP1"

GONE = "A picture is missing from the vault: restore it from the newest backup."
ALTERED = "A picture in the vault was altered or is damaged: restore it from the newest backup."


@dataclass(frozen=True)
class PictureKeys:
    """One key to encrypt, one for names and nonces."""

    content: bytes = field(repr=False)
    names: bytes = field(repr=False)

    @classmethod
    def of(cls, vault_key: bytes, vault: str) -> "PictureKeys":
        return cls(subkey(vault_key, vault, "pictures"), subkey(vault_key, vault, "picture names"))


class Pictures:
    """``vault.pictures``."""

    def __init__(self, store: Store, folder: Path, keys: PictureKeys) -> None:
        self._store, self._folder, self._keys = store, folder, keys
        self._one_at_a_time = threading.Lock()

    def put(self, data: bytes) -> str:
        """Store a picture file; the SHA-256 of its bytes (hex). Storing it again changes nothing.

        Raises VaultError; then no row names the picture.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        with self._one_at_a_time:
            known = bool(self._store.rows("SELECT 1 FROM pictures WHERE sha256 = ?", [sha256]))
            if not known or not path.exists():
                sealed = self.sealed(sha256, data)
                with translated():
                    write_whole(path, sealed)
            if not known:
                self._store.run(_put(_row(sha256, path, data, sealed)))
        return sha256

    def written(self, data: bytes) -> dict[str, Any]:
        """Write a picture's file without waiting for the disk, for ``bulk`` alone; the row that names it."""
        sha256 = hashlib.sha256(data).hexdigest()
        path, sealed = self.path(sha256), self.sealed(sha256, data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed)
        return _row(sha256, path, data, sealed)

    def get(self, sha256: str) -> bytes:
        """The bytes as they were stored. Raises VaultError when they are missing or not the same."""
        path = self.path(sha256)
        if not path.exists():
            raise VaultError(GONE)
        with translated():
            sealed = path.read_bytes()
        try:
            data = self._opened(sha256, sealed)
        except InvalidTag:
            raise VaultError(ALTERED) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultError(ALTERED)
        return data

    def path(self, sha256: str) -> Path:
        """Where the picture's encrypted file is."""
        return file_in(self._folder, hmac.digest(self._keys.names, f"name {sha256}".encode(), "sha256").hex())

    def sealed(self, sha256: str, data: bytes) -> bytes:
        """What the file of a picture with that SHA-256 holds."""
        nonce = hmac.digest(self._keys.names, f"nonce {sha256}".encode(), "sha256")[:12]
        return _MAGIC + nonce + AESGCM(self._keys.content).encrypt(nonce, data, _MAGIC + sha256.encode())

    def _opened(self, sha256: str, sealed: bytes) -> bytes:
        if len(sealed) < 32 or not sealed.startswith(_MAGIC):
            raise VaultError(ALTERED)
        return AESGCM(self._keys.content).decrypt(sealed[4:16], sealed[16:], _MAGIC + sha256.encode())


def file_in(folder: Path, name: str) -> Path:
    """The place of a picture file: 256 folders keep each list of names short."""
    return folder / name[:2] / name


def _row(sha256: str, path: Path, data: bytes, sealed: bytes) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "file": path.name,
        "bytes": len(data),
        "file_sha256": hashlib.sha256(sealed).hexdigest(),
        "stored_at": now(),
    }


def _put(row: dict[str, Any]) -> Operation[None]:
    def apply(db: Database) -> None:
        db.table("pictures").insert(row)

    return Operation("picture.put", frozenset({Topic.PICTURES}), apply, row["sha256"])
