"""The vault key, and the key file that wraps it once per user and once under the recovery code.

    password --Argon2id--> password key --HKDF--> wraps (AES-256-GCM) the vault key
                                        \\-HKDF--> wraps (AES-256-GCM) the user's Ed25519 signing key
    vault key --HKDF--> database key, picture key, picture name key

The key file holds no user name: a slot is found under a keyed hash of the name. No key in it can be
used without a password or the recovery code. The file before the last change is kept beside it and
read when the newer one is damaged; whoever holds it could already have copied it while it was in use.
"""

import hashlib
import os
import secrets
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinoscope.domain import passwords
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.records import passing
from clinoscope.records.code import read_code
from clinoscope.records.errors import translated
from clinoscope.records.files import write_whole
from clinoscope.records.tries import WRONG, WRONG_CODE

FORMAT = 2
"""1 until the vault key is rotated for the first time: an older program would look for files that are gone."""
FILE = "keys.json"
PREVIOUS = "keys.previous.json"

DAMAGED = "The vault's key file is damaged: restore the newest backup."
NEWER = "This vault was made by a newer Clinoscope: install the newest version to open it."
NOT_A_VAULT = "This folder is not a Clinoscope vault: choose another folder, or create a vault."
NO_MEMORY = "There is not enough memory to check the password: close other programs and try again."


_MOST_PASSES = 64


@dataclass(frozen=True)
class Cost:
    """How dear one try at a password is: Argon2id's memory (KiB), passes and lanes.

    The limits are those of a file that is read: a scribbled-over cost must neither be laughable nor
    hang the machine.
    """

    memory: Annotated[int, msgspec.Meta(ge=19 * 1024, le=1024 * 1024)]
    passes: Annotated[int, msgspec.Meta(ge=2, le=_MOST_PASSES)]
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1


MINIMUM = Cost(memory=19 * 1024, passes=2)
"""The least that OWASP's Password Storage Cheat Sheet allows for Argon2id."""

_TARGET = 0.45  # seconds

_Sealed = Annotated[bytes, msgspec.Meta(min_length=12 + 16, max_length=12 + 32 + 16)]
"""Nonce, 0 or 32 bytes, tag."""


@dataclass(frozen=True)
class Slot:
    """One way in: the vault key under one password, and that user's signing key."""

    user: str
    salt: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)] = field(repr=False)
    cost: Cost
    vault_key: _Sealed = field(repr=False)
    signing_key: _Sealed = field(default=b"", repr=False)
    passed: Annotated[bytes, msgspec.Meta(max_length=32 + 12 + 32 + 16)] = field(default=b"", repr=False)
    """After a rotation, until the user's next log-in: the new vault key, sealed for the user's signing key."""


@dataclass(frozen=True)
class KeyFile:
    """What ``keys.json`` holds; ``users`` goes from the hash of a user's name to the slot.

    ``generation`` counts the rotations of the vault key: it says which database and pictures are in force.
    """

    format: int
    vault: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    cost: Cost
    users: Mapping[str, Slot]
    recovery: Slot
    generation: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True)
class Opened:
    """What a password opens: who it is, the vault key, the 32 bytes of the signing key."""

    user: str
    vault_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)

    @property
    def public_key(self) -> str:
        return Ed25519PrivateKey.from_private_bytes(self.signing_key).public_key().public_bytes_raw().hex()


def calibrated() -> Cost:
    """A cost of about 0.45 s on this machine, never under ``MINIMUM``. Takes about 0.2 s."""
    memory = 64 * 1024
    one_pass = min(_seconds(Cost(memory, 1)) for _ in range(2))
    passes = round(_TARGET / one_pass)
    if passes >= MINIMUM.passes:
        return Cost(memory, min(passes, _MOST_PASSES))
    affordable = int(memory * _TARGET / (MINIMUM.passes * one_pass))
    return Cost(max(affordable, MINIMUM.memory), MINIMUM.passes)


def check_new_password(password: str) -> None:
    """Raises NotAllowed for a password that is too short or one of the commonest."""
    if wrong := passwords.problem(password):
        raise NotAllowed(wrong)


def same_name(name: str) -> str:
    """The form in which two spellings of one user's name are equal."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def new_key_file(code: str, cost: Cost) -> tuple[KeyFile, bytes]:
    """A key file with no users yet, its fresh vault key under the recovery code, and that key."""
    vault, vault_key = secrets.token_hex(16), secrets.token_bytes(32)
    recovery = _wrapped(vault, "", read_code(code), Opened("", vault_key, b""), cost)
    return KeyFile(1, vault, cost, {}, recovery), vault_key


def with_user(file: KeyFile, name: str, password: str, opened: Opened) -> KeyFile:
    """The key file with a slot for that user, replacing the one of the same name."""
    place = _place(file.vault, name)
    slot = _wrapped(file.vault, place, unicodedata.normalize("NFC", password), opened, file.cost)
    return replace(file, users={**file.users, place: slot})


def without_user(file: KeyFile, name: str) -> KeyFile:
    """The key file without the slot of that user."""
    place = _place(file.vault, name)
    return replace(file, users={other: slot for other, slot in file.users.items() if other != place})


def with_code(file: KeyFile, code: str, vault_key: bytes) -> KeyFile:
    """The key file with another recovery code."""
    return replace(file, recovery=_wrapped(file.vault, "", read_code(code), Opened("", vault_key, b""), file.cost))


def rotated(file: KeyFile, code: str, vault_key: bytes, public_keys: Mapping[str, str]) -> KeyFile:
    """The key file of the next generation, for a new vault key that nobody need type a password for.

    Each slot keeps the old key under its password and gets the new one sealed for the user's signing key
    (``public_keys``: user id to hex); a slot whose user is not named there is dropped.
    """
    users = {
        place: replace(slot, passed=passing.sealed(vault_key, public_keys[slot.user], file.vault))
        for place, slot in file.users.items()
        if slot.user in public_keys
    }
    bare = replace(file, format=2, users=users, generation=file.generation + 1)
    return with_code(bare, code, vault_key)


def was_passed(file: KeyFile, name: str) -> bool:
    """Whether a user's slot still holds the vault key from before a rotation."""
    slot = file.users.get(_place(file.vault, name))
    return slot is not None and bool(slot.passed)


def open_for(file: KeyFile, name: str, password: str) -> Opened:
    """Unwrap a user's keys. Raises WrongPassword, after the same work for an unknown name."""
    place = _place(file.vault, name)
    slot = file.users.get(place)
    try:
        opened = _unwrapped(file.vault, place, unicodedata.normalize("NFC", password), slot or _nobody(file.cost))
        if slot is not None and slot.passed:
            return replace(opened, vault_key=passing.unsealed(slot.passed, opened.signing_key, file.vault))
        return opened
    except InvalidTag:
        raise WrongPassword(WRONG) from None


def open_by_code(file: KeyFile, code: str) -> bytes:
    """The vault key. Raises VaultError for a typing mistake, WrongPassword for a foreign code."""
    plain = read_code(code)
    try:
        return _unwrapped(file.vault, "", plain, file.recovery).vault_key
    except InvalidTag:
        raise WrongPassword(WRONG_CODE) from None


def new_opened(user: str, vault_key: bytes) -> Opened:
    """The keys of a user with a fresh signing key."""
    return Opened(user, vault_key, Ed25519PrivateKey.generate().private_bytes_raw())


def subkey(vault_key: bytes, vault: str, purpose: str) -> bytes:
    """32 bytes for one purpose, by HKDF-SHA256 (RFC 5869)."""
    info = f"clinoscope {purpose} v1".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=bytes.fromhex(vault), info=info).derive(vault_key)


def exists(folder: Path) -> bool:
    """Whether the folder holds a vault's key file. Raises VaultError when it may not be looked into."""
    with translated():
        return (folder / FILE).is_file() or (folder / PREVIOUS).is_file()


def load(folder: Path) -> KeyFile:
    """Read the key file, or the one before it where that is damaged. Raises VaultError."""
    newest, previous = folder / FILE, folder / PREVIOUS
    if not exists(folder):
        raise VaultError(NOT_A_VAULT)
    if not newest.is_file():
        return _load(previous)
    try:
        return _load(newest)
    except _Damaged:
        if not previous.is_file():
            raise
        return _load(previous)


def save(folder: Path, file: KeyFile, *, forget: bool = False) -> None:
    """Write the key file whole and keep the one before. Raises VaultError; the old one then stands.

    ``forget`` leaves no way in through the file before: it becomes a second copy of this one.
    """
    newest = folder / FILE
    data = msgspec.json.format(msgspec.json.encode(file), indent=1)
    with translated():
        if newest.exists():
            write_whole(folder / PREVIOUS, newest.read_bytes())
        write_whole(newest, data)
        if forget:
            write_whole(folder / PREVIOUS, data)


def decode(data: bytes) -> KeyFile:
    """Read and check a key file's bytes. Raises VaultError."""
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format > FORMAT:
            raise VaultError(NEWER)
        return msgspec.json.decode(data, type=KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _Damaged(DAMAGED) from error


class _Damaged(VaultError):
    """The bytes are not those of a key file; those of a newer program's are."""


class _Head(msgspec.Struct):
    format: int


def _load(path: Path) -> KeyFile:
    with translated():
        data = path.read_bytes()
    return decode(data)


def _place(vault: str, name: str) -> str:
    """Where in the key file a user's slot is: tells nothing of the name without guessing it."""
    return hashlib.blake2b(same_name(name).encode(), key=bytes.fromhex(vault), digest_size=16).hexdigest()


def _nobody(cost: Cost) -> Slot:
    """A slot that nothing opens, so that an unknown name takes as long as a wrong password."""
    return Slot("", os.urandom(16), cost, os.urandom(12 + 32 + 16))


def _wrapped(vault: str, place: str, secret: str, opened: Opened, cost: Cost) -> Slot:
    salt = secrets.token_bytes(16)
    slot = Slot(opened.user, salt, cost, b"")
    key = _password_key(secret, slot)
    return replace(
        slot,
        vault_key=_seal(key, vault, "vault key", place, slot, opened.vault_key),
        signing_key=_seal(key, vault, "signing key", place, slot, opened.signing_key),
    )


def _unwrapped(vault: str, place: str, secret: str, slot: Slot) -> Opened:
    """Raises InvalidTag."""
    key = _password_key(secret, slot)
    return Opened(
        slot.user,
        _unseal(key, vault, "vault key", place, slot, slot.vault_key),
        _unseal(key, vault, "signing key", place, slot, slot.signing_key),
    )


def _password_key(secret: str, slot: Slot) -> bytes:
    try:
        key: bytes = hash_secret_raw(
            secret=secret.encode(),
            salt=slot.salt,
            time_cost=slot.cost.passes,
            memory_cost=slot.cost.memory,
            parallelism=slot.cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
    except HashingError as error:
        raise VaultError(NO_MEMORY) from error
    return key


def _seal(key: bytes, vault: str, purpose: str, place: str, slot: Slot, plain: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(subkey(key, vault, purpose)).encrypt(nonce, plain, _bound_to(place, slot))


def _unseal(key: bytes, vault: str, purpose: str, place: str, slot: Slot, sealed: bytes) -> bytes:
    return AESGCM(subkey(key, vault, purpose)).decrypt(sealed[:12], sealed[12:], _bound_to(place, slot))


def _bound_to(place: str, slot: Slot) -> bytes:
    """Authenticated with each wrapped key, so that slots cannot be swapped or made cheaper."""
    return f"{place}|{slot.user}|{slot.cost}".encode()


def _seconds(cost: Cost) -> float:
    """What a try costs in processor time, so that a vault made on a busy machine is no easier prey."""
    start = time.thread_time()
    _password_key("calibration", Slot("", bytes(16), cost, b""))
    return time.thread_time() - start
