"""Why a field of a smear was set aside."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """A field that is set aside says why; one from before says nothing."""
    run(db, _SQL)


_SQL = """
ALTER TABLE smear_fields ADD COLUMN why TEXT NOT NULL DEFAULT ''
    CHECK (why IN ('', 'no_field', 'not_read', 'by_hand'))
"""
