"""SQL of several statements, which SQLCipher takes one at a time."""

from sqlite_utils import Database


def run(db: Database, sql: str) -> None:
    """Every statement of ``sql``, with ``;;`` between them: triggers have ``;`` inside."""
    for statement in sql.split(";;"):
        db.execute(statement)
