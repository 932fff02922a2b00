"""Indices for a million exams."""

from sqlite_utils import Database

from clinoscope.records.migrations.statements import run


def migrate(db: Database) -> None:
    """What is asked for most often, in indices that answer by themselves: a row lies on a page of its own to be
    decrypted. And the search index by the beginnings of its three-letter parts, for words that are shorter.
    """
    run(db, _SQL)


_SQL = """
DROP INDEX IF EXISTS events_subject;;
CREATE INDEX events_subject ON events (subject, act);;
DROP INDEX IF EXISTS events_user;;
CREATE INDEX events_user ON events (user, act, seq);;
DROP INDEX IF EXISTS exams_patient;;
CREATE INDEX exams_patient ON exams (patient, state, created_at);;
DROP INDEX IF EXISTS patients_sort_name;;
CREATE INDEX patients_sort_name ON patients (sort_name, words);;
CREATE INDEX patients_last_letter ON patients (substr(words, -1));;
CREATE INDEX patients_last_letters ON patients (substr(words, -2));;
CREATE VIRTUAL TABLE patient_parts USING fts5vocab (patient_search, instance)
"""
