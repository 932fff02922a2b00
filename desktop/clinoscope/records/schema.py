"""The tables, and how an older vault becomes one of today.

``MIGRATIONS[n]`` takes a database from version n to n + 1; the version stands in SQLite's
``user_version``. A migration that has been released is never changed: add the next one.
"""

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records.keys import NEWER
from clinoscope.records.many import trigger_off
from clinoscope.records.naming import searched


def _first(db: Database) -> None:
    """Users, patients with their search, pictures, exams, settings, events.

    Signed and voided exams, pictures, keys and events can be neither changed nor removed, drafts and
    patients not removed, not even by a statement that goes past the program.
    """
    for statement in _FIRST.split(";;"):
        db.execute(statement)


_FIRST = """
CREATE TABLE users (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, same_name TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL
) STRICT;;
CREATE TABLE user_keys (
    public_key TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (id), since TEXT NOT NULL
) STRICT;;
CREATE TABLE patients (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    identifier TEXT NOT NULL, same_identifier TEXT NOT NULL UNIQUE, serial INTEGER,
    name TEXT NOT NULL, sex TEXT NOT NULL, born TEXT, note TEXT NOT NULL,
    sort_name TEXT NOT NULL, words TEXT NOT NULL, changed_at TEXT NOT NULL
) STRICT;;
CREATE INDEX patients_sort_name ON patients (sort_name);;
CREATE INDEX patients_serial ON patients (serial);;
CREATE INDEX patients_changed_at ON patients (changed_at);;
CREATE VIRTUAL TABLE patient_search USING fts5 (
    words, content = 'patients', content_rowid = 'number', tokenize = 'trigram'
);;
CREATE TRIGGER patients_added AFTER INSERT ON patients BEGIN
    INSERT INTO patient_search (rowid, words) VALUES (new.number, new.words);
END;;
CREATE TRIGGER patients_changed AFTER UPDATE ON patients BEGIN
    INSERT INTO patient_search (patient_search, rowid, words) VALUES ('delete', old.number, old.words);
    INSERT INTO patient_search (rowid, words) VALUES (new.number, new.words);
END;;
CREATE TABLE pictures (
    sha256 TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL,
    file_sha256 TEXT NOT NULL, stored_at TEXT NOT NULL
) STRICT;;
CREATE TABLE exams (
    id TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
    patient TEXT NOT NULL REFERENCES patients (id), task TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'signed', 'voided')),
    created_at TEXT NOT NULL, saved_at TEXT NOT NULL, program TEXT NOT NULL, amendment TEXT NOT NULL,
    picture TEXT REFERENCES pictures (sha256), signed_by TEXT REFERENCES users (id), signed_at TEXT,
    taken TEXT, quality TEXT, region TEXT, reading TEXT, review TEXT, signature TEXT, signed_text TEXT,
    PRIMARY KEY (id, version),
    CHECK ((state = 'signed') = (signature IS NOT NULL))
) STRICT;;
CREATE INDEX exams_patient ON exams (patient);;
CREATE INDEX exams_saved_at ON exams (saved_at);;
CREATE INDEX exams_drafts ON exams (saved_at) WHERE state = 'draft';;
CREATE INDEX exams_picture ON exams (picture);;
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL,
    details TEXT NOT NULL, previous TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE
) STRICT;;
CREATE INDEX events_subject ON events (subject);;
CREATE TRIGGER exams_stay BEFORE UPDATE ON exams WHEN old.state <> 'draft' BEGIN
    SELECT RAISE (ABORT, 'an exam that is signed or voided is never changed');
END;;
CREATE TRIGGER exams_kept BEFORE DELETE ON exams BEGIN
    SELECT RAISE (ABORT, 'an exam is never removed');
END;;
CREATE TRIGGER exams_one_patient BEFORE UPDATE OF id, version, patient ON exams
WHEN old.patient <> new.patient OR old.id <> new.id OR old.version <> new.version BEGIN
    SELECT RAISE (ABORT, 'an exam never moves to another patient');
END;;
CREATE TRIGGER patients_kept BEFORE DELETE ON patients BEGIN
    SELECT RAISE (ABORT, 'a patient is never removed');
END;;
CREATE TRIGGER pictures_stay BEFORE UPDATE ON pictures BEGIN
    SELECT RAISE (ABORT, 'a picture is never changed');
END;;
CREATE TRIGGER pictures_kept BEFORE DELETE ON pictures BEGIN
    SELECT RAISE (ABORT, 'a picture is never removed');
END;;
CREATE TRIGGER keys_stay BEFORE UPDATE ON user_keys BEGIN
    SELECT RAISE (ABORT, 'a key is never changed');
END;;
CREATE TRIGGER keys_kept BEFORE DELETE ON user_keys BEGIN
    SELECT RAISE (ABORT, 'a key is never removed');
END;;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN
    SELECT RAISE (ABORT, 'an event is never changed');
END;;
CREATE TRIGGER events_kept BEFORE DELETE ON events BEGIN
    SELECT RAISE (ABORT, 'an event is never removed');
END
"""


def _second(db: Database) -> None:
    """Lab values. A row can be voided once; nothing else about it changes, and none is removed."""
    for statement in _SECOND.split(";;"):
        db.execute(statement)


_SECOND = """
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


def _third(db: Database) -> None:
    """What ``Exams.reviewed`` reads of every signed exam, beside each other in one index.

    A row lies on pages of its own with all its JSON: to read 100,000 of them takes 15 s, the index 0.4 s.
    A damaged row is left out of it, and named by ``verify``; it must not keep the vault from opening.
    """
    db.execute(_THIRD)


_THIRD = """
CREATE INDEX exams_reviewed ON exams (
    task, signed_at, id, version, json_extract(reading, '$.model.sha256'), json_extract(reading, '$.answer'),
    json_extract(review, '$.agrees'), json_extract(taken, '$.phantom')
) WHERE state = 'signed' AND json_valid(reading) AND json_valid(review) AND json_valid(taken)
"""


def _smears(db: Database) -> None:
    """Smears: the sheet in its exam's row, and fields, cells and decisions in rows of their own.

    What an exam that is not a draft holds can be neither added to nor changed nor removed. A decision is never
    changed: the next one replaces it. The reviewed index leaves smears out, whose cells are reviewed one by one.
    """
    for statement in _SMEARS.split(";;"):
        db.execute(statement)


_SMEARS = """
ALTER TABLE exams ADD COLUMN smear TEXT;;
CREATE INDEX exams_smears ON exams (saved_at) WHERE smear IS NOT NULL;;
DROP INDEX exams_reviewed;;
CREATE INDEX exams_reviewed ON exams (
    task, signed_at, id, version, json_extract(reading, '$.model.sha256'), json_extract(reading, '$.answer'),
    json_extract(review, '$.agrees'), json_extract(taken, '$.phantom')
) WHERE state = 'signed' AND smear IS NULL AND json_valid(reading) AND json_valid(review) AND json_valid(taken);;
CREATE TABLE smear_fields (
    exam TEXT NOT NULL, version INTEGER NOT NULL, number INTEGER NOT NULL,
    picture TEXT NOT NULL REFERENCES pictures (sha256), taken TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('added', 'read', 'aside')),
    track INTEGER, x INTEGER NOT NULL, y INTEGER NOT NULL, models TEXT NOT NULL,
    PRIMARY KEY (exam, version, number), UNIQUE (exam, version, picture),
    FOREIGN KEY (exam, version) REFERENCES exams (id, version)
) STRICT;;
CREATE INDEX smear_fields_picture ON smear_fields (picture);;
CREATE TABLE smear_cells (
    exam TEXT NOT NULL, version INTEGER NOT NULL, number INTEGER NOT NULL, field INTEGER NOT NULL,
    same_as INTEGER, seen TEXT NOT NULL,
    PRIMARY KEY (exam, version, number),
    FOREIGN KEY (exam, version, field) REFERENCES smear_fields (exam, version, number)
) STRICT;;
CREATE INDEX smear_cells_field ON smear_cells (exam, version, field);;
CREATE TABLE smear_decisions (
    seq INTEGER PRIMARY KEY, exam TEXT NOT NULL, version INTEGER NOT NULL, cell INTEGER NOT NULL,
    reader INTEGER NOT NULL CHECK (reader IN (1, 2)), label TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users (id), at TEXT NOT NULL,
    FOREIGN KEY (exam, version, cell) REFERENCES smear_cells (exam, version, number)
) STRICT;;
CREATE INDEX smear_decisions_exam ON smear_decisions (exam, version, cell);;
CREATE TABLE smear_pictures (
    exam TEXT NOT NULL, what TEXT NOT NULL CHECK (what IN ('cell', 'field')), number INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (exam, what, number)
) STRICT;;
CREATE TABLE smear_seals (
    exam TEXT NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (exam, version),
    FOREIGN KEY (exam, version) REFERENCES exams (id, version)
) STRICT;;
CREATE TRIGGER smear_fields_only_in_drafts BEFORE INSERT ON smear_fields
WHEN (SELECT state FROM exams WHERE id = new.exam AND version = new.version) <> 'draft' BEGIN
    SELECT RAISE (ABORT, 'a smear that is signed or voided is never changed');
END;;
CREATE TRIGGER smear_fields_stay BEFORE UPDATE ON smear_fields
WHEN (SELECT state FROM exams WHERE id = old.exam AND version = old.version) <> 'draft' OR old.picture <> new.picture
OR old.number <> new.number OR old.exam <> new.exam OR old.version <> new.version BEGIN
    SELECT RAISE (ABORT, 'a field of a smear keeps its picture, and stays once signed');
END;;
CREATE TRIGGER smear_fields_kept BEFORE DELETE ON smear_fields BEGIN
    SELECT RAISE (ABORT, 'a field of a smear is never removed');
END;;
CREATE TRIGGER smear_cells_only_in_drafts BEFORE INSERT ON smear_cells
WHEN (SELECT state FROM exams WHERE id = new.exam AND version = new.version) <> 'draft' BEGIN
    SELECT RAISE (ABORT, 'a smear that is signed or voided is never changed');
END;;
CREATE TRIGGER smear_cells_stay BEFORE UPDATE ON smear_cells
WHEN (SELECT state FROM exams WHERE id = old.exam AND version = old.version) <> 'draft' OR old.seen <> new.seen
OR old.number <> new.number OR old.field <> new.field OR old.exam <> new.exam OR old.version <> new.version BEGIN
    SELECT RAISE (ABORT, 'a cell stays as it was seen');
END;;
CREATE TRIGGER smear_cells_kept BEFORE DELETE ON smear_cells BEGIN
    SELECT RAISE (ABORT, 'a cell is never removed');
END;;
CREATE TRIGGER smear_decisions_only_in_drafts BEFORE INSERT ON smear_decisions
WHEN (SELECT state FROM exams WHERE id = new.exam AND version = new.version) <> 'draft' BEGIN
    SELECT RAISE (ABORT, 'a smear that is signed or voided is never changed');
END;;
CREATE TRIGGER smear_decisions_stay BEFORE UPDATE ON smear_decisions BEGIN
    SELECT RAISE (ABORT, 'a decision is never changed: the next one replaces it');
END;;
CREATE TRIGGER smear_decisions_kept BEFORE DELETE ON smear_decisions BEGIN
    SELECT RAISE (ABORT, 'a decision is never removed');
END;;
CREATE TRIGGER smear_seals_stay BEFORE UPDATE ON smear_seals BEGIN
    SELECT RAISE (ABORT, 'what was signed is never changed');
END;;
CREATE TRIGGER smear_seals_kept BEFORE DELETE ON smear_seals BEGIN
    SELECT RAISE (ABORT, 'what was signed is never removed');
END
"""


def _access(db: Database) -> None:
    """Roles, users who are removed but not forgotten, and the seals that signers put on the audit chain.

    Who could open the vault before could do everything in it: all become administrators and clinicians.
    """
    for statement in _ACCESS.split(";;"):
        db.execute(statement)


_ACCESS = """
ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT '[]';;
ALTER TABLE users ADD COLUMN removed_at TEXT;;
UPDATE users SET roles = '["administrator","clinician"]';;
CREATE TRIGGER users_kept BEFORE DELETE ON users BEGIN
    SELECT RAISE (ABORT, 'a user is never removed');
END;;
CREATE TRIGGER users_stay BEFORE UPDATE OF id, name, same_name, created_at ON users BEGIN
    SELECT RAISE (ABORT, 'who a user is never changes');
END;;
CREATE TABLE seals (
    seq INTEGER PRIMARY KEY REFERENCES events (seq),
    public_key TEXT NOT NULL REFERENCES user_keys (public_key), value TEXT NOT NULL
) STRICT;;
CREATE TRIGGER seals_stay BEFORE UPDATE ON seals BEGIN
    SELECT RAISE (ABORT, 'a seal is never changed');
END;;
CREATE TRIGGER seals_kept BEFORE DELETE ON seals BEGIN
    SELECT RAISE (ABORT, 'a seal is never removed');
END;;
CREATE INDEX events_user ON events (user, seq);;
CREATE INDEX events_act ON events (act, seq)
"""


def _merged(db: Database) -> None:
    """Patients that point at the one they were merged into; the log of merges, each undone at most once and never
    removed; birth dates to look for; and the words of every patient as ``naming`` has them now."""
    for statement in _MERGED.split(";;"):
        db.execute(statement)
    with trigger_off(db, "patients_changed"):
        rows = db.execute("SELECT number, identifier, name, born FROM patients").fetchall()
        words = [(_searched(*row), number) for number, *row in rows]
        db.conn.executemany("UPDATE patients SET words = ? WHERE number = ?", words)
        db.execute("INSERT INTO patient_search (patient_search) VALUES ('rebuild')")


def _searched(identifier: str, name: str, born: str | None) -> str:
    return searched(name, identifier, date.fromisoformat(born) if born else None)


_MERGED = """
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


def _scale(db: Database) -> None:
    """What is asked for most often, in indices that answer by themselves: a row lies on a page of its own to be
    decrypted. And the search index by the beginnings of its three-letter parts, for words that are shorter.
    """
    for statement in _SCALE.split(";;"):
        db.execute(statement)


_SCALE = """
DROP INDEX IF EXISTS events_subject;;
CREATE INDEX events_subject ON events (subject, act);;
DROP INDEX IF EXISTS events_user;;
CREATE INDEX events_user ON events (user, act, seq);;
DROP INDEX IF EXISTS exams_patient;;
CREATE INDEX exams_patient ON exams (patient, state, created_at);;
DROP INDEX IF EXISTS patients_sort_name;;
CREATE INDEX patients_sort_name ON patients (sort_name, words);;
CREATE INDEX patients_last_letter ON patients (substr(words, -1));;
CREATE INDEX patients_last_letters ON patients (substr(words, -2));;
CREATE VIRTUAL TABLE patient_parts USING fts5vocab (patient_search, instance)
"""


def _privacy(db: Database) -> None:
    """Consents, the erasure of a patient, and what retention spares.

    What "is never removed" may go in one case alone: while an erasure of its patient is open, which ``erased`` lists
    it under. An erasure is opened and closed in one transaction, and then stays; so does the list of what went, ids
    and hashes that name nobody. The key is for the notes of erasures that lie beside backups, see ``erased_list``.
    """
    for statement in _PRIVACY.split(";;"):
        db.execute(statement)
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

_PRIVACY = """
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

Migration = Callable[[Database], None]

MIGRATIONS: tuple[Migration, ...] = (_first, _second, _third, _smears, _access, _merged, _scale, _privacy)


def version(db: Database) -> int:
    """The schema version of a database; 0 when it is empty."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check_not_newer(db: Database) -> None:
    """Raises VaultError when a newer program wrote the database."""
    if version(db) > len(MIGRATIONS):
        raise VaultError(NEWER)


def migrate(db: Database) -> None:
    """Bring the database up to date, inside the caller's transaction."""
    for step, migration in enumerate(MIGRATIONS[version(db) :], start=version(db) + 1):
        migration(db)
        db.execute(f"PRAGMA user_version = {step}")


def upgrade_copy(folder: Path, from_version: int, stamp: str) -> Path:
    """Where the copy of the database before an upgrade goes."""
    return folder / "before-upgrade" / f"records-v{from_version}-{stamp}.db"
