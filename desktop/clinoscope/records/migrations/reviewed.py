"""The index that agreement over time is read from."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """What ``Exams.reviewed`` reads of every signed exam, beside each other in one index.

    A row lies on pages of its own with all its JSON: to read 100,000 of them takes 15 s, the index 0.4 s.
    A damaged row is left out of it, and named by ``verify``; it must not keep the vault from opening.
    """
    run(db, _SQL)


_SQL = """
CREATE INDEX exams_reviewed ON exams (
    task, signed_at, id, version, json_extract(reading, '$.model.sha256'), json_extract(reading, '$.answer'),
    json_extract(review, '$.agrees'), json_extract(taken, '$.phantom')
) WHERE state = 'signed' AND json_valid(reading) AND json_valid(review) AND json_valid(taken)
"""
