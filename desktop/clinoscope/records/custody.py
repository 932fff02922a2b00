"""Custody of the keys of an open vault: passwords, users, the recovery code.

Every change of the key file is the last step of a transaction of the database. Killed between the two, the slot is
there and its row is not: ``Vault.open`` then refuses a user it never acknowledged, or notes the key it finds.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.access import Account, Role
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.domain.record import User
from clinoscope.records import keys, rotation, users
from clinoscope.records.code import new_code
from clinoscope.records.errors import CLOSED
from clinoscope.records.keys import KeyFile, Opened
from clinoscope.records.operations import Operation, Topic, note
from clinoscope.records.store import Store
from clinoscope.records.tries import Tries

NOT_YOURSELF = "Nobody removes their own account: ask another administrator."
UNKNOWN = "There is no such user in this vault."
_USERS = frozenset({Topic.USERS})

Change = Callable[[Database], None]


class Custody:
    """``vault.custody``. Every call raises VaultError when the disk fails or the vault is closed."""

    def __init__(self, folder: Path, store: Store, tries: Tries, file: KeyFile, vault_key: bytes, user: User) -> None:
        self._folder, self._store, self._tries, self._file = folder, store, tries, file
        self._vault_key, self._user = vault_key, user
        self._changing = threading.Lock()
        self.rotated = False
        """Whether this vault has been encrypted anew: it must be opened again."""

    @property
    def file(self) -> KeyFile:
        """The key file as it is on the disk."""
        return self._file

    def unlock(self, password: str) -> Opened:
        """The keys of the vault's user. Raises WrongPassword, and notes the failed try in the audit chain."""
        return self._opened(self._user.name, password)

    def admit(self, name: str, password: str) -> None:
        """Whether somebody else may take the user's place. Raises as ``unlock``, and notes the same."""
        self._opened(name, password)

    def _opened(self, name: str, password: str) -> Opened:
        if not self._vault_key:
            raise VaultError(CLOSED)
        try:
            return self._tries.attempt(lambda: keys.open_for(self._file, name, password))
        except WrongPassword as error:
            self._store.run(note("user.refused", self._user.id, {"wait": error.retry_after}))
            raise

    def database_key(self) -> bytes:
        """The key of the database and of its copies."""
        return keys.subkey(self._key(), self._file.vault, "database")

    def accounts(self) -> tuple[Account, ...]:
        """Everyone who has or had an account, by name."""
        with self._store.reading() as db:
            return users.accounts(db)

    def account(self) -> Account:
        """The account of the vault's user."""
        with self._store.reading() as db:
            return users.account(db, self._user.id)

    def change_password(self, old: str, new: str) -> None:
        """Raises WrongPassword, NotAllowed when the new one may not be used."""
        keys.check_new_password(new)
        opened = self.unlock(old)
        self._keep("user.password", self._user, lambda file: keys.with_user(file, self._user.name, new, opened))

    def add_user(self, name: str, password: str, roles: Iterable[Role]) -> Account:
        """Let someone else open the vault. Raises NotAllowed."""
        user, roles = User(id=secrets.token_hex(16), name=users.check_name(name)), users.check_roles(roles)
        keys.check_new_password(password)
        opened = keys.new_opened(user.id, self._key())
        self._keep(
            "user.add",
            user,
            lambda file: keys.with_user(file, user.name, password, opened),
            lambda db: users.insert(db, user, opened, roles),
            {"roles": sorted(roles)},
        )
        return Account(user=user, roles=roles)

    def set_roles(self, user_id: str, roles: Iterable[Role]) -> None:
        """Give a user other roles. Raises NotAllowed when no administrator would be left."""
        roles = users.check_roles(roles)
        self._named(user_id)

        def apply(db: Database) -> None:
            users.set_roles(db, user_id, roles)

        self._store.run(Operation("user.roles", _USERS, apply, user_id, {"roles": sorted(roles)}))

    def remove_user(self, user_id: str) -> None:
        """Take a user's slot out of the key file, and out of the one before. Raises NotAllowed."""
        user = self._named(user_id)
        if user_id == self._user.id:
            raise NotAllowed(NOT_YOURSELF)
        self._keep(
            "user.remove",
            user,
            lambda file: keys.without_user(file, user.name),
            lambda db: users.remove(db, user_id),
            forget=True,
        )

    def reset_password(self, user_id: str, new: str) -> None:
        """Give a user who forgot the password another one, with a new signing key. Raises NotAllowed."""
        user = self._named(user_id)
        keys.check_new_password(new)
        opened = keys.new_opened(user_id, self._key())
        self._keep(
            "user.reset",
            user,
            lambda file: keys.with_user(file, user.name, new, opened),
            lambda db: users.insert_key(db, opened),
            forget=True,
        )

    def new_recovery_code(self, password: str) -> str:
        """Another recovery code; the old one opens nothing any more. Raises WrongPassword."""
        opened, code = self.unlock(password), new_code()
        self._keep(
            "vault.code", self._user, lambda file: keys.with_code(file, code, opened.vault_key), subject="", forget=True
        )
        return code

    def rotate(self, password: str, progress: rotation.Progress = rotation.quiet) -> str:
        """Encrypt everything anew under another vault key; the new recovery code.

        The vault has to be closed and opened again afterwards. Killed at any moment, it is wholly of the old key or of
        the new one. Raises WrongPassword, VaultError.
        """
        opened = self.unlock(password)
        with self._changing:
            code, self._file = rotation.rotate(
                self._store, self._folder, self._file, opened, (self._user.name, password), progress
            )
            self.rotated = True
        return code

    def close(self) -> None:
        """Forget the key."""
        self._vault_key = b""

    def _key(self) -> bytes:
        if not self._vault_key:
            raise VaultError(CLOSED)
        return self._vault_key

    def _named(self, user_id: str) -> User:
        """A user who may log in. Raises VaultError."""
        for account in self.accounts():
            if account.user.id == user_id and not account.removed:
                return account.user
        raise VaultError(UNKNOWN)

    def _keep(
        self,
        act: str,
        user: User,
        change: Callable[[KeyFile], KeyFile],
        first: Change | None = None,
        details: Mapping[str, Any] | None = None,
        *,
        subject: str | None = None,
        forget: bool = False,
    ) -> None:
        """Write the changed key file as the last step of a transaction."""
        with self._changing:
            before = self._file
            after = change(before)

            def apply(db: Database) -> None:
                if first:
                    first(db)
                keys.save(self._folder, after, forget=forget)
                self._file = after

            about = user.id if subject is None else subject
            try:
                self._store.run(Operation(act, _USERS, apply, about, details or {}))
            except BaseException:
                if self._file is after:  # the key file was written, the transaction was not
                    self._file = before
                    keys.save(self._folder, before)
                raise
