"""Smears."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """Smears: the sheet in its exam's row, and fields, cells and decisions in rows of their own.

    What an exam that is not a draft holds can be neither added to nor changed nor removed. A decision is never
    changed: the next one replaces it. The reviewed index leaves smears out, whose cells are reviewed one by one.
    """
    run(db, _SQL)


_SQL = """
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
