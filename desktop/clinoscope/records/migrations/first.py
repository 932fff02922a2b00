"""The first tables: users, patients, pictures, exams, settings, the audit chain."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """Users, patients with their search, pictures, exams, settings, events.

    Signed and voided exams, pictures, keys and events can be neither changed nor removed, drafts and
    patients not removed, not even by a statement that goes past the program.
    """
    run(db, _SQL)


_SQL = """
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
