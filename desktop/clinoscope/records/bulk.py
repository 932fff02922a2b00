"""Many patients, pictures and exams at once, to measure with: thousands of rows and events in one transaction.

Every row, event, signature and seal is made by what makes it when the program writes one by one, so that nothing in the
vault tells the difference but the times and the event that ends each call. Picture files are not flushed one by one:
nothing that people took is ever stored this way.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from clinoscope.domain.record import Exam, Patient, User
from clinoscope.records import audit, exam_rows, patients, signing
from clinoscope.records.keys import Opened
from clinoscope.records.many import insert_many
from clinoscope.records.operations import Operation, Topic
from clinoscope.records.pictures import Pictures
from clinoscope.records.store import Store

ACT = "bench.fill"
SAVES = 4
"""How often the window saves an exam before it is signed: picture, region, reading, review."""

_AT_ONCE = 2000  # rows that wait in memory
_CACHE = 1_500_000  # KiB; hashes lie anywhere in their index, and a page that is let go is encrypted and read again


class Bulk:
    """Writes into an open vault as its user; see ``vault.bulk``."""

    def __init__(self, store: Store, pictures: Pictures, user: User, keys: Opened) -> None:
        self._store, self._pictures, self._user, self._keys = store, pictures, user, keys
        with store.reading() as db:
            db.execute(f"PRAGMA cache_size = -{_CACHE}")

    def patients(self, added: Iterable[Patient]) -> None:
        """Add patients, tidy ones with numbers that are free. Raises VaultError."""

        def write(rows: "_Rows") -> None:
            for patient in added:
                rows.add("patients", patients.as_row(patient))
                rows.event("patient.add", patient.id)

        self._run(write, Topic.PATIENTS)

    def pictures(self, files: Iterable[bytes]) -> list[str]:
        """Store pictures, none of which is there already; the SHA-256 of each. Raises VaultError, OSError."""
        stored: list[str] = []

        def write(rows: "_Rows") -> None:
            for data in files:
                row = self._pictures.written(data)
                rows.add("pictures", row)
                rows.event("picture.put", row["sha256"])
                stored.append(row["sha256"])

        self._run(write, Topic.PICTURES)
        return stored

    def exams(self, drafts: Iterable[Exam]) -> None:
        """Store exams: signed those that have a review, the others as drafts. Raises VaultError."""
        sign, seal = signing.signing(self._user, self._keys), signing.sealing(self._keys)

        def write(rows: "_Rows") -> None:
            for exam in drafts:
                for _ in range(SAVES if exam.review else SAVES - 1):
                    rows.event("exam.save", exam.id, {"version": exam.version})
                if exam.review is None:
                    rows.add("exams", {**exam_rows.as_row(exam), "signed_text": None})
                    continue
                done = sign(exam)
                text = signing.canonical(done)
                rows.add("exams", {**exam_rows.as_row(done), "signed_text": text.decode()})
                event = rows.event("exam.sign", exam.id, {"version": exam.version, "sha256": signing.digest(text)})
                public_key, value = seal(event["hash"])
                rows.add("seals", {"seq": event["seq"], "public_key": public_key, "value": value})

        self._run(write, Topic.EXAMS)

    def _run(self, write: Any, topic: Topic) -> None:
        def apply(db: Database) -> None:
            rows = _Rows(db, self._user.id)
            write(rows)
            rows.flush()

        self._store.run(Operation(ACT, frozenset({topic}), apply))


class _Rows:
    """Rows that wait to be written, a few thousand at a time, with the chain that goes on through them."""

    def __init__(self, db: Database, user: str) -> None:
        self._db, self._user, self._last = db, user, audit.newest(db)
        self._waiting: dict[str, list[Mapping[str, Any]]] = {}
        self._count = 0

    def add(self, table: str, row: Mapping[str, Any]) -> None:
        """Write a row in a moment. All rows of a table have the same columns."""
        self._waiting.setdefault(table, []).append(row)
        self._count += 1
        if self._count >= _AT_ONCE:
            self.flush()

    def event(self, act: str, subject: str, details: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The next event of the chain."""
        row = audit.next_row(self._last, act, subject, details or {}, self._user)
        self._last = row["seq"], row["hash"]
        self.add("events", row)
        return row

    def flush(self) -> None:
        """Write what waits: seals after the events that they are on."""
        for table in ("patients", "pictures", "exams", "events", "seals"):
            rows = self._waiting.pop(table, [])
            insert_many(self._db, table, rows)
        self._count = 0
