"""What was said of a reading, while its region is being changed."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """An answer that waits for the reading of a changed region."""
    run(db, _SQL)


_SQL = """
ALTER TABLE exams ADD COLUMN held TEXT
"""
