"""The encrypted database: the one connection, its lock, and ``run``, the only way to write."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlcipher3.dbapi2
from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records import audit
from clinoscope.records.errors import BUSY, CLOSED, DISK, translated
from clinoscope.records.files import sync_folder
from clinoscope.records.operations import Listener, Operation

T = TypeVar("T")

FILE = "records.db"
_CACHE = 64 * 1024  # KiB at most of pages that are kept decrypted; SQLite's own 2 MB hold a hundredth of a large vault
_LARGE_CACHE = 1024 * 1024  # KiB at most, for what looks at everything: hashes lie anywhere in their index


class Store:
    """Thread safe: one connection behind one re-entrant lock. ``user`` is who writes."""

    def __init__(self, path: Path, key: bytes, user: str) -> None:
        self.path, self.user, self._key = path, user, key
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._closed = False
        with translated():
            connection = _connect(path, key)
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._db = Database(connection, execute_plugins=False)
            # Between operations the connection refuses to write: nothing can go past ``run``.
            self._db.execute("PRAGMA query_only = ON")

    def run(self, operation: Operation[T]) -> T:
        """Do it and log it in one transaction, then tell the listeners.

        Raises VaultError, and whatever ``apply`` raises; then nothing has changed.
        """
        with self._lock, translated():
            db = self._open_db()
            db.execute("PRAGMA query_only = OFF")
            try:
                with db.atomic():
                    done = operation.apply(db)
                    audit.append(db, operation, self.user)
            finally:
                db.execute("PRAGMA query_only = ON")
        for listener in tuple(self._listeners):
            listener(operation.touches)
        return done

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for reading only. Raises VaultError."""
        with self._lock, translated():
            yield self._open_db()

    @contextmanager
    def settled(self) -> Iterator[Database]:
        """One steady view through a connection of its own, while others go on reading and writing. Raises VaultError.

        Everything in the write-ahead log has gone into the database file before, and nothing goes there while it is
        open. SQLCipher's check looks at that file alone: a page that a kill left half written there, and whole in the
        log, would be called damage.
        """
        with translated():
            with self._lock:
                with suppress(sqlcipher3.dbapi2.Error):  # on a full disk it stays in the log, from where it is read
                    self._open_db().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                connection = _connect(self.path, self._key)
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the view begins with this
            try:
                connection.execute(f"PRAGMA cache_size = -{_LARGE_CACHE}")
                yield Database(connection, execute_plugins=False)
            finally:
                connection.close()

    def vacuum(self) -> None:
        """Write the database anew, so that nothing of a row that was removed is left in its pages or in the log.

        Takes as long as copying it, and as much space twice. Raises VaultError, also while somebody copies it.
        """
        with self._lock, translated():
            db = self._open_db()
            db.execute("PRAGMA query_only = OFF")
            db.execute("PRAGMA temp_store = FILE")  # encrypted like the rest; in memory it would have to fit in there
            try:
                db.execute("VACUUM")
                (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                db.execute("PRAGMA temp_store = DEFAULT")
                db.execute("PRAGMA query_only = ON")
            if busy:
                raise VaultError(BUSY)

    def rows(self, sql: str, params: Any = ()) -> list[dict[str, Any]]:
        """All rows of a query. Raises VaultError."""
        with self.reading() as db:
            return list(db.query(sql, params))

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with the topics of every write from now on."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Stop calling ``listener``."""
        self._listeners.remove(listener)

    def copy_to(self, path: Path, key: bytes | None = None) -> None:
        """A consistent copy under the same key or another one, while others go on reading and writing.

        It reads through a connection of its own: in WAL mode that is one steady view of the data.
        Raises VaultError; then no copy is left.
        """
        with self._lock:
            self._open_db()
        with translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            source, target = _connect(self.path, self._key), _connect(path, self._key)
            try:
                source.backup(target)
                # One file, not three: what is copied must not need a log beside it.
                target.execute("PRAGMA journal_mode = DELETE").fetchone()
                if key is not None:
                    _rekey(target, key)
            except BaseException:
                target.close()
                path.unlink(missing_ok=True)
                raise
            finally:
                source.close()
                target.close()
            sync_folder(path.parent)

    def close(self) -> None:
        """Let go of the database; may be called twice."""
        with self._lock, translated():
            if not self._closed:
                self._closed = True
                self._db.conn.close()

    def _open_db(self) -> Database:
        if self._closed:
            raise VaultError(CLOSED)
        return self._db


def damage(db: Database) -> Iterator[str]:
    """A sentence for what is wrong with the file: SQLCipher's own check of every page, SQLite's of what is on them."""
    if db.execute("PRAGMA cipher_integrity_check").fetchone():
        yield "The database file was altered or is damaged: restore the newest backup."
    if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        yield "The database is inconsistent: restore the newest backup."


def _connect(path: Path, key: bytes) -> Any:
    connection = sqlcipher3.dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
    # A raw key: it is random already, so SQLCipher need not stretch it.
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level = NONE").fetchall()  # it would write to stderr; we raise
    return connection


def _rekey(connection: Any, key: bytes) -> None:
    """Encrypt a database anew. SQLCipher has one sentence of its own for whatever goes wrong: here it is the disk."""
    try:
        connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
    except sqlcipher3.dbapi2.OperationalError as error:
        raise VaultError(DISK) from error


def _prepare(connection: Any) -> None:
    """``synchronous = FULL``: a commit is on the disk when ``run`` returns, power cut or not."""
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the wrong key fails here
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON").fetchone()
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
