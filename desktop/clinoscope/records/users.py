"""Who may open the vault, and as what: names, roles and public keys. The wrapped keys are in the key file."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlite_utils import Database

from clinoscope.domain.access import Account, Role
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import User
from clinoscope.records.keys import Opened, same_name
from clinoscope.records.noted import now

NO_ROLE = "A user needs at least one role: choose what this person does here."
LAST = "Somebody has to look after the users: make another user an administrator first."


def check_name(name: str) -> str:
    """The name with its spaces tidied. Raises NotAllowed when nothing is left."""
    tidy = " ".join(name.split())
    if not tidy:
        raise NotAllowed("A user needs a name: type it first.")
    return tidy


def check_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles as a set. Raises NotAllowed when there is none."""
    found = frozenset(Role(role) for role in roles)
    if not found:
        raise NotAllowed(NO_ROLE)
    return found


def insert(db: Database, user: User, keys: Opened, roles: frozenset[Role]) -> None:
    """Add a user with the public key. Raises NotAllowed when the name is taken."""
    known = by_name(db, user.name)
    if known is not None and account(db, known.id).removed:
        raise NotAllowed("A user who was removed had this name: add the first name or a middle letter.")
    if known is not None:
        raise NotAllowed("There is a user of this name already: take another name.")
    row = {"id": user.id, "name": user.name, "same_name": same_name(user.name), "created_at": now()}
    db.table("users").insert({**row, "roles": roles_text(roles)})
    insert_key(db, keys)


def insert_key(db: Database, keys: Opened) -> None:
    """Note that a signing key belongs to a user; earlier keys stay, for what they signed."""
    db.table("user_keys").insert({"public_key": keys.public_key, "user": keys.user, "since": now()}, ignore=True)


def newest_key(db: Database, user_id: str) -> str:
    """The public key (hex) that a user who exists signs with now."""
    sql = "SELECT public_key FROM user_keys WHERE user = ? ORDER BY since DESC LIMIT 1"
    return str(db.execute(sql, [user_id]).fetchone()[0])


def set_roles(db: Database, user_id: str, roles: frozenset[Role]) -> None:
    """Give a user other roles. Raises NotAllowed when nobody would be left to look after the users."""
    db.execute("UPDATE users SET roles = ? WHERE id = ?", [roles_text(roles), user_id])
    _check_administrator(db)


def remove(db: Database, user_id: str) -> None:
    """Keep a user from logging in; the row stays. Raises NotAllowed for the last administrator."""
    db.execute("UPDATE users SET removed_at = ? WHERE id = ?", [now(), user_id])
    _check_administrator(db)


def by_name(db: Database, name: str) -> User | None:
    """The user of that name, however it is spelled, removed or not."""
    return _first(db, "same_name", same_name(name))


def by_id(db: Database, user_id: str) -> User | None:
    """The user of that id, removed or not."""
    return _first(db, "id", user_id)


def account(db: Database, user_id: str) -> Account:
    """The account of a user who exists."""
    (found,) = (entry for entry in accounts(db) if entry.user.id == user_id)
    return found


def accounts(db: Database) -> tuple[Account, ...]:
    """Everyone who ever had an account, by name."""
    return tuple(_account(row) for row in db.query("SELECT * FROM users ORDER BY same_name"))


def all_users(db: Database) -> tuple[User, ...]:
    """Everyone who may open the vault, by name."""
    return tuple(entry.user for entry in accounts(db) if not entry.removed)


def roles_text(roles: Iterable[Role]) -> str:
    """Roles as they stand in the row, and as ``verify`` compares them with the audit chain."""
    return msgspec.json.encode(sorted(roles)).decode()


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        user=User(id=row["id"], name=row["name"]),
        roles=frozenset(msgspec.json.decode(row["roles"], type=list[Role])),
        removed=row["removed_at"] is not None,
    )


def _check_administrator(db: Database) -> None:
    if not any(Role.ADMINISTRATOR in entry.roles for entry in accounts(db) if not entry.removed):
        raise NotAllowed(LAST)


def _first(db: Database, column: str, value: str) -> User | None:
    for row in db.query(f"SELECT id, name FROM users WHERE {column} = ?", [value]):
        return User(id=row["id"], name=row["name"])
    return None
