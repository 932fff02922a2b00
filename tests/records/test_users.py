import pytest
from sqlite_utils import Database

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import User
from clinoscope.records import Operation, Vault, users
from clinoscope.records.keys import new_opened


def test_users_are_found_by_name_however_spelled_and_by_id(vault: Vault) -> None:
    with vault._store.reading() as db:
        assert users.by_name(db, " DR  ada okafor") == vault.user
        assert users.by_id(db, vault.user.id) == vault.user
        assert users.by_name(db, "Bob") is users.by_id(db, "Bob") is None


def test_names_are_tidied_and_needed() -> None:
    assert users.check_name("  Dr   Ada ") == "Dr Ada"
    with pytest.raises(NotAllowed, match="needs a name"):
        users.check_name(" ")


def test_a_name_is_taken_once(vault: Vault) -> None:
    def apply(db: Database) -> None:
        users.insert(db, User(id="u2", name="DR ADA OKAFOR"), new_opened("u2", bytes(32)), frozenset({Role.CLINICIAN}))

    with pytest.raises(NotAllowed, match="user of this name already"):
        vault.run(Operation("user.add", frozenset(), apply))
    assert [entry.user for entry in vault.custody.accounts()] == [vault.user]


def test_a_user_may_have_had_several_keys(vault: Vault) -> None:
    keys = new_opened(vault.user.id, bytes(32))
    for _ in range(2):
        vault.run(Operation("test", frozenset(), lambda db: users.insert_key(db, keys)))
    assert len(vault._store.rows("SELECT * FROM user_keys")) == 2
