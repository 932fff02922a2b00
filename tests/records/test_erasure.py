"""Erasing a patient: nothing of them is left in the files, and the chain, the proofs and everybody else are whole."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlite_utils import Database

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.erasure import Extent, Reason
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.records import Operation, Vault, check_proof, erased_list, restore, store
from clinoscope.records.errors import FULL

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"
RETAKEN = b"a picture that was taken again"
SHARED = b"in two records"
CROP = b"a small picture of one cell of the patient"


def fill(vault: Vault, patient: Patient, draft: Exam, lab: LabValue) -> None:
    """A patient with one of everything, whose name was changed, and another one."""
    vault.patients.change(replace(patient, name="Zoë Ångström-Quist", note="allergic to quetiapine"))
    retaken = vault.pictures.put(RETAKEN)
    assert draft.picture is not None
    vault.exams.save_draft(replace(draft, picture=replace(draft.picture, sha256=retaken)))
    vault.exams.save_draft(draft)
    signed = vault.exams.sign(draft, PASSWORD)
    vault.exams.amend(signed, "the other side of Ångström")
    vault.labs.add(lab)
    vault.labs.void(lab.id, "haemolysed")
    vault.consents.note(patient.id, Purpose.TRAINING, Consented.GIVEN, date(2026, 3, 1), "form 4711-Q")
    vault.keeps.note(patient.id, "a study of Quist")
    smear = replace(draft, id="s1", smear=SmearSheet(target=100, own_classes=()))
    vault.exams.save_draft(smear)
    shared = replace(draft.picture, sha256=vault.pictures.put(SHARED))
    vault.smears.add_field(smear, shared)
    vault.run(
        Operation(
            "test",
            frozenset(),
            lambda db: db.table("smear_pictures").insert({"exam": "s1", "what": "cell", "number": 1, "data": CROP}),
        )
    )
    vault.patients.add(Patient(id="p2", identifier="2", name="Bert Lindqvist"))
    vault.exams.save_draft(replace(draft, id="e2", patient_id="p2", picture=shared))


@pytest.fixture
def filled(vault: Vault, patient: Patient, draft: Exam, lab: LabValue) -> Vault:
    fill(vault, patient, draft, lab)
    return vault


def tampered(vault: Vault, statement: str) -> tuple[str, ...]:
    """What ``verify`` finds after someone with the key wrote past the program."""
    with vault._store._lock:
        db = vault._store._db
        db.execute("PRAGMA query_only = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement)
        db.execute("PRAGMA query_only = ON")
    return vault.verify().problems


def raw(folder: Path, key: bytes) -> bytes:
    """Every byte of the database and of its log, decrypted page by page, the unused parts of pages among them.

    SQLCipher 4: pages of 4096 bytes, each ends in 16 of IV and 64 of HMAC; the first begins with 16 of salt.
    """

    def opened(page: bytes, begin: int) -> bytes:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(page[-80:-64])).decryptor()
        return decryptor.update(page[begin:-80])

    data, log = (folder / "records.db").read_bytes(), b""
    if (folder / "records.db-wal").exists():
        log = (folder / "records.db-wal").read_bytes()
    first = {0: 16}
    pages = [opened(data[at : at + 4096], first.get(at, 0)) for at in range(0, len(data), 4096)]
    for at in range(32, len(log), 4096 + 24):
        page = log[at + 24 : at + 24 + 4096]
        number = int.from_bytes(log[at : at + 4], "big")
        pages.append(opened(page, 16 if number == 1 else 0))
    return b"".join(pages)


TOLD = (
    *("Ångström", "angstrom", "Quist", "quist", "quetiapine", "2187-3", "1990-02-03", "haemolysed", "4711-Q"),
    *("the other side", "typical"),
)


def test_nothing_of_the_patient_is_left_in_any_file(filled: Vault, draft: Exam) -> None:
    key = filled.custody.database_key()
    filled.exams.save_draft(replace(filled.exams.get("e2"), review=None))
    before = raw(filled.folder, key)
    assert all(word.encode() in before for word in (*TOLD, "Lindqvist"))
    assert CROP in before
    upgrade = filled.folder / "before-upgrade"
    upgrade.mkdir(exist_ok=True)
    (upgrade / "records-v1-x.db").write_bytes(b"everybody of that time")
    assert draft.picture is not None
    gone = [filled.pictures.path(draft.picture.sha256), filled.pictures.path(hashlib.sha256(RETAKEN).hexdigest())]
    aside = filled.folder / "set-aside" / gone[0].name
    aside.parent.mkdir()
    shutil.copy(gone[0], aside)
    assert filled.erasures.extent("p1") == Extent(exams=2, signed=1, pictures=2, shared=1, labs=1)

    done = filled.erasures.erase("p1", Reason.REQUEST, PASSWORD)

    assert (done.exams, done.pictures, done.labs, done.finished, done.again) == (2, 2, 1, True, False)
    after = raw(filled.folder, key)
    assert not [word for word in TOLD if word.encode() in after]
    assert CROP not in after
    assert not any(path.exists() for path in (*gone, aside, upgrade))
    assert filled.patients.search("") == (filled.patients.get("p2"),)
    assert filled.exams.get("e2").picture
    assert filled.pictures.get(hashlib.sha256(SHARED).hexdigest()) == SHARED
    assert filled.check().ok
    report = filled.verify()
    assert report.ok, report.problems
    (sentence,) = report.erased
    assert sentence.endswith("a patient with 2 exams, 2 pictures, 1 lab value (the person asked for it).")


def test_it_is_said_when_somebody_asks_for_what_was_erased(filled: Vault, tmp_path: Path) -> None:
    filled.erasures.erase("p1", Reason.ORDER, PASSWORD)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for ask in (
        lambda: filled.patients.get("p1"),
        lambda: filled.exams.get("e1"),
        lambda: filled.prove("e1", 1, tmp_path / "proof"),
    ):
        with pytest.raises((VaultError, NotAllowed), match=f"erased on {today}"):
            ask()
    with pytest.raises(VaultError, match="no such patient"):
        filled.erasures.erase("p1", Reason.ORDER, PASSWORD)


def test_proofs_from_before_and_after_hold_and_say_so(filled: Vault, draft: Exam, tmp_path: Path) -> None:
    filled.prove("e1", 1, tmp_path / "earlier")
    filled.erasures.erase("p1", Reason.REQUEST, PASSWORD)
    other = filled.exams.get("e2")
    filled.exams.sign(replace(other, review=draft.review), PASSWORD)
    filled.prove("e2", 1, tmp_path / "later")
    assert list(check_proof.problems(tmp_path / "earlier")) == []
    for name in ("chain.jsonl", "seals.json"):  # the log as it is now, beside the proof from before
        shutil.copy(tmp_path / "later" / name, tmp_path / "earlier")
    said = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "earlier" / "check_proof.py")], capture_output=True, text=True, check=True
    ).stdout
    assert "Everything fits." in said
    assert "The patient of this exam was erased on " in said
    assert list(check_proof.problems(tmp_path / "later")) == []
    assert "A patient was erased on" in " ".join(_erased(tmp_path / "later"))
    told = b"".join(path.read_bytes() for path in (tmp_path / "later").iterdir())
    assert not [word for word in TOLD if word != "typical" and word.encode() in told]


def _erased(folder: Path) -> list[str]:
    return list(
        check_proof.erased(json.loads((folder / "proof.json").read_text()), check_proof._events(folder / "chain.jsonl"))
    )


def test_only_the_right_password_erases(filled: Vault) -> None:
    events = len(filled.events(1000))
    with pytest.raises(WrongPassword):
        filled.erasures.erase("p1", Reason.REQUEST, "another one")
    assert filled.patients.get("p1")
    assert [event.act for event in filled.events(1000)][: len(filled.events(1000)) - events] == ["user.refused"]


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM exams WHERE id = 'e2'"],
        ["DELETE FROM patients WHERE id = 'p2'"],
        ["DELETE FROM consents"],
        ["UPDATE consents SET said = 'refused'"],
        ["DELETE FROM keeps"],
        ["DELETE FROM pictures"],
        ["UPDATE erasures SET open = 1"],
        ["UPDATE erasures SET reason = 'order'"],
        ["DELETE FROM erasures"],
        ["DELETE FROM erased"],
        ["UPDATE erased SET subject = 'x'"],
        ["INSERT INTO erased VALUES ('e2', 'p1', 'exam')", "DELETE FROM exams WHERE id = 'e2'"],
    ],
)
def test_what_was_never_removed_is_still_never_removed(filled: Vault, statements: list[str]) -> None:
    filled.consents.note("p2", Purpose.CLINICAL, Consented.GIVEN, date(2026, 3, 1), "")
    filled.keeps.note("p2", "a lawsuit")
    filled.erasures.erase("p1", Reason.REQUEST, PASSWORD)

    def apply(db: Database) -> None:
        for statement in statements:
            db.execute(statement)

    with pytest.raises(sqlcipher3.dbapi2.IntegrityError, match="never"):
        filled.run(Operation("test", frozenset(), apply))
    assert filled.verify().ok


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM erasures", "The erasure of patient p1 was removed."),
        ("UPDATE erasures SET reason = 'order'", "The erasure of patient p1 is not what the audit log saw."),
        ("INSERT INTO erased VALUES ('e2', 'p1', 'exam')", "The erasure of patient p1 is not what the audit log saw."),
        ("DELETE FROM erased WHERE kind = 'lab'", "The lab value l1 was removed."),
        ("DELETE FROM seals", "The erasure of patient p1 is not what the audit log saw."),
        ("UPDATE erasures SET finished_at = NULL", "The patient erased on "),
        ("UPDATE patients SET id = 'p1'", "p1 was erased and is there again."),
        ("UPDATE consents SET said = 'given'", "Consent "),
        ("DELETE FROM consents", "The consent "),
        ("UPDATE keeps SET reason = 'x'", "Why a patient is kept ("),
    ],
)
def test_an_erasure_that_was_tampered_with_is_named(filled: Vault, statement: str, problem: str) -> None:
    filled.consents.note("p2", Purpose.CLINICAL, Consented.REFUSED, date(2026, 3, 1), "")
    filled.keeps.note("p2", "a lawsuit")
    filled.erasures.erase("p1", Reason.REQUEST, PASSWORD)
    assert [found for found in tampered(filled, statement) if found.startswith(problem)]


def test_what_a_full_disk_leaves_the_next_opening_finishes(
    filled: Vault, folder: Path, draft: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: store.Store) -> None:
        raise VaultError(FULL)

    with monkeypatch.context() as patched:
        patched.setattr(store.Store, "vacuum", full)
        assert not filled.erasures.erase("p1", Reason.REQUEST, PASSWORD).finished
    (problem,) = filled.verify().problems
    assert problem.startswith("The patient erased on ")
    key = filled.custody.database_key()
    filled.close()
    with Vault.open(folder, NAME, PASSWORD) as again:
        assert again.verify().ok
        assert b"quetiapine" not in raw(folder, key)


def test_an_older_backup_does_not_bring_the_patient_back(filled: Vault, folder: Path, tmp_path: Path) -> None:
    older = filled.backup(tmp_path / "stick")
    filled.erasures.erase("p1", Reason.REQUEST, PASSWORD, tmp_path / "stick")
    listed = tmp_path / "stick" / "clinoscope-erased"
    told = b"".join(path.read_bytes() for path in listed.iterdir())
    assert b"p1" in told  # in a real vault a random id
    assert not [word for word in TOLD if word.encode() in told]
    key = filled.custody.database_key()
    filled.close()
    restore(older, tmp_path / "back")
    with Vault.open(tmp_path / "back", NAME, PASSWORD) as back:
        (one,) = back.erasures.all()
        assert (one.again, one.finished) == (True, True)
        with pytest.raises(VaultError, match="erased on"):
            back.patients.get("p1")
        report = back.verify()
        assert report.ok, report.problems
        assert "again after an older backup" in report.erased[0]
        assert back.check().ok
        assert b"quetiapine" not in raw(tmp_path / "back", key)


def test_the_next_backup_notes_what_a_stick_that_was_away_does_not_know(filled: Vault, tmp_path: Path) -> None:
    older = filled.backup(tmp_path / "stick")
    filled.erasures.erase("p1", Reason.REQUEST, PASSWORD)
    assert not (tmp_path / "stick" / "clinoscope-erased").exists()
    filled.backup(tmp_path / "stick")
    restore(older, tmp_path / "back")
    with Vault.open(tmp_path / "back", NAME, PASSWORD) as back:
        assert [one.patient_id for one in back.erasures.all()] == ["p1"]


def test_after_a_rotation_an_older_backup_is_still_told(filled: Vault, folder: Path, tmp_path: Path) -> None:
    older = filled.backup(tmp_path / "stick")
    filled.custody.rotate(PASSWORD)
    filled.close()
    with Vault.open(folder, NAME, PASSWORD) as vault:
        vault.erasures.erase("p1", Reason.REQUEST, PASSWORD, tmp_path / "stick")
    restore(older, tmp_path / "back")
    with Vault.open(tmp_path / "back", NAME, PASSWORD) as back:
        assert [one.patient_id for one in back.erasures.all()] == ["p1"]


def test_a_note_that_nobody_with_the_vault_wrote_erases_nobody(filled: Vault, folder: Path) -> None:
    filled.close()
    forged = erased_list.noted("p1", "2026-01-01T00:00:00+00:00", "00" * 32)
    erased_list.add(folder / "erased.json", (forged,))
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault.patients.get("p1")
        assert vault.erasures.all() == ()


@pytest.fixture
def merged(filled: Vault) -> Vault:
    """A third record of the first person, merged into hers."""
    filled.patients.add(Patient(id="p3", identifier="P3", name="Zoe Quist-Before"))
    filled.merges.merge("p3", filled.patients.get("p1"), "the same person, Quist-Before by birth")
    return filled


def test_a_person_goes_with_every_record_that_was_merged(merged: Vault, draft: Exam, tmp_path: Path) -> None:
    merged.exams.save_draft(replace(draft, id="e3", patient_id="p3"))
    older = merged.backup(tmp_path / "stick")
    merged.consents.note("p3", Purpose.TRAINING, Consented.REFUSED, date(2026, 4, 1), "")
    assert merged.consents.said(Purpose.TRAINING) == dict.fromkeys(("p1", "p3"), Consented.REFUSED)
    assert len(merged.consents.of_patient("p1")) == 2
    assert {seen.patient for seen in merged.keeps.seen()} == {"p1", "p2"}
    assert merged.erasures.extent("p3") == merged.erasures.extent("p1")
    assert merged.erasures.erase("p3", Reason.REQUEST, PASSWORD, tmp_path / "stick").exams == 3
    assert [patient.id for patient in merged.patients.search("")] == ["p2"]
    assert b"Quist" not in raw(merged.folder, merged.custody.database_key())
    report = merged.verify()
    assert report.ok, report.problems
    restore(older, tmp_path / "back")
    with Vault.open(tmp_path / "back", NAME, PASSWORD) as back:
        assert [patient.id for patient in back.patients.search("")] == ["p2"]
        assert back.verify().ok
