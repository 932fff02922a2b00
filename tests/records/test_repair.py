from pathlib import Path

import pytest

from clinoscope.records import Vault


@pytest.fixture
def three(vault: Vault) -> list[str]:
    return [vault.pictures.put(data) for data in (b"kept", b"lost", b"altered")]


def harm(vault: Vault, three: list[str]) -> None:
    vault.pictures.path(three[1]).unlink()
    vault.pictures.path(three[2]).write_bytes(b"something else")


def test_a_sound_vault_is_told_as_such(vault: Vault, three: list[str]) -> None:
    assert vault.check().ok
    assert vault.check().pictures == 3


def test_missing_altered_and_orphaned_are_told_apart(vault: Vault, three: list[str]) -> None:
    harm(vault, three)
    orphan = vault.pictures.path("ab" * 32)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left by a kill")
    found = vault.check()
    assert found.missing == (vault.pictures.path(three[1]).name,)
    assert found.altered == (vault.pictures.path(three[2]).name,)
    assert found.orphaned == (orphan.name,)
    assert not found.ok


def test_lost_pictures_come_back_byte_for_byte(vault: Vault, three: list[str], tmp_path: Path) -> None:
    vault.backup(tmp_path / "stick")
    harm(vault, three)
    found = vault.check(mend=True, mend_from=tmp_path / "stick")
    assert found.ok
    assert len(found.mended) == 2
    assert [vault.pictures.get(sha256) for sha256 in three] == [b"kept", b"lost", b"altered"]
    assert vault.verify().ok
    (aside,) = (vault.folder / "set-aside").iterdir()
    assert aside.read_bytes() == b"something else", "what was altered is kept, for whoever wants to know"


def test_a_damaged_copy_is_not_put_back(vault: Vault, three: list[str], tmp_path: Path) -> None:
    vault.backup(tmp_path / "stick")
    for copy in (tmp_path / "stick" / "clinoscope-pictures").glob("*/*"):
        copy.write_bytes(b"damaged as well")
    harm(vault, three)
    found = vault.check(mend=True, mend_from=tmp_path / "stick")
    assert found.mended == ()
    assert len(found.missing) == len(found.altered) == 1


def test_without_a_backup_only_the_orphans_are_set_aside(vault: Vault, three: list[str]) -> None:
    orphan = vault.pictures.path("ab" * 32)
    orphan.parent.mkdir(exist_ok=True)
    for number in range(2):
        orphan.write_bytes(b"left by a kill")
        assert vault.check(mend=True).ok, number
    assert len(list((vault.folder / "set-aside").iterdir())) == 2


def test_a_damaged_database_is_named(vault: Vault, folder: Path) -> None:
    vault.settings.set("a", "x" * 50_000)
    with vault._store._lock:
        vault._store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    data = bytearray((folder / "records.db").read_bytes())
    data[-3000] ^= 1
    (folder / "records.db").write_bytes(data)
    assert "damaged" in vault.check().database[0]
