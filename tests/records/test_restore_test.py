from pathlib import Path

import pytest

from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Exam
from clinoscope.records import Vault
from clinoscope.records.backup import SHARED
from clinoscope.records.restore_test import Restorable

PASSWORD = "correct horse"


def test_a_backup_that_comes_back_says_how_much_was_read(vault: Vault, draft: Exam, tmp_path: Path) -> None:
    vault.exams.sign(draft, PASSWORD)
    first = vault.backup(tmp_path / "stick")
    assert vault.try_backup(first, whole=False) == Restorable(len(vault.events()) - 2, 1, 1)
    assert vault.events(1)[0].details == {"ok": True, "whole": False, "read": 1, "pictures": 1}
    vault.pictures.put(b"another")
    second = vault.backup(tmp_path / "stick")
    tested = vault.try_backup(second, whole=False)
    assert (tested.pictures, tested.read) == (2, 1)
    assert vault.try_backup(second, whole=True).read == 2


@pytest.mark.parametrize("harm", ["database", "keys", "picture", "lost"])
def test_one_that_would_not_is_told_and_noted(vault: Vault, draft: Exam, tmp_path: Path, harm: str) -> None:
    vault.exams.sign(draft, PASSWORD)
    made = vault.backup(tmp_path / "stick")
    (picture,) = (path for path in (tmp_path / "stick" / SHARED).rglob("*") if path.is_file())
    path = {"database": made / "records.db", "keys": made / "keys.json"}.get(harm, picture)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    if harm == "lost":
        picture.unlink()
    with pytest.raises(VaultError, match="damaged or not complete"):
        vault.try_backup(made, whole=True)
    assert vault.events(1)[0].details["ok"] is False


def test_nothing_is_left_of_the_try(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    made = vault.backup(tmp_path / "stick")
    names = sorted(path.name for path in made.iterdir())
    vault.try_backup(made, whole=True)
    assert list((tmp_path / "scratch").iterdir()) == []
    assert sorted(path.name for path in made.iterdir()) == names
