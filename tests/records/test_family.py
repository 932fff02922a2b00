from sqlite_utils import Database

from clinoscope.records import Vault, family


def test_without_merges_everybody_is_alone(vault: Vault) -> None:
    with vault._store.reading() as db:
        assert family.roots(db) == {}
        assert family.ids(db, "p1") == ["p1"]
        assert family.root(db, "p1") is None


def test_a_chain_of_merges_leads_to_one_record_and_a_circle_ends() -> None:
    db = Database(memory=True)
    db.execute("CREATE TABLE patients (id TEXT, merged_into TEXT)")
    for row in (("a", None), ("b", "a"), ("c", "b"), ("d", None), ("x", "y"), ("y", "x")):
        db.execute("INSERT INTO patients VALUES (?, ?)", row)
    assert family.ids(db, "c") == family.ids(db, "a") == ["a", "b", "c"]
    assert family.ids(db, "d") == ["d"]
    assert [family.root(db, one) for one in "abcdx"] == ["a", "a", "a", "d", None]
    assert family.roots(db)["c"] == "a"
    assert set(family.roots(db)) == {"b", "c", "x", "y"}
