import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Exam
from clinoscope.records import Vault, restore
from clinoscope.records.backup import SHARED

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


@pytest.fixture
def filled(vault: Vault, draft: Exam) -> Vault:
    vault.exams.sign(draft, PASSWORD)
    return vault


def pictures_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_backup_restores_to_the_same_vault(filled: Vault, tmp_path: Path) -> None:
    backup = filled.backup(tmp_path / "stick")
    assert backup.parent == tmp_path / "stick"
    assert backup.name.startswith("clinoscope-20")
    assert sorted(path.name for path in backup.iterdir()) == ["keys.json", "manifest.json", "records.db"]
    restore(backup, tmp_path / "new" / "vault")
    with Vault.open(tmp_path / "new" / "vault", NAME, PASSWORD) as again:
        assert again.verify().ok
        assert again.exams.of_patient("p1") == filled.exams.of_patient("p1")
        assert again.pictures.get(again.exams.get("e1").picture.sha256) == b"a picture"  # type: ignore[union-attr]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["vault"]


def test_an_empty_folder_is_filled_a_full_one_refused(filled: Vault, tmp_path: Path) -> None:
    backup = filled.backup(tmp_path / "stick")
    target = tmp_path / "target"
    target.mkdir()
    restore(backup, target)
    before = pictures_in(target)
    for full in (target, backup / "records.db"):
        with pytest.raises(VaultError, match="not empty"):
            restore(backup, full)
    assert pictures_in(target) == before


def test_the_next_backup_copies_only_new_pictures(filled: Vault, tmp_path: Path) -> None:
    first = filled.backup(tmp_path / "stick")
    (old,) = (path for path in (tmp_path / "stick" / SHARED).rglob("*") if path.is_file())
    written = old.stat().st_mtime_ns
    filled.pictures.put(b"another picture")
    second = filled.backup(tmp_path / "stick")
    assert second != first
    assert old.stat().st_mtime_ns == written
    assert len(pictures_in(tmp_path / "stick" / SHARED)) == 2
    for number, backup in enumerate((first, second), start=1):
        restore(backup, tmp_path / f"vault{number}")
        with Vault.open(tmp_path / f"vault{number}", NAME, PASSWORD) as again:
            report = again.verify()
            assert report.ok
            assert report.pictures == number


def test_a_cut_off_picture_in_the_backups_is_copied_again(filled: Vault, tmp_path: Path) -> None:
    filled.backup(tmp_path / "stick")
    (copy,) = (path for path in (tmp_path / "stick" / SHARED).rglob("*") if path.is_file())
    copy.write_bytes(copy.read_bytes()[:10])
    restore(filled.backup(tmp_path / "stick"), tmp_path / "again")


def test_a_backup_is_logged(filled: Vault, tmp_path: Path) -> None:
    backup = filled.backup(tmp_path / "stick")
    newest = filled.events(1)[0]
    assert (newest.act, newest.subject, newest.details) == ("vault.backup", backup.name, {"seq": newest.seq - 1})


def test_a_lost_picture_does_not_keep_the_rest_from_being_saved(filled: Vault, tmp_path: Path) -> None:
    lost = filled.pictures.put(b"another picture")
    filled.backup(tmp_path / "early")
    filled.pictures.path(lost).unlink()
    backup = filled.backup(tmp_path / "late")
    assert filled.events(1)[0].details["pictures_missing"] == 1
    restore(backup, tmp_path / "again")
    with Vault.open(tmp_path / "again", NAME, PASSWORD) as again:
        assert [problem[:7] for problem in again.verify().problems] == ["Picture"]
    restore(filled.backup(tmp_path / "early"), tmp_path / "whole")
    with Vault.open(tmp_path / "whole", NAME, PASSWORD) as whole:
        assert whole.verify().ok, "the folder of backups still has it"


def test_the_backup_holds_no_readable_word(filled: Vault, tmp_path: Path) -> None:
    filled.backup(tmp_path / "stick")
    told = b"".join(path.read_bytes() for path in (tmp_path / "stick").rglob("*") if path.is_file())
    for secret in ("ngstr", "Okafor", "2187-3", "a picture"):
        assert secret.encode() not in told


def test_a_backup_inside_the_vault_is_refused(filled: Vault, folder: Path) -> None:
    with pytest.raises(VaultError, match="another disk"):
        filled.backup(folder / "backups")


def test_a_file_is_no_place_for_a_backup(filled: Vault, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VaultError, match="choose a folder"):
        filled.backup(tmp_path / "file")


def test_a_stick_pulled_out_in_the_middle_is_told_and_nothing_begins_beneath_it(
    filled: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, flush = tmp_path / "stick", os.fsync
    stick.mkdir()

    def pulled(handle: int) -> None:
        flush(handle)
        if stick.exists() and any(stick.glob(f"{SHARED}/*/*.new")):
            stick.rename(tmp_path / "in a pocket")

    monkeypatch.setattr("os.fsync", pulled)
    with pytest.raises(VaultError, match=r"^The backup was not finished. Its disk is not there any more"):
        filled.backup(stick)
    monkeypatch.undo()
    assert not stick.exists()
    (tmp_path / "in a pocket").rename(stick)
    path = filled.backup(stick)
    restore(path, tmp_path / "again")


def test_a_stick_pulled_out_while_it_is_read_is_no_damaged_backup(
    filled: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, flush = tmp_path / "stick", os.fsync
    path = filled.backup(stick)

    def pulled(handle: int) -> None:
        flush(handle)
        if stick.exists():
            stick.rename(tmp_path / "in a pocket")

    monkeypatch.setattr("os.fsync", pulled)
    with pytest.raises(VaultError, match="The disk with the backup is not there any more"):
        restore(path, tmp_path / "again")
    monkeypatch.undo()
    assert not (tmp_path / "again").exists()
    with pytest.raises(VaultError, match="The disk with the backup is not there any more"):
        filled.try_backup(path, whole=True)
    assert filled.latest("vault.tested") is None, "not tried, and not tried in vain"
    (tmp_path / "in a pocket").rename(stick)
    filled.try_backup(path, whole=True)
    restore(path, tmp_path / "again")


def test_a_backup_that_fails_is_not_left(filled: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes, **_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clinoscope.records.backup.write_whole", full)
    with pytest.raises(VaultError, match="disk is full"):
        filled.backup(tmp_path / "stick")
    assert list((tmp_path / "stick").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError):
        filled.backup(tmp_path / "file")


@pytest.mark.parametrize("name", ["records.db", "keys.json", "picture"])
@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_damaged_backup_is_refused_and_nothing_is_made(filled: Vault, tmp_path: Path, name: str, harm: str) -> None:
    backup = filled.backup(tmp_path / "stick")
    path = backup / name
    if name == "picture":
        path = next(path for path in (tmp_path / "stick" / SHARED).rglob("*") if path.is_file())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    if harm == "change":
        path.write_bytes(data)
    (tmp_path / "to").mkdir()
    with pytest.raises(VaultError, match="backup is damaged or not complete"):
        restore(backup, tmp_path / "to" / "vault")
    assert list((tmp_path / "to").iterdir()) == []


def test_what_is_not_a_backup_is_refused(filled: Vault, tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="not a Clinoscope backup"):
        restore(tmp_path / "nothing", tmp_path / "vault2")
    backup = filled.backup(tmp_path / "stick")
    (backup / "manifest.json").write_text("{}")
    with pytest.raises(VaultError, match="damaged"):
        restore(backup, tmp_path / "vault2")


@pytest.mark.parametrize("name", ["../../../evil", "/etc/hostname", "ab/cd", ".."])
def test_a_forged_manifest_cannot_point_outside(filled: Vault, tmp_path: Path, name: str) -> None:
    backup = filled.backup(tmp_path / "a" / "b" / "stick")
    (tmp_path / "evil").write_bytes(b"evil")
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["pictures"][0] = {"name": name, "sha256": hashlib.sha256(b"evil").hexdigest()}
    (backup / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "to").mkdir()
    with pytest.raises(VaultError, match="damaged"):
        restore(backup, tmp_path / "to" / "vault")
    assert list((tmp_path / "to").iterdir()) == []


def test_two_backups_in_one_second_both_stand(filled: Vault, tmp_path: Path) -> None:
    made = {filled.backup(tmp_path / "stick") for _ in range(3)}
    assert len(made) == 3
    shutil.rmtree(tmp_path / "stick")
