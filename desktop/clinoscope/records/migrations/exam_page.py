"""What the exam page keeps besides."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """A comment without an answer; what a picture shows, to find the same one again."""
    run(db, _SQL)


_SQL = """
ALTER TABLE exams ADD COLUMN comment TEXT NOT NULL DEFAULT '';;
ALTER TABLE exams ADD COLUMN pixels TEXT;;
CREATE INDEX exams_pixels ON exams (pixels) WHERE pixels IS NOT NULL
"""
