"""Another vault key: everything anew, nobody locked out, and wholly of one key whenever it is cut short."""

from pathlib import Path
from typing import Any

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.domain.record import Exam
from clinoscope.records import Vault, keys, restore, rotation

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
BOBS = "battery staple"


def rotated(vault: Vault) -> str:
    code = vault.custody.rotate(PASSWORD)
    vault.close()
    return code


def test_everyone_logs_in_as_before_and_everything_is_there(vault: Vault, folder: Path, draft: Exam) -> None:
    bob = vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    signed = vault.exams.sign(draft, PASSWORD)
    told: list[tuple[int, int]] = []
    vault.custody.rotate(PASSWORD, lambda *progress: told.append(progress))
    vault.close()
    assert told == [(0, 1), (1, 1)]
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(("rec", "pic"))) == [
        "pictures.1",
        "records.1.db",
    ]
    for name, password in ((NAME, PASSWORD), ("Bob", BOBS), ("Bob", BOBS)):
        with Vault.open(folder, name, password) as again:
            assert again.exams.get("e1") == signed
            assert again.pictures.get(signed.picture.sha256) == b"a picture"  # type: ignore[union-attr]
            assert again.verify().ok
    assert "vault.rotate" in [event.act for event in Vault.open(folder, "Bob", BOBS).events()]
    assert bob.user.name == "Bob"


def test_the_old_key_opens_nothing_any_more(vault: Vault, folder: Path, template: Any) -> None:
    before = vault.custody._vault_key
    sha256 = vault.pictures.put(b"a picture")
    code = rotated(vault)
    with pytest.raises(WrongPassword):
        Vault.recover(folder, template.code, NAME, BOBS)
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert again.custody._vault_key != before
        assert again.pictures.path(sha256).is_file()
    Vault.recover(folder, code, NAME, BOBS).close()


def test_it_can_be_done_twice_while_somebody_is_away(vault: Vault, folder: Path) -> None:
    vault.custody.add_user("Bob", BOBS, [Role.CLINICIAN])
    rotated(vault)
    with Vault.open(folder, NAME, PASSWORD) as again:
        again.pictures.put(b"a picture")
        rotated(again)
    with Vault.open(folder, "Bob", BOBS) as bobs:
        assert bobs.verify().ok
        bobs.custody.change_password(BOBS, "third staple")
    Vault.open(folder, "Bob", "third staple").close()


@pytest.mark.parametrize("lost", ["keys", "copy", "picture"])
def test_a_rotation_that_fails_leaves_the_old_key_in_force(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    sha256 = vault.pictures.put(b"a picture")

    def full(*_: Any, **__: Any) -> None:
        raise VaultError("The disk is full")

    with monkeypatch.context() as patched:
        place = {"keys": (keys, "save"), "copy": (vault._store, "copy_to"), "picture": (rotation, "write_whole")}[lost]
        patched.setattr(*place, full)
        with pytest.raises(VaultError, match="disk is full"):
            vault.custody.rotate(PASSWORD)
    assert not list(folder.glob("*.1*"))
    assert vault.pictures.get(sha256) == b"a picture"
    vault.close()
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert again.verify().ok


def test_what_was_cut_short_is_cleared_away_at_the_next_log_in(vault: Vault, folder: Path) -> None:
    vault.close()
    (folder / "pictures.1" / "ab").mkdir(parents=True)
    (folder / "records.1.db").write_bytes(b"half")
    Vault.open(folder, NAME, PASSWORD).close()
    assert not list(folder.glob("*.1*"))


def test_a_lost_picture_does_not_stop_it_and_stays_named(vault: Vault, folder: Path) -> None:
    kept, lost = vault.pictures.put(b"kept"), vault.pictures.put(b"lost")
    vault.pictures.path(lost).unlink()
    rotated(vault)
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert again.pictures.get(kept) == b"kept"
        assert [problem[:20] for problem in again.verify().problems] == [f"Picture {lost[:12]}"]


def test_a_backup_of_a_rotated_vault_can_be_put_back(vault: Vault, folder: Path, tmp_path: Path) -> None:
    sha256 = vault.pictures.put(b"a picture")
    rotated(vault)
    with Vault.open(folder, NAME, PASSWORD) as again:
        made = again.backup(tmp_path / "stick")
    restore(made, tmp_path / "back")
    with Vault.open(tmp_path / "back", NAME, PASSWORD) as back:
        assert back.pictures.get(sha256) == b"a picture"
        assert back.verify().ok


def test_without_room_for_two_nothing_is_begun(vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(rotation.shutil, "disk_usage", lambda _: usage(1, 1, 1000))
    with pytest.raises(VaultError, match="disk is full"):
        vault.custody.rotate(PASSWORD)
    assert not list(folder.glob("*.1*"))
