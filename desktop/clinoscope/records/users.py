"""Who may open the vault. Their keys are in the key file, their names and public keys in the database."""

from datetime import UTC, datetime

from sqlite_utils import Database

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import User
from clinoscope.records.keys import Opened, same_name


def check_name(name: str) -> str:
    """The name with its spaces tidied. Raises NotAllowed when nothing is left."""
    tidy = " ".join(name.split())
    if not tidy:
        raise NotAllowed("A user needs a name: type it first.")
    return tidy


def insert(db: Database, user: User, keys: Opened) -> None:
    """Add a user with the public key. Raises NotAllowed when the name is taken."""
    if by_name(db, user.name):
        raise NotAllowed("There is a user of this name already: take another name.")
    db.table("users").insert(
        {"id": user.id, "name": user.name, "same_name": same_name(user.name), "created_at": _now()}
    )
    insert_key(db, keys)


def insert_key(db: Database, keys: Opened) -> None:
    """Note that a signing key belongs to a user; earlier keys stay, for what they signed."""
    db.table("user_keys").insert({"public_key": keys.public_key, "user": keys.user, "since": _now()}, ignore=True)


def by_name(db: Database, name: str) -> User | None:
    """The user of that name, however it is spelled."""
    return _first(db, "same_name", same_name(name))


def by_id(db: Database, user_id: str) -> User | None:
    """The user of that id."""
    return _first(db, "id", user_id)


def all_users(db: Database) -> tuple[User, ...]:
    """Everyone who may open the vault, by name."""
    return tuple(User(id=row["id"], name=row["name"]) for row in db.query("SELECT * FROM users ORDER BY same_name"))


def _first(db: Database, column: str, value: str) -> User | None:
    for row in db.query(f"SELECT id, name FROM users WHERE {column} = ?", [value]):
        return User(id=row["id"], name=row["name"])
    return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
