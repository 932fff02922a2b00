"""Killed while it is brought up to date, an older vault opens, and no copy from before is half one."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from clinoscope.records import Vault, schema, store

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
OLD = Path(__file__).parent / "data" / "vault-of-the-first-version.zip"
LAST = len(schema.MIGRATIONS)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A vault of the first version: a patient, a signed exam, the draft of its amendment."""
    with zipfile.ZipFile(OLD) as file:
        file.extractall(tmp_path / "old")
    return tmp_path / "old" / "vault"


def kill(folder: Path, where: str) -> None:
    """Open the vault in another process, and kill it there, see ``kill_upgrade``."""
    script = Path(__file__).with_name("kill_upgrade.py")
    command = [sys.executable, str(script), str(folder), NAME, PASSWORD, where]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.kill()


@pytest.mark.parametrize("where", ["copy", *map(str, range(2, LAST + 1)), "done"])
def test_a_vault_killed_in_the_middle_of_its_upgrade_opens_with_all_that_is_in_it(old: Path, where: str) -> None:
    kill(old, where)
    copied = list((old / schema.UPGRADES).glob("records-*"))
    assert len(copied) == (0 if where == "copy" else 1), "a copy has its name once it is whole"
    with Vault.open(old, NAME, PASSWORD) as vault:
        (signed,) = vault.exams.signed_of_task("skin/rash")
        assert vault.patients.get(signed.patient_id).name == "Zoë Ångström"
        assert [exam.state for exam in vault.exams.versions(signed.id)] == ["signed", "draft"]
        assert vault.verify().ok
        upgrades = [event for event in vault.events() if event.act == "vault.upgrade"]
        assert [event.details for event in upgrades] == [{"from": 1, "to": LAST}], "all of it at once, and once"
        key = vault.custody.database_key()
    copies = sorted((old / schema.UPGRADES).iterdir())
    assert copies
    for copy in copies:
        assert copy.match("records-v1-*.db")
        connection = store._connect(copy, key)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def test_an_upgrade_killed_again_and_again_ends_all_the_same(old: Path) -> None:
    for where in ("copy", "2", "copy", str(LAST)):
        kill(old, where)
    with Vault.open(old, NAME, PASSWORD) as vault:
        assert vault.verify().ok
