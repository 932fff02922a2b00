import hashlib
import threading
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.records import Vault
from clinoscope.records.keys import MINIMUM

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"

DATA = b"\x89PNG not really" * 1000


def test_a_picture_comes_back_byte_for_byte(vault: Vault) -> None:
    sha256 = vault.pictures.put(DATA)
    assert sha256 == hashlib.sha256(DATA).hexdigest()
    assert vault.pictures.get(sha256) == DATA
    assert vault.pictures.get(vault.pictures.put(b"")) == b""


def test_storing_it_again_changes_nothing(vault: Vault) -> None:
    sha256 = vault.pictures.put(DATA)
    path, events = vault.pictures.path(sha256), vault.events()
    written = path.stat().st_mtime_ns
    assert vault.pictures.put(DATA) == sha256
    assert path.stat().st_mtime_ns == written
    assert vault.events() == events


def test_the_file_tells_neither_the_picture_nor_its_hash(vault: Vault, folder: Path) -> None:
    sha256 = vault.pictures.put(DATA)
    (path,) = [path for path in (folder / "pictures").rglob("*") if path.is_file()]
    assert sha256[:8] not in str(path)
    sealed = path.read_bytes()
    assert b"PNG" not in sealed
    assert hashlib.sha256(sealed).hexdigest() not in str(path)


def test_another_vault_gives_the_picture_another_name(vault: Vault, tmp_path: Path) -> None:
    other, _ = Vault.create(tmp_path / "other", NAME, PASSWORD, cost=MINIMUM)
    with other:
        assert other.pictures.path("ab" * 32).name != vault.pictures.path("ab" * 32).name


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_one_changed_byte_is_noticed(vault: Vault, place: int) -> None:
    sha256 = vault.pictures.put(DATA)
    path = vault.pictures.path(sha256)
    sealed = bytearray(path.read_bytes())
    sealed[place] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(VaultError, match="altered or is damaged"):
        vault.pictures.get(sha256)


def test_a_cut_off_or_exchanged_file_is_noticed(vault: Vault) -> None:
    one, two = vault.pictures.put(b"one"), vault.pictures.put(b"two")
    vault.pictures.path(one).write_bytes(vault.pictures.path(two).read_bytes())
    vault.pictures.path(two).write_bytes(b"CLP1")
    for sha256 in (one, two):
        with pytest.raises(VaultError, match="altered"):
            vault.pictures.get(sha256)


def test_a_well_sealed_file_with_other_bytes_is_noticed(vault: Vault) -> None:
    sha256 = vault.pictures.put(DATA)
    vault.pictures.path(sha256).write_bytes(vault.pictures.sealed(sha256, b"something else"))
    with pytest.raises(VaultError, match="altered"):
        vault.pictures.get(sha256)


def test_a_missing_picture_is_a_sentence_and_can_be_put_back(vault: Vault) -> None:
    sha256 = vault.pictures.put(DATA)
    sealed = vault.pictures.path(sha256).read_bytes()
    vault.pictures.path(sha256).unlink()
    with pytest.raises(VaultError, match="missing from the vault"):
        vault.pictures.get(sha256)
    vault.pictures.put(DATA)
    assert vault.pictures.path(sha256).read_bytes() == sealed
    assert vault.verify().ok


def test_the_row_is_written_only_when_the_file_is_in_place(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("clinoscope.records.pictures.write_whole", full)
        with pytest.raises(VaultError, match="disk is full"):
            vault.pictures.put(DATA)
    assert vault.verify().pictures == 0
    vault.pictures.put(DATA)
    assert vault.verify().pictures == 1


def test_threads_may_store_the_same_picture_at_once(vault: Vault) -> None:
    threads = [threading.Thread(target=vault.pictures.put, args=(DATA,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = vault.verify()
    assert report.ok
    assert report.pictures == 1
