import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from clinoscope.domain.record import Exam, Patient
from clinoscope.records import Vault, audit

PASSWORD = "correct horse"


def tampered(vault: Vault, *statements: str) -> tuple[str, ...]:
    """Write past the program, triggers taken away, as someone with the key could."""
    with vault._store._lock:
        db = vault._store._db
        db.execute("PRAGMA query_only = OFF")
        for name in ("events_stay", "events_kept"):
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        db.execute("PRAGMA query_only = ON")
        return audit.problems(db)


def test_every_write_adds_an_event_that_names_its_user(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    signed = vault.exams.sign(draft, PASSWORD)
    vault.exams.amend(signed, "typing mistake")
    vault.settings.set("theme", "dark")
    events = vault.events()
    assert [event.act for event in reversed(events)] == [
        "vault.create",
        "user.add",
        "vault.open",
        "vault.open",
        "patient.add",
        "picture.put",
        "exam.save",
        "exam.sign",
        "exam.amend",
        "setting.set",
    ]
    assert [event.seq for event in events] == list(range(len(events), 0, -1))
    assert {event.user for event in events} == {vault.user.id}
    now = datetime.now(UTC)
    assert all(timedelta(0) <= now - event.at < timedelta(hours=1) for event in events)  # the run has one first vault
    assert now - events[0].at < timedelta(minutes=10)
    assert events[2].details["version"] == 1
    assert len(vault.events(limit=3)) == 3


def test_events_hold_nothing_of_the_patient(vault: Vault, patient: Patient) -> None:
    vault.patients.change(Patient(id=patient.id, identifier="77", name="Someone Else"))
    with vault._store.reading() as db:
        # Not the hashes: one in a hundred runs has the year among their digits.
        told = str(list(db.query("SELECT at, user, act, subject, details FROM events")))
    for secret in (patient.name, "ngstr", patient.identifier, "1990", "Someone", "77-"):
        assert secret not in told
    assert vault.events(1)[0].details == {"fields": ["born", "identifier", "name", "sex"]}


def test_each_event_holds_the_hash_of_the_one_before(vault: Vault, patient: Patient) -> None:
    with vault._store.reading() as db:
        rows = list(db.query("SELECT * FROM events ORDER BY seq"))
    previous = "0" * 64
    for row in rows:
        text = (
            f'[{row["seq"]},"{row["at"]}","{row["user"]}","{row["act"]}","{row["subject"]}",'
            + '"'
            + row["details"].replace('"', '\\"')
            + f'","{previous}"]'
        )
        assert row["previous"] == previous
        assert row["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = row["hash"]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE events SET act = 'patient.get' WHERE seq = 3", "Event 3 of the audit log was changed"),
        ("UPDATE events SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 2", "Event 2 "),
        ("UPDATE events SET user = 'someone' WHERE seq = 4", "Event 4 "),
        ("UPDATE events SET details = '{\"a\":1}' WHERE seq = 1", "Event 1 "),
        ("UPDATE events SET hash = 'ab' WHERE seq = 2", "Event 2 "),
        ("DELETE FROM events WHERE seq = 3", "Event 3 of the audit log is missing"),
        ("DELETE FROM events WHERE seq = 1", "Event 1 of the audit log is missing"),
    ],
)
def test_the_chain_breaks_visibly(vault: Vault, patient: Patient, statement: str, problem: str) -> None:
    (found,) = tampered(vault, statement)
    assert found.startswith(problem)
    assert not vault.verify().ok


def test_an_event_put_in_between_breaks_the_chain(vault: Vault, patient: Patient) -> None:
    (found,) = tampered(
        vault,
        "UPDATE events SET seq = seq + 100 WHERE seq > 2",
        "UPDATE events SET seq = seq - 99 WHERE seq > 100",
        "INSERT INTO events VALUES (3, '2020-01-01T00:00:00.000000+00:00', 'u', 'a', 's', '{}', 'p', 'h')",
    )
    assert found.startswith("Event 3 ")


def test_a_cut_off_end_is_found_by_what_it_wrote(vault: Vault, patient: Patient) -> None:
    assert tampered(vault, "DELETE FROM events WHERE act = 'patient.add'") == ()
    assert vault.verify().problems == ("The audit log does not know of patient p1.",)


def test_all_of_a_long_chain_is_looked_at(vault: Vault) -> None:
    for number in range(30):
        vault.settings.set("a", number)
    check: Callable[[Database], tuple[str, ...]] = audit.problems
    with vault._store.reading() as db:
        assert check(db) == ()


def test_the_log_outlives_closing(folder: Path, vault: Vault) -> None:
    before = vault.events()
    vault.close()
    with Vault.open(folder, vault.user.name, PASSWORD) as again:
        assert again.events()[1:] == before
