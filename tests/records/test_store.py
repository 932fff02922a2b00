import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from clinoscope.domain.errors import VaultError
from clinoscope.records import audit, schema
from clinoscope.records.operations import Operation, Topic, note
from clinoscope.records.store import Store

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "records.db", KEY, "u1")
    made.run(Operation("vault.create", frozenset(), schema.migrate))
    yield made
    made.close()


def put(key: str, then: Exception | None = None) -> Operation[str]:
    def apply(db: Database) -> str:
        db.table("settings").insert({"key": key, "value": "1"})
        if then:
            raise then
        return key

    return Operation("setting.set", frozenset({Topic.SETTINGS}), apply, key)


def keys_in(store: Store) -> list[str]:
    """The settings, but for the one that the schema itself makes."""
    return [row["key"] for row in store.rows("SELECT key FROM settings WHERE key <> 'erasure/key' ORDER BY key")]


def test_an_operation_and_its_event_are_stored_together(store: Store) -> None:
    assert store.run(put("a")) == "a"
    assert keys_in(store) == ["a"]
    with store.reading() as db:
        newest = audit.latest(db, 1)[0]
    assert (newest.act, newest.subject, newest.user) == ("setting.set", "a", "u1")


def test_an_operation_that_fails_leaves_nothing(store: Store) -> None:
    before = store.rows("SELECT * FROM events")
    with pytest.raises(KeyError):
        store.run(put("a", KeyError("bug")))
    assert keys_in(store) == []
    assert store.rows("SELECT * FROM events") == before
    store.run(put("b"))
    assert keys_in(store) == ["b"]


def test_nothing_writes_past_an_operation(store: Store) -> None:
    with pytest.raises(VaultError, match="cannot be written"), store.reading() as db:
        db.execute("DELETE FROM settings")
    with pytest.raises(VaultError), store.reading() as db:
        db.execute("CREATE TABLE a (b)")


def test_listeners_hear_what_changed_after_it_is_stored(store: Store) -> None:
    heard: list[tuple[frozenset[Topic], list[str]]] = []

    def listener(topics: frozenset[Topic]) -> None:
        heard.append((topics, keys_in(store)))

    store.listen(listener)
    store.run(put("a"))
    with pytest.raises(KeyError):
        store.run(put("b", KeyError("bug")))
    store.unlisten(listener)
    store.run(put("c"))
    assert heard == [(frozenset({Topic.SETTINGS}), ["a"])]


def test_many_threads_write_and_read_at_once(store: Store) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                store.run(put(f"{name}{number:02}"))
                assert f"{name}{number:02}" in keys_in(store)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(keys_in(store)) == 120
    with store.reading() as db:
        assert audit.problems(db) == ()


def test_the_file_shows_nothing_of_what_is_in_it(store: Store, tmp_path: Path) -> None:
    store.run(put("a very telling name"))
    store.close()
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not data.startswith(b"SQLite format 3")
    assert b"telling" not in data
    assert b"CREATE TABLE" not in data


def test_another_key_or_a_damaged_file_is_a_sentence(store: Store, tmp_path: Path) -> None:
    store.close()
    with pytest.raises(VaultError, match="damaged or is not a Clinoscope database"):
        Store(tmp_path / "records.db", bytes(32), "u1")
    (tmp_path / "records.db").write_bytes(b"nonsense" * 1000)
    with pytest.raises(VaultError, match="damaged"):
        Store(tmp_path / "records.db", KEY, "u1")


def test_a_closed_store_says_so_and_leaves_one_file(store: Store, tmp_path: Path) -> None:
    store.close()
    store.close()
    for act in (lambda: keys_in(store), lambda: store.run(put("a")), lambda: store.copy_to(tmp_path / "b")):
        with pytest.raises(VaultError, match="is closed"):
            act()
    assert [path.name for path in tmp_path.iterdir()] == ["records.db"]


def test_a_copy_is_whole_while_others_write(store: Store, tmp_path: Path) -> None:
    store.run(put("before"))
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            store.run(put(f"during{number}"))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        store.copy_to(tmp_path / "copy" / "records.db")
    finally:
        stop.set()
        writer.join()
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["records.db"]
    copy = Store(tmp_path / "copy" / "records.db", KEY, "u1")
    with copy.reading() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert audit.problems(db) == ()
    assert "before" in keys_in(copy)
    copy.close()


def test_a_copy_that_fails_is_not_left(store: Store, tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"nonsense" * 4096)
    (tmp_path / "records.db-wal").unlink()
    with pytest.raises(VaultError, match="damaged"):
        store.copy_to(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_note_writes_only_its_event(store: Store) -> None:
    store.run(note("vault.open", "u1", {"wrong_tries": 2}))
    with store.reading() as db:
        newest = audit.latest(db, 1)[0]
    assert (newest.act, newest.subject, newest.details) == ("vault.open", "u1", {"wrong_tries": 2})
