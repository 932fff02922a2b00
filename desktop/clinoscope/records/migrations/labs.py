"""Lab values."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """Lab values. A row can be voided once; nothing else about it changes, and none is removed."""
    run(db, _SQL)


_SQL = """
CREATE TABLE labs (
    id TEXT PRIMARY KEY, patient TEXT NOT NULL REFERENCES patients (id), kind TEXT NOT NULL,
    value REAL NOT NULL CHECK (value > 0), unit TEXT NOT NULL,
    given REAL NOT NULL CHECK (given > 0), given_unit TEXT NOT NULL,
    drawn_at TEXT NOT NULL, day_only INTEGER NOT NULL CHECK (day_only IN (0, 1)),
    added_by TEXT NOT NULL REFERENCES users (id), added_at TEXT NOT NULL,
    voided_by TEXT REFERENCES users (id), voided_at TEXT, void_reason TEXT,
    CHECK ((voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason IS NULL))
) STRICT;;
CREATE INDEX labs_patient ON labs (patient, drawn_at);;
CREATE TRIGGER labs_stay
BEFORE UPDATE OF id, patient, kind, value, unit, given, given_unit, drawn_at, day_only, added_by, added_at ON labs BEGIN
    SELECT RAISE (ABORT, 'a lab value is never changed');
END;;
CREATE TRIGGER labs_voided_once BEFORE UPDATE ON labs WHEN old.voided_at IS NOT NULL BEGIN
    SELECT RAISE (ABORT, 'a lab value that is voided is never changed');
END;;
CREATE TRIGGER labs_kept BEFORE DELETE ON labs BEGIN
    SELECT RAISE (ABORT, 'a lab value is never removed');
END;;
CREATE INDEX exams_task ON exams (task) WHERE state = 'signed'
"""
