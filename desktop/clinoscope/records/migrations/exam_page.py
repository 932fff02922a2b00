"""What the exam page keeps of a draft besides."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """A comment without an answer."""
    run(db, _SQL)


_SQL = """
ALTER TABLE exams ADD COLUMN comment TEXT NOT NULL DEFAULT ''
"""
