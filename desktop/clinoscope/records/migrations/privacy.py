"""Consents, erasure, retention."""

import secrets

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """Consents, the erasure of a patient, and what retention spares.

    What "is never removed" may go in one case alone: while an erasure of its patient is open, which ``erased`` lists
    it under. An erasure is opened and closed in one transaction, and then stays; so does the list of what went, ids
    and hashes that name nobody. The key is for the notes of erasures that lie beside backups, see ``erased_list``.
    """
    run(db, _SQL)
    for table, column in _ERASABLE.items():
        (kept,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [f"{table}_kept"]).fetchone()
        db.execute(f"DROP TRIGGER {table}_kept")
        spared = f"WHEN NOT EXISTS (SELECT 1 FROM erased_now WHERE subject = old.{column}) BEGIN"
        db.execute(kept.replace("BEGIN", spared, 1))
    key = secrets.token_hex(32)
    db.execute("INSERT INTO settings (key, value) VALUES ('erasure/key', ?)", [f'"{key}"'])


_ERASABLE = {
    "exams": "id",
    "patients": "id",
    "pictures": "sha256",
    "labs": "id",
    "smear_fields": "exam",
    "smear_cells": "exam",
    "smear_decisions": "exam",
    "smear_seals": "exam",
    "consents": "id",
    "keeps": "id",
}
"""Table: the column by which ``erased`` lists its rows."""

_SQL = """
CREATE TABLE consents (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, patient TEXT NOT NULL REFERENCES patients (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('clinical', 'training')),
    said TEXT NOT NULL CHECK (said IN ('given', 'refused', 'not asked')),
    day TEXT NOT NULL, note TEXT NOT NULL, user TEXT NOT NULL REFERENCES users (id), at TEXT NOT NULL
) STRICT;;
CREATE INDEX consents_patient ON consents (patient, seq);;
CREATE TRIGGER consents_stay BEFORE UPDATE ON consents BEGIN
    SELECT RAISE (ABORT, 'a consent is never changed: the next one replaces it');
END;;
CREATE TRIGGER consents_kept BEFORE DELETE ON consents BEGIN
    SELECT RAISE (ABORT, 'a consent is never removed');
END;;
CREATE TABLE keeps (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, patient TEXT NOT NULL REFERENCES patients (id),
    keep INTEGER NOT NULL CHECK (keep IN (0, 1)), reason TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users (id), at TEXT NOT NULL
) STRICT;;
CREATE INDEX keeps_patient ON keeps (patient, seq);;
CREATE TRIGGER keeps_stay BEFORE UPDATE ON keeps BEGIN
    SELECT RAISE (ABORT, 'why a patient is kept is never changed: the next note replaces it');
END;;
CREATE TRIGGER keeps_kept BEFORE DELETE ON keeps BEGIN
    SELECT RAISE (ABORT, 'why a patient is kept is never removed');
END;;
CREATE TABLE erasures (
    patient TEXT PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL REFERENCES users (id), reason TEXT NOT NULL,
    exams INTEGER NOT NULL, pictures INTEGER NOT NULL, labs INTEGER NOT NULL,
    again INTEGER NOT NULL CHECK (again IN (0, 1)), open INTEGER NOT NULL CHECK (open IN (0, 1)), finished_at TEXT
) STRICT;;
CREATE TABLE erased (
    subject TEXT NOT NULL, patient TEXT NOT NULL REFERENCES erasures (patient), kind TEXT NOT NULL,
    PRIMARY KEY (subject, patient)
) STRICT;;
CREATE INDEX erased_patient ON erased (patient);;
CREATE VIEW erased_now AS
    SELECT erased.subject FROM erased JOIN erasures ON erasures.patient = erased.patient WHERE erasures.open = 1;;
CREATE TRIGGER erasures_stay BEFORE UPDATE ON erasures
WHEN NOT (old.open = 1 AND new.open = 0 OR old.open = new.open AND old.finished_at IS NULL)
OR (old.patient, old.at, old.user, old.reason, old.exams, old.pictures, old.labs, old.again)
IS NOT (new.patient, new.at, new.user, new.reason, new.exams, new.pictures, new.labs, new.again) BEGIN
    SELECT RAISE (ABORT, 'an erasure is never changed');
END;;
CREATE TRIGGER erasures_kept BEFORE DELETE ON erasures BEGIN
    SELECT RAISE (ABORT, 'an erasure is never removed');
END;;
CREATE TRIGGER erased_only_now BEFORE INSERT ON erased
WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE patient = new.patient AND open = 1) BEGIN
    SELECT RAISE (ABORT, 'what was erased is never added to');
END;;
CREATE TRIGGER erased_stay BEFORE UPDATE ON erased BEGIN
    SELECT RAISE (ABORT, 'what was erased is never changed');
END;;
CREATE TRIGGER erased_kept BEFORE DELETE ON erased BEGIN
    SELECT RAISE (ABORT, 'what was erased is never removed');
END;;
CREATE INDEX exams_last ON exams (patient, created_at)
"""
