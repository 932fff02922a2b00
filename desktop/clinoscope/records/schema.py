"""The tables, and how an older vault becomes one of today.

``MIGRATIONS[n]`` takes a database from version n to n + 1; the version stands in SQLite's
``user_version``. A migration that has been released is never changed: add the next one.
"""

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records.keys import NEWER


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


def _fourth(db: Database) -> None:
    """Roles, users who are removed but not forgotten, and the seals that signers put on the audit chain.

    Who could open the vault before could do everything in it: all become administrators and clinicians.
    """
    for statement in _FOURTH.split(";;"):
        db.execute(statement)


_FOURTH = """
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

Migration = Callable[[Database], None]

MIGRATIONS: tuple[Migration, ...] = (_first, _second, _third, _fourth)


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
