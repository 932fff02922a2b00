from sqlite_utils import Database

from clinoscope.records.operations import note


def test_a_note_does_nothing_itself() -> None:
    operation = note("vault.backup", "clinoscope-20260301T093000Z")
    assert operation.touches == frozenset()
    assert operation.details == {}
    with_nothing = Database(memory=True)
    operation.apply(with_nothing)
    assert with_nothing.table_names() == []
    with_nothing.close()
