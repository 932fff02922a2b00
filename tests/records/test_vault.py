import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.domain.record import Exam
from clinoscope.records import Topic, Vault, keys
from clinoscope.records import tries as tries_module
from clinoscope.records.code import new_code
from clinoscope.records.keys import MINIMUM

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


def test_a_new_vault_is_open_for_its_first_user(tmp_path: Path) -> None:
    assert not Vault.exists(tmp_path / "vault")
    vault, code = Vault.create(tmp_path / "vault", "  Dr  Ada ", PASSWORD, cost=MINIMUM)
    with vault:
        assert Vault.exists(tmp_path / "vault")
        assert vault.user.name == "Dr Ada"
        assert [entry.user for entry in vault.custody.accounts()] == [vault.user]
        assert vault.verify().ok
        assert len(code) == 29
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


def test_the_cost_is_measured_unless_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = keys.Cost(20 * 1024, 3)
    monkeypatch.setattr(keys, "calibrated", lambda: measured)
    vault, _ = Vault.create(tmp_path / "vault", NAME, PASSWORD)
    vault.close()
    assert keys.load(tmp_path / "vault").cost == measured


def test_a_vault_is_made_in_an_empty_folder_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Vault.create(tmp_path / "empty", NAME, PASSWORD, cost=MINIMUM)[0].close()
    with pytest.raises(VaultError, match="vault in this folder already"):
        Vault.create(folder, NAME, PASSWORD, cost=MINIMUM)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    for full in (tmp_path / "full", tmp_path / "full" / "letter.txt"):
        with pytest.raises(VaultError, match="not empty"):
            Vault.create(full, NAME, PASSWORD, cost=MINIMUM)


def test_a_vault_that_could_not_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAllowed, match="at least 8 characters"):
        Vault.create(tmp_path / "vault", NAME, "short")
    with pytest.raises(NotAllowed, match="name"):
        Vault.create(tmp_path / "vault", " ", PASSWORD)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, "write_whole", full)
    with pytest.raises(VaultError, match="disk is full"):
        Vault.create(tmp_path / "vault", NAME, PASSWORD, cost=MINIMUM)
    assert list(tmp_path.iterdir()) == []


def test_a_vault_that_is_stopped_in_the_making_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(keys, "write_whole", stopped)
    with pytest.raises(KeyboardInterrupt):
        Vault.create(tmp_path / "vault", NAME, PASSWORD, cost=MINIMUM)
    assert list(tmp_path.iterdir()) == []


def test_the_password_opens_and_everything_is_there_again(folder: Path, vault: Vault, draft: Exam) -> None:
    signed = vault.exams.sign(draft, PASSWORD)
    user = vault.user
    vault.close()
    with Vault.open(folder, "dr ada  OKAFOR", PASSWORD) as again:
        assert again.user == user
        assert again.exams.of_patient("p1") == (signed,)


def test_no_key_or_word_lies_readable_in_the_folder(folder: Path, vault: Vault, draft: Exam) -> None:
    vault.exams.sign(draft, PASSWORD)
    vault_key = vault.custody._vault_key
    told = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    names = " ".join(str(path) for path in folder.rglob("*"))
    for secret in (b"ngstr", b"Okafor", b"2187-3", b"typical", b"skin/rash", vault_key, vault_key.hex().encode()):
        assert secret not in told
        assert secret.decode("latin-1") not in names


def test_what_is_not_a_vault_is_refused(tmp_path: Path, folder: Path) -> None:
    for other in (tmp_path, tmp_path / "missing"):
        with pytest.raises(VaultError, match="not a Clinoscope vault"):
            Vault.open(other, NAME, PASSWORD)
    (folder / "records.db").unlink()
    with pytest.raises(VaultError):
        Vault.open(folder, NAME, PASSWORD)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda path: path.unlink(), "A file of the vault is missing"),
        (lambda path: path.write_bytes(b""), "database is damaged"),
    ],
)
def test_a_lost_database_is_told_and_no_empty_one_takes_its_place(
    folder: Path, template: Any, harm: Callable[[Path], object], sentence: str
) -> None:
    path = folder / "records.db"
    harm(path)
    left = path.exists() and path.stat().st_size
    with pytest.raises(VaultError, match=sentence):
        Vault.open(folder, NAME, PASSWORD)
    with pytest.raises(VaultError, match=sentence):
        Vault.recover(folder, template.code, NAME, "another long one")
    assert (path.exists() and path.stat().st_size) == left
    assert not (folder / "before-upgrade").exists()


def test_wrong_password_and_unknown_user_are_told_alike_and_share_the_delay(folder: Path) -> None:
    told = []
    for name, password in [(NAME, "wrong horse"), ("Nobody", PASSWORD), (NAME, "wrong again")]:
        with pytest.raises(WrongPassword) as caught:
            Vault.open(folder, name, password)
        told.append((str(caught.value), caught.value.retry_after))
    wrong = "The name or the password is not right."
    assert told == [(wrong, 0), (wrong, 0), (f"{wrong} Wait 1 second before the next try.", 1)]
    with pytest.raises(WrongPassword, match="Too many wrong tries") as caught:
        Vault.open(folder, NAME, PASSWORD)
    assert 0 < caught.value.retry_after <= 1


def test_the_delay_is_shared_with_checking_the_password_of_an_open_vault(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.check_password(PASSWORD)
    for _ in range(3):
        with pytest.raises(WrongPassword):
            vault.check_password("wrong horse")
    with pytest.raises(WrongPassword, match="Too many"):
        vault.check_password(PASSWORD)
    vault.close()
    with pytest.raises(WrongPassword, match="Too many"):
        Vault.open(folder, NAME, PASSWORD)
    monkeypatch.setattr(tries_module, "DELAYS", (0,))
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert again.events(1)[0].details == {"wrong_tries": 3}
        assert not (folder / "tries.json").exists()


def test_a_wrong_password_lets_go_of_the_vault(folder: Path) -> None:
    with pytest.raises(WrongPassword):
        Vault.open(folder, NAME, "wrong horse")
    Vault.open(folder, NAME, PASSWORD).close()


def test_a_second_copy_of_the_program_is_refused(vault: Vault, folder: Path) -> None:
    with pytest.raises(VaultError, match="already open in another copy"):
        Vault.open(folder, NAME, PASSWORD)
    script = (
        "import sys; from clinoscope.records import Vault; from clinoscope.domain.errors import VaultError\n"
        "try: Vault.open(sys.argv[1], sys.argv[2], sys.argv[3])\n"
        "except VaultError as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(folder), NAME, PASSWORD]
    assert b"already open in another copy" in subprocess.run(command, capture_output=True, check=True).stdout
    vault.close()
    Vault.open(folder, NAME, PASSWORD).close()


def test_closing_twice_is_fine_and_a_closed_vault_says_so(vault: Vault) -> None:
    vault.close()
    vault.close()
    for act in (
        vault.custody.accounts,
        vault.events,
        lambda: vault.check_password(PASSWORD),
        lambda: vault.patients.search("a"),
        lambda: vault.pictures.put(b"x"),
    ):
        with pytest.raises(VaultError, match="is closed"):
            act()
    assert not vault.verify().ok


def test_a_changed_password_replaces_the_old_one(vault: Vault, folder: Path, draft: Exam) -> None:
    signed = vault.exams.sign(draft, PASSWORD)
    with pytest.raises(WrongPassword):
        vault.custody.change_password("wrong horse", "battery staple")
    with pytest.raises(NotAllowed, match="at least 8"):
        vault.custody.change_password(PASSWORD, "short")
    vault.custody.change_password(PASSWORD, "battery staple")
    vault.check_password("battery staple")
    assert vault.events(1)[0].act == "user.password"
    vault.close()
    with pytest.raises(WrongPassword):
        Vault.open(folder, NAME, PASSWORD)
    with Vault.open(folder, NAME, "battery staple") as again:
        amended = again.exams.sign(again.exams.amend(signed, "why"), "battery staple")
        assert amended.signature
        assert signed.signature
        assert amended.signature.public_key == signed.signature.public_key
        assert again.verify().ok


def test_another_user_opens_the_same_records(vault: Vault, folder: Path, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    bob = vault.custody.add_user(" Bob ", "battery staple", [Role.CLINICIAN]).user
    assert [entry.user.name for entry in vault.custody.accounts()] == ["Bob", NAME]
    for name, sentence in [("bob", "this name already"), (NAME.upper(), "this name already"), (" ", "needs a name")]:
        with pytest.raises(NotAllowed, match=sentence):
            vault.custody.add_user(name, "whatever else", [Role.CLINICIAN])
    with pytest.raises(NotAllowed, match="at least 8"):
        vault.custody.add_user("Carl", "short", [Role.CLINICIAN])
    vault.check_password(PASSWORD)
    vault.close()
    with Vault.open(folder, "Bob", "battery staple") as bobs:
        assert bobs.user == bob
        assert bobs.exams.get("e1") == draft
        assert bobs.events(1)[0].user == bob.id
        with pytest.raises(WrongPassword):
            bobs.check_password(PASSWORD)


def test_users_added_at_once_all_get_in(vault: Vault, folder: Path) -> None:
    names = ["Bob", "Carl", "Dora"]
    threads = [
        threading.Thread(target=vault.custody.add_user, args=(name, "battery staple", [Role.CLINICIAN]))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    vault.close()
    for name in [*names]:
        Vault.open(folder, name, "battery staple").close()


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        ("add_user", ("Bob", "battery staple", [Role.CLINICIAN])),
        ("change_password", (PASSWORD, "battery staple")),
        ("new_recovery_code", (PASSWORD,)),
    ],
)
def test_keys_go_back_when_the_transaction_fails(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch, act: str, arguments: tuple[Any, ...]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("clinoscope.records.audit.append", full)
        with pytest.raises(VaultError, match="disk is full"):
            getattr(vault.custody, act)(*arguments)
    vault.check_password(PASSWORD)
    assert [entry.user for entry in vault.custody.accounts()] == [vault.user]
    vault.close()
    with pytest.raises(WrongPassword):
        Vault.open(folder, "Bob", "battery staple")
    Vault.open(folder, NAME, PASSWORD).close()


def test_a_key_file_that_cannot_be_written_changes_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(keys, "write_whole", full)
        with pytest.raises(VaultError, match="disk is full"):
            vault.custody.change_password(PASSWORD, "battery staple")
    vault.check_password(PASSWORD)
    assert vault.events(1)[0].act == "vault.open"


def test_a_user_whose_adding_was_cut_short_does_not_exist(vault: Vault, folder: Path) -> None:
    before = (folder / "records.db").read_bytes()
    vault.close()
    before = (folder / "records.db").read_bytes()
    with Vault.open(folder, NAME, PASSWORD) as again:
        again.custody.add_user("Bob", "battery staple", [Role.CLINICIAN])
    (folder / "records.db").write_bytes(before)
    with pytest.raises(WrongPassword, match="name or the password"):
        Vault.open(folder, "Bob", "battery staple")
    with Vault.open(folder, NAME, PASSWORD) as again:
        again.custody.add_user("Bob", "other staple", [Role.CLINICIAN])
    Vault.open(folder, "Bob", "other staple").close()


def test_the_recovery_code_gives_a_new_password(vault: Vault, folder: Path, template: Any, draft: Exam) -> None:
    signed = vault.exams.sign(draft, PASSWORD)
    vault.close()
    with Vault.recover(folder, template.code.lower().replace("-", " "), NAME, "battery staple") as again:
        assert again.user == vault.user
        assert again.events(1)[0].act == "user.recover"
        amended = again.exams.sign(again.exams.amend(signed, "why"), "battery staple")
        assert amended.signature
        assert signed.signature
        assert amended.signature.public_key != signed.signature.public_key
        assert again.verify().ok, "what the lost key signed is still valid"
    with pytest.raises(WrongPassword):
        Vault.open(folder, NAME, PASSWORD)
    Vault.open(folder, NAME, "battery staple").close()


def test_recovery_refuses_what_is_wrong_and_changes_nothing(folder: Path, template: Any) -> None:
    with pytest.raises(WrongPassword, match="not the one of this vault"):
        Vault.recover(folder, new_code(), NAME, "battery staple")
    with pytest.raises(VaultError, match="typing mistake"):
        Vault.recover(folder, template.code[:-1], NAME, "battery staple")
    with pytest.raises(VaultError, match=f"take one of {NAME}"):
        Vault.recover(folder, template.code, "Nobody", "battery staple")
    with pytest.raises(NotAllowed, match="at least 8"):
        Vault.recover(folder, template.code, NAME, "short")
    Vault.open(folder, NAME, PASSWORD).close()


def test_listeners_hear_of_every_write(vault: Vault, draft: Exam) -> None:
    heard: list[frozenset[Topic]] = []
    vault.listen(heard.append)
    vault.exams.save_draft(draft)
    vault.settings.set("a", 1)
    vault.unlisten(heard.append)
    vault.settings.set("a", 2)
    assert heard == [{Topic.EXAMS}, {Topic.SETTINGS}]


def test_a_vault_on_a_disk_without_write_access_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: Any) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.open", read_only)
    with pytest.raises(VaultError, match="cannot be written to"):
        Vault.open(folder, NAME, PASSWORD)


def test_a_vault_can_be_moved(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder, tmp_path / "elsewhere")
    with Vault.open(tmp_path / "elsewhere", NAME, PASSWORD) as moved:
        assert moved.verify().ok
