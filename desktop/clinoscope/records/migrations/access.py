"""Roles, removed users, seals."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """Roles, users who are removed but not forgotten, and the seals that signers put on the audit chain.

    Who could open the vault before could do everything in it: all become administrators and clinicians.
    """
    run(db, _SQL)


_SQL = """
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
