"""A full disk gets a sentence and loses nothing (issue 2, point 6)."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Patient
from clinoscope.records import Vault

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX system to make a disk full")


@pytest.fixture
def small_disk(mount_disk: Callable[[str], Path]) -> Path:
    """Two megabytes, on a real file system of their own."""
    return mount_disk("2m")


def fill(vault: Vault) -> tuple[int, int]:
    """Write patients, then small pictures, until nothing fits; how many of each were acknowledged."""

    def add(number: int) -> None:
        vault.patients.add(Patient(id=f"p{number}", identifier=f"N{number}", name="x" * 2000))

    def put(number: int) -> None:
        vault.pictures.put(bytes([number]) * 1000)

    return until_full(add), until_full(put)


def until_full(write: Callable[[int], None]) -> int:
    """How often ``write`` succeeded before it said that the disk is full."""
    for number in count():
        try:
            write(number)
        except VaultError as error:
            assert "nothing was changed" in str(error)  # noqa: PT017
            return number
    raise AssertionError


def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_space(small_disk: Path, folder: Path) -> None:
    home = Path(shutil.copytree(folder, small_disk / "vault"))
    (small_disk / "ballast").write_bytes(bytes(400_000))
    with Vault.open(home, NAME, PASSWORD) as vault:
        first = vault.pictures.put(b"first")
        patients, pictures = fill(vault)
        assert patients > 10
        with pytest.raises(VaultError, match="disk is full"):
            vault.pictures.put(bytes(300_000))
        with pytest.raises(VaultError, match="disk is full"):
            vault.backup(small_disk / "backup")
        report = vault.verify()
        assert report.ok
        assert report.pictures == pictures + 1
        assert vault.pictures.get(first) == b"first"
        assert len(vault.patients.search("", limit=10_000)) == patients
        assert not list(home.rglob("*.new"))
        (small_disk / "ballast").unlink()
        vault.patients.change(replace(vault.patients.get("p0"), name="Space again"))
        vault.pictures.put(bytes(100_000))
        assert vault.verify().ok


def test_a_vault_left_on_a_full_disk_opens_again_with_space(small_disk: Path, folder: Path) -> None:
    home = Path(shutil.copytree(folder, small_disk / "vault"))
    (small_disk / "ballast").write_bytes(bytes(400_000))
    with Vault.open(home, NAME, PASSWORD) as vault:
        patients, _ = fill(vault)
    (small_disk / "ballast").unlink()
    with Vault.open(home, NAME, PASSWORD) as vault:
        assert vault.verify().ok
        assert len(vault.patients.search("", limit=10_000)) == patients


def test_a_file_that_may_not_grow_is_told_and_undone(vault: Vault) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(VaultError, match="disk is full"):
            vault.pictures.put(bytes(300_000))
        number = until_full(lambda number: vault.settings.set(f"key{number}", "x" * 20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    kept = [vault.settings.get(f"key{index}") for index in range(number)]
    assert all(value == "x" * 20_000 for value in kept)
    assert vault.settings.get(f"key{number}") is None
    assert not list(vault.folder.rglob("*.new"))
    vault.settings.set("after", 1)
    assert vault.verify().ok
