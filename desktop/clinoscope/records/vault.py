"""The vault: a folder that holds everything a clinic records, encrypted.

=================================  ==========================================================
``keys.json keys.previous.json``   the wrapped keys, see ``keys``
``records.db``                     the encrypted database  } ``records.1.db`` and ``pictures.1/`` once
``pictures/``                      the encrypted pictures  } the vault key was rotated, see ``rotation``
``lock tries.json``                one copy at a time; the delay after wrong passwords
``before-upgrade/``                copies of the database from before each upgrade
``erased.json``                    the erasures, for backups from before them, see ``erased_list``
=================================  ==========================================================
"""

import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.domain.record import User
from clinoscope.records import audit, keys, proof, repair, restore_test, rotation, schema, thinning, users
from clinoscope.records import backup as backups
from clinoscope.records import store as stores
from clinoscope.records import verify as verifying
from clinoscope.records.audit import Event, Wanted
from clinoscope.records.bulk import Bulk
from clinoscope.records.code import new_code
from clinoscope.records.consents import Consents
from clinoscope.records.custody import Custody
from clinoscope.records.erasures import Erasures
from clinoscope.records.errors import DAMAGED, MISSING, translated
from clinoscope.records.exams import Exams
from clinoscope.records.files import sync_folder
from clinoscope.records.keeps import Keeps
from clinoscope.records.keys import Cost, KeyFile, Opened
from clinoscope.records.labs import Labs
from clinoscope.records.lock import FolderLock
from clinoscope.records.merges import Merges
from clinoscope.records.operations import Listener, Operation, Topic, note
from clinoscope.records.patients import Patients
from clinoscope.records.pictures import PictureKeys, Pictures
from clinoscope.records.repair import Checked
from clinoscope.records.restore_test import Restorable
from clinoscope.records.settings import Settings
from clinoscope.records.smears import Smears
from clinoscope.records.store import Store
from clinoscope.records.tries import WRONG, Tries
from clinoscope.records.verify import VerifyReport

T = TypeVar("T")

_USERS = frozenset({Topic.USERS})
_PART = ".copying.db"


class Vault:
    """An open vault and the user who opened it. May be used from any thread.

    Made by ``create``, ``open`` or ``recover``. Every call raises VaultError when the disk fails or
    the vault has been closed.
    """

    def __init__(self, folder: Path, lock: FolderLock, tries: Tries, file: KeyFile, opened: Opened) -> None:
        """Opens the database and brings it up to date. Use ``open`` instead."""
        self.folder = folder
        self._lock = lock
        database = rotation.database(folder, file.generation)
        self._store = Store(database, _database_key(file, opened.vault_key), opened.user)
        try:
            _bring_up_to_date(self._store, folder)
            self.user = self._signed_in(opened.user)
            rotation.tidy(folder, file)
        except BaseException:
            self._store.close()
            raise
        self.patients = Patients(self._store)
        self.merges = Merges(self._store, self.user)
        self.settings = Settings(self._store)
        self.custody = Custody(folder, self._store, tries, file, opened.vault_key, self.user)
        kept = rotation.pictures(folder, file.generation)
        self.pictures = Pictures(self._store, kept, PictureKeys.of(opened.vault_key, file.vault))
        self.labs = Labs(self._store, self.user)
        self.exams = Exams(self._store, self.pictures, self.user, self.custody.unlock)
        self.smears = Smears(self._store, self.user)
        self.consents = Consents(self._store, self.user)
        self.erasures = Erasures(folder, self._store, self.pictures, self.custody)
        self.keeps = Keeps(self._store, self.user)
        self.emergency_until = 0.0
        """Until when (``time.monotonic``) more may be read than the roles allow; see ``workflow.permissions``."""

    @classmethod
    def create(cls, folder: Path, user_name: str, password: str, *, cost: Cost | None = None) -> tuple[Self, str]:
        """A new vault with its first user; the vault, and the recovery code to print.

        ``folder`` must be missing or empty. ``cost`` of a password try is measured unless given.
        Raises NotAllowed for a short password, VaultError.
        """
        folder, name = Path(folder), users.check_name(user_name)
        keys.check_new_password(password)
        with translated():
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                taken = "There is a vault in this folder already" if keys.exists(folder) else "This folder is not empty"
                raise VaultError(f"{taken}: choose another folder.")
            folder.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        code = new_code()
        try:
            opened = _build(part, name, password, code, cost or keys.calibrated())
            with translated():
                backups.put_in_place(part, folder)
        except BaseException:  # Ctrl-C, too, leaves nothing half made
            shutil.rmtree(part, ignore_errors=True)
            raise
        return cls._entered(folder, lambda _: opened, "vault.open"), code

    @classmethod
    def open(cls, folder: Path, user_name: str, password: str) -> Self:
        """Log in. Raises WrongPassword (with ``retry_after``), VaultError. Never waits out a delay."""
        folder = Path(folder)

        def enter(file: KeyFile) -> Opened:
            opened = keys.open_for(file, user_name, password)
            if keys.was_passed(file, user_name):  # from now on the password opens the rotated key by itself
                keys.save(folder, keys.with_user(file, user_name, password, opened), forget=True)
            return opened

        return cls._entered(folder, enter, "vault.open")

    @classmethod
    def recover(cls, folder: Path, recovery_code: str, user_name: str, new_password: str) -> Self:
        """Give a user a new password with the printed code, and log in.

        The user gets a new signing key: the old one is lost with the old password, its signatures
        stay valid. Raises WrongPassword for a foreign code; VaultError for a mistyped code or an
        unknown user; NotAllowed for a short password.
        """
        keys.check_new_password(new_password)
        folder = Path(folder)

        def enter(file: KeyFile) -> Opened:
            vault_key = keys.open_by_code(file, recovery_code)
            return _recover(folder, file, vault_key, user_name, new_password)

        return cls._entered(folder, enter, "user.recover")

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether there is a vault in that folder."""
        return keys.exists(Path(folder))

    def check_password(self, password: str) -> None:
        """Raises WrongPassword unless it is the password of the user; the delay is shared with ``open``."""
        self.custody.unlock(password)

    @property
    def roles(self) -> frozenset[Role]:
        """What the user is now: an administrator may have changed it since the log-in."""
        return self.custody.account().roles

    def run(self, operation: Operation[T]) -> T:
        """The only way to write: one transaction with its event, then the listeners."""
        return self._store.run(operation)

    def listen(self, listener: Listener) -> None:
        """Call ``listener(topics)`` after every write, in the thread that wrote."""
        self._store.listen(listener)

    def unlisten(self, listener: Listener) -> None:
        """Stop calling ``listener``."""
        self._store.unlisten(listener)

    def events(self, limit: int = 100) -> tuple[Event, ...]:
        """The newest events of the audit chain first."""
        with self._store.reading() as db:
            return audit.latest(db, limit)

    def audit(self, wanted: Wanted, before: int | None, limit: int) -> tuple[tuple[Event, str], ...]:
        """Events of the audit chain, see ``audit.page``."""
        with self._store.reading() as db:
            return audit.page(db, wanted, before, limit)

    def verify(self, *, files: bool = True) -> VerifyReport:
        """Check the database, the audit chain, every signature, lab value and picture, see ``verify``."""
        return verifying.verify(self._store, self.pictures, files=files)

    def check(self, *, mend_from: Path | None = None, mend: bool = False) -> Checked:
        """Look for what is missing, altered or named by nobody; with ``mend`` put it right, see ``repair``."""
        if not mend:
            return repair.check(self._store, self.folder, self.custody.file)
        found = repair.mend(self._store, self.folder, self.custody.file, mend_from)
        self._store.run(note("vault.mend", "", {"mended": len(found.mended), "ok": found.ok}))
        return found

    def prove(self, exam_id: str, version: int, folder: Path) -> None:
        """Write the proof of a signed exam, see ``proof``. Raises NotAllowed, VaultError."""
        proof.write(self._store, self.pictures, exam_id, version, Path(folder))
        self._store.run(note("exam.proof", exam_id, {"version": version}))

    def backup(self, folder: Path) -> Path:
        """Copy the vault into ``folder``; the new ``clinoscope-<UTC stamp>`` there. Raises VaultError.

        A picture that is already missing from the vault does not stop the rest from being saved;
        the event counts it and ``verify`` names it.
        """
        with self._store.reading() as db:
            seq = audit.last(db)
        path, lost = backups.backup(self._store, self.folder, Path(folder), self.custody.file)
        self.erasures.note_beside(Path(folder))
        details = {"seq": seq} | ({"pictures_missing": lost} if lost else {})
        self._store.run(note("vault.backup", path.name, details))
        return path

    def try_backup(self, path: Path, *, whole: bool) -> Restorable:
        """Whether a backup of this vault would come back, tried for real and noted. Raises VaultError."""
        try:
            tested = restore_test.tried(Path(path), self.custody.database_key(), whole=whole)
        except VaultError as error:
            if not Path(path).is_dir():  # not tried, which is another matter than tried in vain
                raise VaultError(backups.GONE) from error
            self._store.run(note("vault.tested", Path(path).name, {"ok": False, "why": str(error)}))
            raise
        details = {"ok": True, "whole": whole, "read": tested.read, "pictures": tested.pictures}
        self._store.run(note("vault.tested", Path(path).name, details))
        return tested

    def thin_backups(self, folder: Path) -> int:
        """Remove the backups of this vault that are not kept any more; how many. Raises VaultError."""
        return thinning.thin(Path(folder), self.custody.file.vault)

    def latest(self, act: str) -> Event | None:
        """The newest event of an act."""
        found = self.audit(Wanted(acts=(act,)), None, 1)
        return found[0][0] if found else None

    def changed_since(self, seq: int, quiet: tuple[str, ...]) -> bool:
        """Whether anything but the ``quiet`` acts happened after that event."""
        with self._store.reading() as db:
            return audit.any_after(db, seq, quiet)

    def bulk(self, password: str) -> Bulk:
        """Writes many made-up records at once, to measure with; see ``bulk``. Raises WrongPassword."""
        return Bulk(self._store, self.pictures, self.user, self.custody.unlock(password))

    def close(self) -> None:
        """Close the database, forget the keys, let another copy in. May be called twice."""
        self._store.close()
        self.custody.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def _entered(cls, folder: Path, enter: Callable[[KeyFile], Opened], act: str) -> Self:
        """Lock the folder, find the keys with ``enter`` under the shared delay, open the database."""
        if not keys.exists(folder):
            raise VaultError(keys.NOT_A_VAULT)
        with ExitStack() as undo:
            lock = FolderLock(folder)
            undo.callback(lock.release)
            _check_database(rotation.database(folder, keys.load(folder).generation))
            tries = Tries(folder)
            wrong = tries.wrong
            opened = tries.attempt(lambda: enter(keys.load(folder)))
            vault = cls(folder, lock, tries, keys.load(folder), opened)
            undo.callback(vault.close)
            vault._store.run(_sign_in(act, opened, wrong))
            vault.erasures.settle(opened)
            undo.pop_all()
        return vault

    def _signed_in(self, user_id: str) -> User:
        with self._store.reading() as db:
            user = users.by_id(db, user_id)
            removed = user is not None and users.account(db, user_id).removed
        if user is None or removed:  # killed while being added or removed: a slot that was never acknowledged
            raise WrongPassword(WRONG)
        return user


def _build(part: Path, name: str, password: str, code: str, cost: Cost) -> Opened:
    """Fill a folder that is not a vault yet with an empty database and the key file."""
    file, vault_key = keys.new_key_file(code, cost)
    user = User(id=secrets.token_hex(16), name=name)
    opened = keys.new_opened(user.id, vault_key)
    store = Store(part / stores.FILE, _database_key(file, vault_key), user.id)

    roles = frozenset({Role.ADMINISTRATOR, Role.CLINICIAN})

    def apply(db: Database) -> None:
        schema.migrate(db)
        users.insert(db, user, opened, roles)

    try:
        store.run(Operation("vault.create", _USERS, apply, file.vault))
        store.run(note("user.add", user.id, {"roles": sorted(roles)}))
    finally:
        store.close()
    keys.save(part, keys.with_user(file, name, password, opened))
    return opened


def _check_database(path: Path) -> None:
    """Raises VaultError unless there is a database: SQLite would begin an empty one in place of a lost one."""
    with translated():
        if not path.is_file():
            raise VaultError(MISSING)
        if path.stat().st_size == 0:
            raise VaultError(DAMAGED)


def _recover(folder: Path, file: KeyFile, vault_key: bytes, name: str, password: str) -> Opened:
    """Replace the slot of a user who exists. Raises VaultError."""
    store = Store(rotation.database(folder, file.generation), _database_key(file, vault_key), "")
    try:
        _bring_up_to_date(store, folder)
        with store.reading() as db:
            user = users.by_name(db, name)
            if user is not None and users.account(db, user.id).removed:
                user = None
            names = ", ".join(known.name for known in users.all_users(db))
    finally:
        store.close()
    if user is None:
        raise VaultError(f"There is no user of this name: take one of {names}.")
    opened = keys.new_opened(user.id, vault_key)
    keys.save(folder, keys.with_user(file, user.name, password, opened))
    return opened


def _sign_in(act: str, opened: Opened, wrong: int) -> Operation[None]:
    def apply(db: Database) -> None:
        users.insert_key(db, opened)  # new after a recovery, else there already

    details: dict[str, Any] = {"wrong_tries": wrong} if wrong else {}
    return Operation(act, frozenset(), apply, opened.user, details)


def _bring_up_to_date(store: Store, folder: Path) -> None:
    """Migrate an older database after keeping a copy of it. Raises VaultError for a newer one."""
    with store.reading() as db:
        schema.check_not_newer(db)
        before = schema.version(db)
    if before == len(schema.MIGRATIONS):
        return
    _keep_copy(store, schema.upgrade_copy(folder, before, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
    details = {"from": before, "to": len(schema.MIGRATIONS)}
    store.run(Operation("vault.upgrade", frozenset(Topic), schema.migrate, "", details))


def _keep_copy(store: Store, place: Path) -> None:
    """Copy the database to ``place``: a copy that a kill cut off has no name of a whole one, and goes with the next."""
    part = place.with_name(_PART)
    with translated():
        for cut_off in place.parent.glob(f"{_PART}*"):  # and what SQLite keeps beside it
            cut_off.unlink()
    store.copy_to(part)
    with translated():
        part.replace(place)
        sync_folder(place.parent)


def _database_key(file: KeyFile, vault_key: bytes) -> bytes:
    return keys.subkey(vault_key, file.vault, "database")
