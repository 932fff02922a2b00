import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from sqlite_utils import Database

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Exam, Patient
from clinoscope.records import Operation, Vault, schema

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


def set_version(vault: Vault, version: int) -> None:
    def apply(db: Database) -> None:
        db.execute(f"PRAGMA user_version = {version}")

    vault.run(Operation("test", frozenset(), apply))


def test_a_new_vault_has_todays_schema(vault: Vault) -> None:
    with vault._store.reading() as db:
        assert schema.version(db) == len(schema.MIGRATIONS)


def test_a_newer_vault_is_refused_and_not_touched(folder: Path) -> None:
    with Vault.open(folder, NAME, PASSWORD) as vault:
        set_version(vault, len(schema.MIGRATIONS) + 1)
    before = (folder / "records.db").read_bytes()
    with pytest.raises(VaultError, match="newer Clinoscope: install the newest version"):
        Vault.open(folder, NAME, PASSWORD)
    assert (folder / "records.db").read_bytes() == before


def test_an_older_vault_is_copied_then_brought_up_to_date(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Vault.open(folder, NAME, PASSWORD) as vault:
        vault.settings.set("a", 1)

    def later(db: Database) -> None:
        db.execute("ALTER TABLE settings ADD COLUMN note TEXT")

    now = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, later))
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault._store.rows("SELECT * FROM settings WHERE key = 'a'") == [{"key": "a", "value": "1", "note": None}]
        upgrade = vault.events()[1]
        assert (upgrade.act, upgrade.details) == ("vault.upgrade", {"from": now, "to": now + 1})
        assert vault.verify().ok
    monkeypatch.undo()
    (copy,) = (folder / "before-upgrade").iterdir()
    assert copy.name.startswith(f"records-v{now}-")
    shutil.copy(copy, folder / "records.db")
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault.settings.get("a") == 1


def test_a_vault_of_the_first_version_is_upgraded_with_all_that_is_in_it(
    tmp_path: Path, patient: Patient, lab: LabValue
) -> None:
    """The file was written by the program of that time: a patient, a signed exam, the draft of its amendment."""
    with zipfile.ZipFile(Path(__file__).parent / "data" / "vault-of-the-first-version.zip") as file:
        file.extractall(tmp_path / "old")
    folder = tmp_path / "old" / "vault"
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault.events()[1].details == {"from": 1, "to": len(schema.MIGRATIONS)}
        (signed,) = vault.exams.signed_of_task("skin/rash")
        assert vault.patients.get(signed.patient_id) == patient
        assert vault.patients.search("angstroem") == (patient,)  # by its sound, which no vault had then
        assert [exam.state for exam in vault.exams.versions(signed.id)] == ["signed", "draft"]
        assert vault.roles == {Role.ADMINISTRATOR, Role.CLINICIAN}
        assert vault.labs.of_patient(patient.id) == ()
        vault.labs.add(lab)
        vault.exams.sign(vault.exams.get(signed.id, 2), PASSWORD)
        assert vault.verify().ok
    (copy,) = (folder / "before-upgrade").iterdir()
    assert copy.name.startswith("records-v1-")


def test_an_upgrade_that_fails_leaves_the_old_vault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half (a)")
        raise KeyError("bug")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(KeyError):
            Vault.open(folder, NAME, PASSWORD)
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault._store.rows("SELECT name FROM sqlite_master WHERE name = 'half'") == []
        assert vault.verify().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exams SET task = 'x'",
        "UPDATE exams SET state = 'draft', signature = NULL",
        "DELETE FROM exams",
        "REPLACE INTO exams SELECT * FROM exams",
        "UPDATE pictures SET bytes = 1",
        "DELETE FROM pictures",
        "DELETE FROM patients",
        "UPDATE events SET act = 'x'",
        "DELETE FROM events",
        "UPDATE user_keys SET user = 'x'",
        "DELETE FROM user_keys",
        "UPDATE labs SET value = 11",
        "UPDATE labs SET patient = patient",
        "UPDATE labs SET drawn_at = '2026-01-01'",
        "UPDATE labs SET void_reason = 'another' WHERE id = 'l2'",
        "UPDATE labs SET voided_at = NULL, voided_by = NULL, void_reason = NULL WHERE id = 'l2'",
        "DELETE FROM labs",
        "REPLACE INTO labs SELECT * FROM labs",
        "UPDATE users SET name = 'x'",
        "DELETE FROM users",
        "UPDATE seals SET value = 'x'",
        "DELETE FROM seals",
    ],
)
def test_what_is_signed_and_logged_stays_whatever_the_statement(
    vault: Vault, draft: object, lab: LabValue, statement: str
) -> None:
    vault.labs.add(lab)
    vault.labs.add(replace(lab, id="l2"))
    vault.labs.void("l2", "why")
    vault.exams.sign(draft, PASSWORD)  # type: ignore[arg-type]

    def apply(db: Database) -> None:
        db.execute(statement)

    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="never"):
        vault.run(Operation("test", frozenset(), apply))
    assert vault.verify().ok


@pytest.mark.parametrize("statement", ["DELETE FROM exams", "UPDATE exams SET state = 'draft'"])
def test_what_is_voided_stays_voided_and_drafts_are_not_deleted(vault: Vault, draft: Exam, statement: str) -> None:
    vault.exams.save_draft(replace(draft, id="e2"))
    vault.exams.save_draft(draft)
    vault.exams.discard_draft(draft)

    def apply(db: Database) -> None:
        db.execute(statement + " WHERE id = 'e1'")

    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="never"):
        vault.run(Operation("test", frozenset(), apply))

    def remove(db: Database) -> None:
        db.execute("DELETE FROM exams WHERE id = 'e2'")

    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="never removed"):
        vault.run(Operation("test", frozenset(), remove))


def test_a_draft_stays_with_its_patient(vault: Vault, draft: object) -> None:
    vault.exams.save_draft(draft)  # type: ignore[arg-type]
    vault.patients.add(Patient(id="p2", identifier="2", name="B"))

    def apply(db: Database) -> None:
        db.execute("UPDATE exams SET patient = 'p2'")

    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="never moves"):
        vault.run(Operation("test", frozenset(), apply))
