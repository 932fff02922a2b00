"""Smears in the vault: nothing lost, nothing edited once signed, and every change past the program found."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.reading import COUNTED, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, Review
from clinoscope.domain.smear import FieldState, Smear, Why
from clinoscope.records import Vault
from clinoscope.records.operations import Topic
from clinoscope.records.smears import FIXED, NO_CELL, TWICE, Placed

sys.path.insert(0, str(Path(__file__).parent))
from smear_writer import MODELS, begun, picture, placed
from sqlcipher3.dbapi2 import IntegrityError

NAME, PASSWORD = "Dr Ada Okafor", "correct horse"


def free(_: Smear) -> Sequence[str]:
    return ()


@pytest.fixture
def smear(vault: Vault, patient: Patient) -> Exam:
    """A draft with two fields of two cells; the first cell of the second field is the second of the first."""
    exam = begun(vault, patient)
    for number, cells in enumerate(([placed(1), placed(2)], [placed(3, same_as=2), placed(4)]), start=1):
        field = vault.smears.add_field(exam, picture(vault, number))
        vault.smears.set_read(exam, replace(field, track=1, x=400 * number), cells, b"small", MODELS)
    return exam


@pytest.fixture
def signed(vault: Vault, smear: Exam) -> Exam:
    vault.smears.decide(smear, {1: "band", 2: "band", 4: "monocyte"}, 1)
    return vault.exams.sign_smear(ready(vault, smear), PASSWORD, free)


def ready(vault: Vault, smear: Exam) -> Exam:
    return replace(
        smear,
        picture=vault.smears.of(smear).fields[0].picture,
        reading=Reading("neutrophil/cells", COUNTED, MODELS[0]),
        review=Review(answer=COUNTED, agrees=False),
    )


def by_hand(vault: Vault, number: int, same_as: int | None = None, replaces: bool = False) -> Placed:
    found = placed(number, same_as=same_as, replaces=replaces)
    return replace(found, seen=replace(found.seen, drawn_by=vault.user))


def past_the_program(vault: Vault, *statements: str) -> None:
    """Change the database as someone with the key and a tool of their own could."""
    db = vault._store._db
    db.execute("PRAGMA query_only = OFF")
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    db.execute("PRAGMA query_only = ON")


def test_what_was_stored_is_read_back(vault: Vault, smear: Exam) -> None:
    vault.smears.decide(smear, {1: "monocyte", 4: "band"}, 1)
    vault.smears.decide(smear, {1: "eosinophil"}, 2)
    found = vault.smears.of(smear)
    assert [(one.number, one.state, one.track, one.x, one.models) for one in found.fields] == [
        (1, FieldState.READ, 1, 400, MODELS),
        (2, FieldState.READ, 1, 800, MODELS),
    ]
    assert [cell.seen for cell in found.cells] == [placed(number).seen for number in (1, 2, 3, 4)]
    assert [cell.same_as for cell in found.cells] == [None, None, 2, None]
    first = found.cells[0]
    assert first.first
    assert first.second
    assert (first.first.label, first.first.by, first.second.label) == ("monocyte", vault.user, "eosinophil")
    assert vault.smears.crops(smear, [1, 4, 9]) == {1: b"crop 1", 4: b"crop 4"}
    assert vault.smears.small_fields(smear, [2]) == {2: b"small"}


def test_a_decision_writes_one_row_and_the_last_one_counts(vault: Vault, smear: Exam) -> None:
    told: list[frozenset[Topic]] = []
    vault.listen(told.append)
    for label in ("band", "monocyte", ""):
        vault.smears.decide(smear, {4: label}, 1)
    assert vault.smears.of(smear).cells[3].first is None
    assert [note.label for note in vault.smears.decisions(smear)] == ["band", "monocyte", ""]
    assert told == [frozenset({Topic.SMEARS})] * 3
    assert vault._store.rows("SELECT count(*) AS n FROM smear_decisions")[0]["n"] == 3


def test_a_whole_cell_takes_the_place_of_a_cut_one_with_what_was_decided(vault: Vault, smear: Exam) -> None:
    vault.smears.decide(smear, {2: "monocyte"}, 1)
    field = vault.smears.add_field(smear, picture(vault, 3))
    part = vault.smears.set_read(
        smear, replace(field, track=1), [placed(5, same_as=2, replaces=True)], b"small", MODELS
    )
    assert {cell.number: cell.same_as for cell in part.cells} == {1: None, 2: 5, 5: None}
    found = {cell.number: cell for cell in vault.smears.of(smear).cells}
    assert found[3].same_as == 5
    assert found[5].first
    assert found[5].first.label == "monocyte"


def test_a_field_may_be_set_aside_by_its_reading(vault: Vault, smear: Exam) -> None:
    field = vault.smears.add_field(smear, picture(vault, 3))
    vault.smears.set_read(smear, replace(field, track=2), [placed(5)], b"small", MODELS, aside=True)
    found = vault.smears.of(smear)
    assert (found.fields[2].state, found.fields[2].why) == (FieldState.ASIDE, Why.NO_FIELD)
    assert [cell.number for cell in found.standing()] == [1, 2, 4]
    assert vault.events()[0].details["aside"] is True
    assert vault.smears.set_aside(smear, [3], Why.UNTOLD)[0].state is FieldState.READ
    assert [cell.number for cell in vault.smears.of(smear).standing()] == [1, 2, 4, 5]
    assert vault.smears.of(smear).fields[2].why is Why.UNTOLD


def test_fields_are_set_aside_together_or_not_at_all_and_say_why(vault: Vault, smear: Exam) -> None:
    for place in (3, 4):
        vault.smears.add_field(smear, picture(vault, place))
    with pytest.raises(VaultError):
        vault.smears.set_aside(smear, [3, 9], Why.NOT_READ)
    assert vault.smears.of(smear).fields[2].state is FieldState.ADDED
    before = len(vault.events())
    aside = vault.smears.set_aside(smear, [3, 4], Why.NOT_READ)
    assert [(entry.state, entry.why) for entry in aside] == [(FieldState.ASIDE, Why.NOT_READ)] * 2
    assert len(vault.events()) == before + 1
    assert vault.events()[0].details["fields"] == [3, 4]
    back = vault.smears.set_aside(smear, [3, 4], Why.UNTOLD)
    assert [(entry.state, entry.why) for entry in back] == [(FieldState.ADDED, Why.UNTOLD)] * 2, "they wait again"


def test_a_field_taken_out_while_it_is_read_stays_out(vault: Vault, smear: Exam) -> None:
    field = vault.smears.add_field(smear, picture(vault, 3))
    vault.smears.set_aside(smear, [3], Why.NOT_READ)
    vault.smears.set_read(smear, replace(field, track=2), [placed(5)], b"small", MODELS)
    assert (vault.smears.of(smear).fields[2].state, vault.smears.of(smear).fields[2].why) == (
        FieldState.ASIDE,
        Why.NOT_READ,
    )


def test_reading_a_field_again_changes_nothing(vault: Vault, smear: Exam) -> None:
    before = vault.smears.of(smear)
    vault.smears.set_read(smear, before.fields[0], [placed(9)], b"other", MODELS)
    assert vault.smears.of(smear) == before


def test_a_cell_is_added_by_hand_taken_away_and_put_back(vault: Vault, smear: Exam) -> None:
    part = vault.smears.add_cell(smear, 1, by_hand(vault, 5), MODELS)
    assert [cell.number for cell in part.cells] == [1, 2, 5]
    assert part.cells[-1].seen.drawn_by == vault.user
    assert vault.smears.crops(smear, [5]) == {5: b"crop 5"}
    vault.smears.decide(smear, {5: "monocyte"}, 1)
    assert vault.smears.set_gone(smear, 5, gone=True).cells[-1].gone
    assert [cell.number for cell in vault.smears.of(smear).standing()] == [1, 2, 4]
    back = vault.smears.set_gone(smear, 5, gone=False).cells[-1]
    assert (back.gone, back.label) == (False, "monocyte"), "with what was decided on it"
    assert [event.act for event in reversed(vault.events()[:4])] == [
        "smear.cell",
        "smear.decide",
        "smear.gone",
        "smear.gone",
    ]
    vault.smears.set_gone(smear, 5, gone=True)
    part = vault.smears.add_cell(smear, 1, by_hand(vault, 6), MODELS)
    assert part.cells[-1].number == 6, "its number is not used again"


def test_a_cell_added_by_hand_may_stand_for_one_that_an_edge_cuts(vault: Vault, smear: Exam) -> None:
    vault.smears.decide(smear, {4: "monocyte"}, 1)
    part = vault.smears.add_cell(smear, 1, by_hand(vault, 5, same_as=4, replaces=True), MODELS)
    assert {cell.number: cell.same_as for cell in part.cells} == {1: None, 2: None, 3: 2, 4: 5, 5: None}
    assert [cell.label for cell in part.cells if cell.number == 5] == ["monocyte"]
    vault.smears.set_gone(smear, 5, gone=True)
    assert [cell.number for cell in vault.smears.of(smear).standing()] == [1, 2, 4]


def test_a_field_names_all_models_that_read_its_cells(vault: Vault, smear: Exam) -> None:
    newer = replace(MODELS[0], version="2.1.0", sha256="cd" * 32)
    part = vault.smears.add_cell(smear, 1, by_hand(vault, 5), (newer,))
    assert part.fields[0].models == (*MODELS, newer)


def test_what_the_program_found_is_not_taken_away(vault: Vault, smear: Exam) -> None:
    with pytest.raises(NotAllowed, match="found by the program"):
        vault.smears.set_gone(smear, 1, gone=True)
    with pytest.raises(VaultError, match=NO_CELL):
        vault.smears.set_gone(smear, 9, gone=True)
    vault._store._db.execute("PRAGMA query_only = OFF")
    with pytest.raises(IntegrityError, match="only a cell that was added by hand"):
        vault._store._db.execute("UPDATE smear_cells SET gone = 1 WHERE number = 1")


def test_a_cell_is_added_to_a_field_that_counts(vault: Vault, smear: Exam) -> None:
    vault.smears.set_aside(smear, [1], Why.BY_HAND)
    waiting = vault.smears.add_field(smear, picture(vault, 3))
    for number in (1, waiting.number):
        with pytest.raises(NotAllowed, match="not read yet, or was set aside"):
            vault.smears.add_cell(smear, number, by_hand(vault, 5), MODELS)


def test_a_cell_that_was_taken_away_is_signed_as_such_and_goes_into_an_amendment(vault: Vault, smear: Exam) -> None:
    vault.smears.add_cell(smear, 1, by_hand(vault, 5), MODELS)
    vault.smears.set_gone(smear, 5, gone=True)
    vault.smears.decide(smear, {1: "band", 2: "band", 4: "monocyte"}, 1)
    signed = vault.exams.sign_smear(ready(vault, smear), PASSWORD, free)
    draft = vault.exams.amend(signed, "looked at again")
    assert vault.smears.of(draft) == vault.smears.of(signed)
    assert vault.verify().ok
    past_the_program(vault, "UPDATE smear_cells SET gone = 0")
    assert "The cells of exam s1, version 1, are not what was signed." in vault.verify().problems


def test_a_field_set_aside_keeps_its_cells(vault: Vault, smear: Exam) -> None:
    assert vault.smears.set_aside(smear, [1], Why.BY_HAND)[0].state is FieldState.ASIDE
    assert [cell.number for cell in vault.smears.of(smear).standing()] == [3, 4]
    assert vault.smears.set_aside(smear, [1], Why.UNTOLD)[0].state is FieldState.READ


def test_what_cannot_be_is_refused_and_changes_nothing(vault: Vault, smear: Exam) -> None:
    before = vault.smears.of(smear)
    with pytest.raises(NotAllowed, match=TWICE):
        vault.smears.add_field(smear, picture(vault, 1))
    with pytest.raises(VaultError, match=NO_CELL):
        vault.smears.decide(smear, {1: "band", 99: "band"}, 1)
    with pytest.raises(VaultError):
        vault.smears.set_aside(smear, [9], Why.BY_HAND)
    assert vault.smears.of(smear) == before


def test_what_is_signed_is_never_changed(vault: Vault, signed: Exam) -> None:
    assert signed.state is ExamState.SIGNED
    assert signed.smear
    assert signed.smear.cells == 4
    before = vault.smears.of(signed)
    for act in (
        lambda: vault.smears.add_field(signed, picture(vault, 7)),
        lambda: vault.smears.decide(signed, {1: "band"}, 1),
        lambda: vault.smears.set_aside(signed, [1], Why.BY_HAND),
        lambda: vault.smears.add_cell(signed, 1, by_hand(vault, 7), MODELS),
        lambda: vault.smears.set_gone(signed, 1, gone=True),
    ):
        with pytest.raises(NotAllowed, match=FIXED):
            act()
    assert vault.smears.of(signed) == before
    assert vault.verify().ok


def test_the_database_refuses_even_what_goes_past_the_program(vault: Vault, signed: Exam) -> None:
    db = vault._store._db
    db.execute("PRAGMA query_only = OFF")
    for statement in (
        "UPDATE smear_cells SET same_as = 1",
        "UPDATE smear_cells SET gone = 1",
        "UPDATE smear_fields SET x = 1",
        "UPDATE smear_decisions SET label = 'band'",
        "INSERT INTO smear_decisions (exam, version, cell, reader, label, user, at)"
        " SELECT exam, version, cell, reader, 'band', user, at FROM smear_decisions",
        "DELETE FROM smear_cells",
        "DELETE FROM smear_fields",
        "DELETE FROM smear_decisions",
        "DELETE FROM smear_seals",
        "UPDATE smear_seals SET text = ''",
    ):
        with pytest.raises(Exception, match=r"never|stays|keeps|only a cell that was added by hand"):
            db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE smear_decisions SET label = 'eosinophil' WHERE cell = 4",
        "DELETE FROM smear_decisions WHERE cell = 4",
        "UPDATE smear_cells SET same_as = NULL WHERE number = 3",
        "UPDATE smear_cells SET gone = 1 WHERE number = 3",
        """UPDATE smear_cells SET seen = replace(seen, '"doubt":0.25', '"doubt":0.75') WHERE number = 1""",
        "UPDATE smear_fields SET x = 3 WHERE number = 1",
        "UPDATE smear_fields SET state = 'aside' WHERE number = 1",
        "UPDATE smear_seals SET text = replace(text, 'monocyte', 'band')",
        "DELETE FROM smear_seals",
        "UPDATE smear_pictures SET data = x'00' WHERE what = 'cell' AND number = 1",
    ],
)
def test_verify_finds_every_change_to_a_signed_smear(vault: Vault, signed: Exam, statement: str) -> None:
    past_the_program(vault, statement)
    assert "The cells of exam s1, version 1, are not what was signed." in vault.verify().problems


def test_the_rules_are_asked_in_the_transaction_that_signs(vault: Vault, smear: Exam) -> None:
    asked: list[Smear] = []

    def rules(found: Smear) -> Sequence[str]:
        asked.append(found)
        return ["1 cell is not reviewed yet."]

    with pytest.raises(NotAllowed, match="not reviewed"):
        vault.exams.sign_smear(ready(vault, smear), PASSWORD, rules)
    assert asked == [vault.smears.of(smear)]
    assert vault.exams.get(smear.id).state is ExamState.DRAFT
    assert not vault._store.rows("SELECT 1 FROM smear_seals")


def test_a_smear_is_not_signed_as_another_exam_is(vault: Vault, smear: Exam) -> None:
    with pytest.raises(NotAllowed, match="on its own page"):
        vault.exams.sign(ready(vault, smear), PASSWORD)
    with pytest.raises(ValueError, match="not a smear"):
        vault.exams.sign_smear(replace(ready(vault, smear), smear=None), PASSWORD, free)


def test_a_field_that_is_damaged_on_the_disk_is_not_signed(vault: Vault, smear: Exam) -> None:
    path = vault.pictures.path(vault.smears.of(smear).fields[1].picture.sha256)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(VaultError):
        vault.exams.sign_smear(ready(vault, smear), PASSWORD, free)


def test_an_amendment_takes_everything_over_and_leaves_the_signed_one(vault: Vault, signed: Exam) -> None:
    before = vault.smears.of(signed)
    draft = vault.exams.amend(signed, "cell 4 looked at again")
    assert draft.smear
    assert (draft.smear.cells, draft.smear.sha256) == (0, "")
    assert vault.smears.of(draft) == before
    vault.smears.decide(draft, {4: "band"}, 1)
    field = vault.smears.add_field(draft, picture(vault, 3))
    vault.smears.set_read(draft, replace(field, track=2), [placed(5)], b"small", MODELS)
    again = vault.exams.sign_smear(draft, PASSWORD, free)
    assert (again.version, len(vault.smears.of(again).cells)) == (2, 5)
    assert vault.smears.of(signed) == before
    assert vault.verify().ok
    assert vault.exams.reviewed("neutrophil/cells") == ()


def test_numbers_are_never_used_again_after_an_amendment_was_discarded(vault: Vault, signed: Exam) -> None:
    draft = vault.exams.amend(signed, "more cells")
    field = vault.smears.add_field(draft, picture(vault, 3))
    vault.smears.set_read(draft, replace(field, track=2), [placed(5)], b"small", MODELS)
    vault.exams.discard_draft(draft)
    with pytest.raises(NotAllowed):
        vault.smears.decide(draft, {5: "band"}, 1)
    again = vault.exams.amend(signed, "others")
    field = vault.smears.add_field(again, picture(vault, 4))
    part = vault.smears.set_read(again, replace(field, track=2), [placed(6)], b"small", MODELS)
    assert [(entry.number, cell.number) for entry, cell in zip(part.fields, part.cells, strict=True)] == [(4, 6)]
    assert vault.verify().ok


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.parametrize("lines", [1, 2, 3, 8, 21])
def test_killed_at_any_moment_it_keeps_what_was_acknowledged(folder: Path, lines: int) -> None:
    command = [sys.executable, str(Path(__file__).with_name("smear_writer.py")), str(folder), NAME, PASSWORD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        said = [writer.stdout.readline().split() for _ in range(lines)]
        writer.kill()
        said += [line.split() for line in writer.stdout if line.endswith("\n")]
    with Vault.open(folder, NAME, PASSWORD) as vault:
        assert vault.verify().ok
        (exam,) = (exam for exam, _ in vault.exams.drafts())
        found = vault.smears.of(exam)
        assert {int(words[1]) for words in said if words[0] == "field"} <= {one.number for one in found.fields}
        read = {one.number for one in found.fields if one.state is FieldState.READ}
        for words in said:
            if words[0] == "read":
                assert int(words[1]) in read
                assert {int(number) for number in words[2:]} <= {cell.number for cell in found.cells}
            if words[0] == "decided":
                (cell,) = (cell for cell in found.cells if cell.number == int(words[1]))
                assert cell.first
                assert cell.first.label == "monocyte"
