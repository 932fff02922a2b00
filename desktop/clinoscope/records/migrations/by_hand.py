"""White cells that a person added to a smear by hand."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """A cell that was added by hand can be taken away again: its row stays, marked. What the program found cannot."""
    run(db, _SQL)


_SQL = """
ALTER TABLE smear_cells ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));;
CREATE TRIGGER smear_cells_found_count BEFORE UPDATE ON smear_cells
WHEN new.gone = 1 AND json_extract(new.seen, '$.drawn_by') IS NULL BEGIN
    SELECT RAISE (ABORT, 'only a cell that was added by hand is taken away');
END
"""
