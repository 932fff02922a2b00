"""Merged patients, and names in any script."""

from datetime import date

from sqlite_utils import Database

from clinoscope.records.many import trigger_off
from clinoscope.records.migrations.statements import run
from clinoscope.records.naming import searched


def migrate(db: Database) -> None:
    """Patients that point at the one they were merged into; the log of merges, each undone at most once and never
    removed; birth dates to look for; and the words of every patient as ``naming`` has them now."""
    run(db, _SQL)
    with trigger_off(db, "patients_changed"):
        rows = db.execute("SELECT number, identifier, name, born FROM patients").fetchall()
        words = [(_searched(*row), number) for number, *row in rows]
        db.conn.executemany("UPDATE patients SET words = ? WHERE number = ?", words)
        db.execute("INSERT INTO patient_search (patient_search) VALUES ('rebuild')")


def _searched(identifier: str, name: str, born: str | None) -> str:
    return searched(name, identifier, date.fromisoformat(born) if born else None)


_SQL = """
ALTER TABLE patients ADD COLUMN merged_into TEXT REFERENCES patients (id);;
CREATE INDEX patients_merged_into ON patients (merged_into) WHERE merged_into IS NOT NULL;;
CREATE INDEX patients_born ON patients (born);;
CREATE TABLE patient_merges (
    number INTEGER PRIMARY KEY,
    merged TEXT NOT NULL REFERENCES patients (id), kept TEXT NOT NULL REFERENCES patients (id),
    before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL,
    by TEXT NOT NULL REFERENCES users (id), at TEXT NOT NULL,
    undone_by TEXT REFERENCES users (id), undone_at TEXT,
    CHECK ((undone_at IS NULL) = (undone_by IS NULL))
) STRICT;;
CREATE UNIQUE INDEX patient_merges_merged ON patient_merges (merged) WHERE undone_at IS NULL;;
CREATE TRIGGER patient_merges_stay BEFORE UPDATE OF number, merged, kept, at, by ON patient_merges BEGIN
    SELECT RAISE (ABORT, 'who was merged with whom is never changed');
END;;
CREATE TRIGGER patient_merges_undone_once BEFORE UPDATE OF undone_by, undone_at ON patient_merges
WHEN old.undone_at IS NOT NULL BEGIN
    SELECT RAISE (ABORT, 'a merge that was undone stays undone');
END;;
CREATE TRIGGER patient_merges_kept BEFORE DELETE ON patient_merges BEGIN
    SELECT RAISE (ABORT, 'a merge is never removed');
END
"""
