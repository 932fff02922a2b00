from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlite_utils import Database

from clinoscope.domain.correction import Correction, Reference
from clinoscope.domain.labs import LabValue
from clinoscope.domain.reading import Flag
from clinoscope.domain.record import Exam
from clinoscope.records import Operation, Vault, VerifyReport, schema, signing
from clinoscope.records.exam_rows import as_row

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


def tampered(vault: Vault, *statements: str) -> tuple[str, ...]:
    """What ``verify`` finds after someone with the key wrote past the program."""
    with vault._store._lock:
        db = vault._store._db
        db.execute("PRAGMA query_only = OFF")
        db.execute("PRAGMA foreign_keys = OFF")
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for statement in "; ".join(statements).split("; "):
            db.execute(statement)
        db.execute("PRAGMA query_only = ON")
    report = vault.verify()
    assert report.ok == (not report.problems)
    return report.problems


@pytest.fixture
def signed(vault: Vault, draft: Exam) -> Exam:
    return vault.exams.sign(draft, PASSWORD)


def test_an_untouched_vault_is_whole(vault: Vault, signed: Exam) -> None:
    vault.exams.amend(signed, "why")
    events = len(vault.events())
    assert vault.verify() == VerifyReport(ok=True, problems=(), events=events, exams=1, pictures=1, labs=0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exams SET task = 'skin/lesion-photo'",
        "UPDATE exams SET review = replace(review, 'true', 'false')",
        "UPDATE exams SET reading = NULL",
        "UPDATE exams SET reading = '{'",
        "UPDATE exams SET amendment = 'x'",
        "UPDATE exams SET created_at = 'x'",
        "UPDATE exams SET signed_text = replace(signed_text, 'typical', 'unusual')",
        "UPDATE exams SET signed_text = NULL",
        "UPDATE exams SET signature = replace(signature, 'Okafor', 'Other')",
        "PRAGMA ignore_check_constraints = ON; UPDATE exams SET state = 'voided'",
        "UPDATE exams SET state = 'voided', signature = NULL",
        "DELETE FROM user_keys",
        "DELETE FROM events WHERE act = 'exam.sign'",
    ],
)
def test_an_exam_that_is_not_what_was_signed_is_named(vault: Vault, signed: Exam, statement: str) -> None:
    assert "Exam e1, version 1, is not what was signed." in tampered(vault, statement)


def test_a_text_and_row_changed_together_still_need_the_signers_key(vault: Vault, signed: Exam) -> None:
    (problem,) = tampered(
        vault,
        "UPDATE exams SET review = replace(review, 'typical', 'unusual'),"
        " signed_text = replace(signed_text, 'typical', 'unusual')",
    )
    assert problem == "Exam e1, version 1, is not what was signed."


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM exams", "The signed exam e1 was removed."),
        ("UPDATE exams SET state = 'draft', signature = NULL", "The signed exam e1 was removed."),
        ("DELETE FROM patients", "The patient p1 was removed."),
        ("DELETE FROM patients", "The database names something that is not in it"),
        ("DELETE FROM users", " was removed."),
        ("DELETE FROM pictures", "The picture "),
        ("DELETE FROM pictures", "The database names something that is not in it"),
        ("UPDATE users SET id = 'x'", "The audit log does not know of user x."),
    ],
)
def test_what_was_removed_is_named(vault: Vault, signed: Exam, statement: str, problem: str) -> None:
    assert any(problem in found for found in tampered(vault, statement))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM exams", "The exam e1 was removed."),
        ("DELETE FROM exams", "The voided exam e1 was removed."),
        ("UPDATE exams SET state = 'draft'", "The voided exam e1 was removed."),
        ("DELETE FROM events WHERE act = 'exam.void'", "The audit log does not know of exam e1."),
    ],
)
def test_a_voided_exam_is_fine_until_someone_meddles(vault: Vault, draft: Exam, statement: str, problem: str) -> None:
    vault.exams.save_draft(draft)
    vault.exams.discard_draft(draft)
    assert vault.verify().ok
    assert problem in tampered(vault, statement)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE labs SET value = 9.5 WHERE id = 'l1'", "Lab value l1 is not what was written."),
        ("UPDATE labs SET drawn_at = 'x' WHERE id = 'l1'", "Lab value l1 is not what was written."),
        ("UPDATE labs SET void_reason = 'x' WHERE id = 'l2'", "Lab value l2 is not what was written."),
        ("DELETE FROM labs WHERE id = 'l1'", "The lab value l1 was removed."),
        (
            "UPDATE labs SET voided_at = NULL, voided_by = NULL, void_reason = NULL",
            "The voided lab value l2 was removed.",
        ),
        ("DELETE FROM events WHERE act = 'lab.add'", "The audit log does not know of lab value l1."),
        ("DELETE FROM events WHERE act = 'lab.void'", "The audit log does not know of voided lab value l2."),
    ],
)
def test_a_lab_value_is_fine_until_someone_meddles(vault: Vault, lab: LabValue, statement: str, problem: str) -> None:
    vault.labs.add(lab)
    vault.labs.add(replace(lab, id="l2"))
    vault.labs.void("l2", "why")
    report = vault.verify()
    assert (report.ok, report.labs) == (True, 2)
    assert problem in tampered(vault, statement)


def test_a_removed_amendment_is_named(vault: Vault, signed: Exam) -> None:
    vault.exams.amend(signed, "why")
    assert tampered(vault, "DELETE FROM exams WHERE version = 2") == ("The amended exam e1 was removed.",)


def test_a_row_that_never_had_an_event_is_named(vault: Vault, signed: Exam) -> None:
    copy = (
        "INSERT INTO exams (id, version, patient, task, state, created_at, saved_at, program, amendment)"
        " SELECT 'smuggled', 1, patient, task, 'draft', created_at, saved_at, program, '' FROM exams"
    )
    assert tampered(vault, copy) == ("The audit log does not know of exam smuggled.",)


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda path: path.unlink(), "is missing from the vault"),
        (lambda path: path.write_bytes(b"x" * 100), "was altered or is damaged"),
    ],
)
def test_every_picture_is_looked_at(vault: Vault, signed: Exam, harm: Callable[[Path], object], problem: str) -> None:
    second = vault.pictures.put(b"another picture")
    harm(vault.pictures.path(second))
    (found,) = vault.verify().problems
    assert found.startswith(f"Picture {second[:12]}: ")
    assert problem in found


def test_problems_hold_nothing_of_the_patient(vault: Vault, signed: Exam) -> None:
    told = " ".join(tampered(vault, "DELETE FROM events", "UPDATE exams SET task = ''", "DELETE FROM patients"))
    assert told
    assert "ngstr" not in told
    assert "2187" not in told


def test_inconsistent_tables_are_found(vault: Vault, signed: Exam) -> None:
    unchecked = "PRAGMA ignore_check_constraints = "
    found = tampered(vault, unchecked + "ON", "UPDATE exams SET version = 0", unchecked + "OFF")
    assert "The database is inconsistent: restore the newest backup." in found


def test_one_changed_byte_of_the_database_is_found(folder: Path, vault: Vault, signed: Exam) -> None:
    vault.settings.set("long", "x" * 400_000)  # most of the file is this value
    vault.close()
    path = folder / "records.db"
    data = bytearray(path.read_bytes())
    place = 4096 * (len(data) // 4096 * 3 // 4) + 2000
    data[place] ^= 1
    path.write_bytes(data)
    with Vault.open(folder, NAME, PASSWORD) as again:
        report = again.verify()
    assert "The database file was altered or is damaged: restore the newest backup." in report.problems


def test_a_database_that_cannot_be_read_is_a_problem_not_a_crash(vault: Vault, folder: Path) -> None:
    def break_it(db: Database) -> tuple[str, ...]:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("clinoscope.records.audit.problems", break_it)
        report = vault.verify()
    assert not report.ok
    assert "could not be read" in report.problems[0]


def test_an_exam_signed_before_readings_had_flags_still_stands(vault: Vault, draft: Exam) -> None:
    """As the first release stored it: no word of flags in the signed text, none in the row."""
    opened = vault.custody.unlock(PASSWORD)
    done = signing.signed(draft, vault.user, opened)
    assert done.signature is not None
    text = signing.canonical(done).replace(b'"flags":[],', b"")
    assert b"flags" not in text
    value = Ed25519PrivateKey.from_private_bytes(opened.signing_key).sign(b"clinoscope exam v1\n" + text).hex()
    row = as_row(replace(done, signature=replace(done.signature, value=value)))
    row["reading"] = row["reading"].replace('"flags":[],', "")
    row["signed_text"] = text.decode()

    def store(db: Database) -> None:
        db.table("exams").insert(row)

    details = {"version": 1, "sha256": signing.digest(text)}
    vault.run(Operation("exam.sign", frozenset(), store, done.id, details))
    kept = vault.exams.get(done.id)
    assert kept.reading == draft.reading
    assert vault.verify().ok
    assert tampered(vault, 'UPDATE exams SET reading = replace(reading, \'"reason"\', \'"flags":[],"reason"\')') == ()
    flag = '"flags":[{"id":"f","name":"F","value":1.0,"raised":true,"note":""}],"reason"'
    assert tampered(vault, f"UPDATE exams SET reading = replace(reading, '\"flags\":[],\"reason\"', '{flag}')")


def test_flags_are_signed_and_come_back(vault: Vault, draft: Exam) -> None:
    assert draft.reading is not None
    flag = Flag("vacuoles", "Vacuoles", 0.91, True, "Threshold chosen for sensitivity.")
    exam = vault.exams.sign(replace(draft, reading=replace(draft.reading, flags=(flag,))), PASSWORD)
    kept = vault.exams.get(exam.id).reading
    assert kept is not None
    assert kept.flags == (flag,)
    assert vault.verify().ok
    assert tampered(vault, "UPDATE exams SET reading = replace(reading, '\"raised\":true', '\"raised\":false')")


def test_an_exam_that_cannot_be_read_does_not_keep_the_vault_from_opening(vault: Vault, signed: Exam) -> None:
    assert tampered(vault, "DROP INDEX exams_reviewed", "UPDATE exams SET reading = '{'")

    def again(db: Database) -> None:
        schema.MIGRATIONS[2](db)

    vault.run(Operation("test", frozenset(), again))
    assert vault.exams.reviewed(signed.task) == ()


def test_an_exam_signed_before_pictures_were_corrected_still_stands(vault: Vault, draft: Exam) -> None:
    """As earlier releases stored it: no word of a correction in the signed text, none in the row."""
    opened = vault.custody.unlock(PASSWORD)
    done = signing.signed(draft, vault.user, opened)
    assert done.signature is not None
    text = signing.canonical(done).replace(b',"correction":null', b"")
    assert b"correction" not in text
    value = Ed25519PrivateKey.from_private_bytes(opened.signing_key).sign(b"clinoscope exam v1\n" + text).hex()
    row = as_row(replace(done, signature=replace(done.signature, value=value)))
    row["taken"] = row["taken"].replace(',"correction":null', "")
    assert "correction" not in row["taken"]
    row["signed_text"] = text.decode()

    def store(db: Database) -> None:
        db.table("exams").insert(row)

    details = {"version": done.version, "sha256": signing.digest(text)}
    vault.run(Operation("exam.sign", frozenset(), store, done.id, details))
    assert vault.verify().problems == ()
    kept = vault.exams.get(done.id).picture
    assert kept is not None
    assert kept.correction is None


def test_a_changed_correction_is_found(vault: Vault, draft: Exam) -> None:
    assert draft.picture is not None
    correction = Correction(reference=Reference.CARD, gains=(1.1, 1.0, 0.9), score=0.8, method="printed card 1")
    exam = vault.exams.sign(replace(draft, picture=replace(draft.picture, correction=correction)), PASSWORD)
    assert vault.exams.get(exam.id).picture == exam.picture
    assert vault.verify().ok
    assert tampered(vault, "UPDATE exams SET taken = replace(taken, '1.1', '1.2')")


def test_a_seal_that_is_gone_or_not_the_signers_is_named(vault: Vault, signed: Exam) -> None:
    vault.exams.sign(vault.exams.amend(signed, "why"), PASSWORD)
    assert "The seal on event" in tampered(vault, "DELETE FROM seals WHERE seq = (SELECT max(seq) FROM seals)")[0]
    assert "The seal on event" in tampered(vault, "UPDATE seals SET value = hex(zeroblob(64))")[0]


@pytest.fixture
def many(vault: Vault, draft: Exam, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Enough signed exams that they are checked by other processes."""
    monkeypatch.setattr("clinoscope.records.beside.FEW", 5)
    vault.pictures.put(b"a picture")
    vault.bulk(PASSWORD).exams(replace(draft, id=f"e{number}") for number in range(1, 31))
    return vault


def test_many_exams_are_checked_beside_the_program(many: Vault) -> None:
    assert many.verify().ok


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE exams SET review = replace(review, 'true', 'false') WHERE id = 'e17'", "Exam e17, version 1, is not"),
        ("UPDATE exams SET signature = replace(signature, 'value\":\"', 'value\":\"0') WHERE id = 'e17'", "Exam e17"),
        ("UPDATE exams SET signed_text = signed_text || ' ' WHERE id = 'e30'", "Exam e30, version 1, is not"),
        ("UPDATE exams SET reading = '{' WHERE id = 'e9'", "Exam e9, version 1, is not what was signed."),
        ("UPDATE events SET details = '{' WHERE subject = 'e17' AND act = 'exam.sign'", "Exam e17, version 1, is not"),
        ("UPDATE seals SET value = (SELECT min(value) FROM seals)", "The seal on event "),
        ("UPDATE seals SET seq = -seq WHERE seq = (SELECT max(seq) FROM seals)", "The seal on event "),
        ("DELETE FROM events WHERE subject = 'e17'", "The audit log does not know of exam e17."),
        ("DELETE FROM exams WHERE id = 'e17'", "The signed exam e17 was removed."),
    ],
)
def test_one_that_was_changed_among_many_is_named(many: Vault, statement: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in tampered(many, statement))


def test_exams_are_named_in_order(many: Vault) -> None:
    found = tampered(many, "UPDATE exams SET amendment = 'x' WHERE id IN ('e30', 'e4', 'e17')")
    assert [problem.split()[1] for problem in found] == ["e17,", "e30,", "e4,"]


def test_an_index_that_tells_of_rows_that_are_gone_is_found(many: Vault) -> None:
    """The checks look in the index of events, in which somebody could leave what is not in the table any more."""
    db = many._store._db
    kept = db.execute("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = 'events_subject'")
    row = kept.fetchone()
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    literal = ", ".join(str(value) if isinstance(value, int) else f"'{value}'" for value in row)
    found = tampered(
        many,
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_master WHERE name = 'events_subject'",
        f"PRAGMA schema_version = {version + 1}",
        "DELETE FROM events WHERE subject = 'e17' AND act = 'exam.save'",
        f"INSERT INTO sqlite_master VALUES ({literal})",
        f"PRAGMA schema_version = {version + 2}",
    )
    assert "The database is inconsistent: restore the newest backup." in found


def test_others_write_while_a_vault_is_verified(vault: Vault, signed: Exam) -> None:
    with vault._store.settled() as db:
        before = db.execute("SELECT count(*) FROM events").fetchone()
        vault.settings.set("key", 1)
        vault.pictures.put(b"another picture")
        assert db.execute("SELECT count(*) FROM events").fetchone() == before
        assert not db.execute("PRAGMA cipher_integrity_check").fetchone()
    assert vault.verify().ok


def test_without_files_no_picture_is_read(vault: Vault, signed: Exam) -> None:
    for path in (vault.folder / "pictures").glob("*/*"):
        path.unlink()
    assert vault.verify(files=False).ok
    assert not vault.verify().ok
