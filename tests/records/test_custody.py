from pathlib import Path
from typing import Any

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.domain.record import Exam
from clinoscope.records import Vault, keys

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
BOBS = "battery staple"


def test_the_first_user_looks_after_the_users_and_works_as_clinician(vault: Vault) -> None:
    assert vault.roles == {Role.ADMINISTRATOR, Role.CLINICIAN}


def test_a_user_gets_the_roles_that_were_given_and_others_at_once(vault: Vault) -> None:
    bob = vault.custody.add_user("Bob", BOBS, [Role.ASSISTANT])
    assert bob.roles == {Role.ASSISTANT}
    vault.custody.set_roles(bob.user.id, [Role.PATHOLOGIST, Role.AUDITOR])
    (found,) = [account for account in vault.custody.accounts() if account.user == bob.user]
    assert found.roles == {Role.PATHOLOGIST, Role.AUDITOR}
    assert vault.events(1)[0].details == {"roles": ["auditor", "pathologist"]}
    assert vault.verify().ok
    with pytest.raises(NotAllowed, match="at least one role"):
        vault.custody.set_roles(bob.user.id, [])


def test_somebody_always_looks_after_the_users(vault: Vault) -> None:
    with pytest.raises(NotAllowed, match="another user an administrator first"):
        vault.custody.set_roles(vault.user.id, [Role.CLINICIAN])
    with pytest.raises(NotAllowed, match="own account"):
        vault.custody.remove_user(vault.user.id)
    assert vault.roles == {Role.ADMINISTRATOR, Role.CLINICIAN}
    vault.custody.add_user("Bob", BOBS, [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.CLINICIAN])


def test_a_removed_user_cannot_log_in_through_any_file(vault: Vault, folder: Path) -> None:
    bob = vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    vault.custody.remove_user(bob.user.id)
    vault.close()
    with pytest.raises(WrongPassword):
        Vault.open(folder, "Bob", BOBS)
    (folder / keys.FILE).unlink()  # the file before must not let him in either
    with pytest.raises(WrongPassword):
        Vault.open(folder, "Bob", BOBS)
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert [account.user.name for account in again.custody.accounts() if account.removed] == ["Bob"]
        assert again.verify().ok
        with pytest.raises(NotAllowed, match="removed had this name"):
            again.custody.add_user("bob", BOBS, [Role.CLINICIAN])
        with pytest.raises(VaultError, match="no such user"):
            again.custody.set_roles(bob.user.id, [Role.CLINICIAN])


def test_a_removal_that_was_cut_short_before_the_key_file_still_holds(vault: Vault, folder: Path) -> None:
    bob = vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    before = (folder / keys.FILE).read_bytes()
    vault.custody.remove_user(bob.user.id)
    vault.close()
    (folder / keys.FILE).write_bytes(before)
    with pytest.raises(WrongPassword, match="name or the password"):
        Vault.open(folder, "Bob", BOBS)


def test_what_a_removed_user_signed_stands(vault: Vault, folder: Path, draft: Exam) -> None:
    vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    vault.exams.save_draft(draft)
    vault.close()
    with Vault.open(folder, "Bob", BOBS) as bobs:
        bobs.exams.sign(draft, BOBS)
        bob = bobs.user
    with Vault.open(folder, NAME, PASSWORD) as again:
        again.custody.remove_user(bob.id)
        assert again.verify().ok


def test_a_password_can_be_given_anew_and_signatures_stand(vault: Vault, folder: Path) -> None:
    bob = vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    with pytest.raises(NotAllowed, match="commonest"):
        vault.custody.reset_password(bob.user.id, "password")
    vault.custody.reset_password(bob.user.id, "another staple")
    vault.close()
    with pytest.raises(WrongPassword):
        Vault.open(folder, "Bob", BOBS)
    with Vault.open(folder, "Bob", "another staple") as bobs:
        assert len(bobs._store.rows("SELECT * FROM user_keys WHERE user = ?", [bob.user.id])) == 2
        assert bobs.verify().ok


def test_a_new_recovery_code_makes_the_old_one_worthless(vault: Vault, folder: Path, template: Any) -> None:
    with pytest.raises(WrongPassword):
        vault.custody.new_recovery_code("wrong horse")
    code = vault.custody.new_recovery_code(PASSWORD)
    vault.close()
    (folder / keys.FILE).unlink()  # nor through the file before
    with pytest.raises(WrongPassword):
        Vault.recover(folder, template.code, NAME, "a third one")
    Vault.recover(folder, code, NAME, "a third one").close()


def test_a_wrong_password_while_open_stands_in_the_chain(vault: Vault) -> None:
    with pytest.raises(WrongPassword):
        vault.check_password("wrong horse")
    assert vault.events(1)[0].act == "user.refused"


def test_somebody_else_is_admitted_by_their_own_password_alone(vault: Vault) -> None:
    vault.custody.add_user("Bob", BOBS, [Role.ASSISTANT])
    vault.custody.admit("Bob", BOBS)
    for name, password in (("Bob", PASSWORD), ("Bobby", BOBS)):
        with pytest.raises(WrongPassword):
            vault.custody.admit(name, password)
        assert vault.events(1)[0].act == "user.refused"
    assert vault.user.name == NAME, "and the vault is as it was"


def test_roles_changed_past_the_program_are_named(vault: Vault, folder: Path) -> None:
    from sqlite_utils import Database

    from clinoscope.records import Operation

    bob = vault.custody.add_user("Bob", BOBS, [Role.ASSISTANT])

    def apply(db: Database) -> None:
        db.execute("UPDATE users SET roles = ? WHERE id = ?", ['["administrator"]', bob.user.id])

    vault.run(Operation("test", frozenset(), apply))
    assert vault.verify().problems == (f"The roles of user {bob.user.id[:12]} were changed past the program.",)
