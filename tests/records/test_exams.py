from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed, VaultError, WrongPassword
from clinoscope.domain.record import Exam, ExamState, Patient, Reviewed
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.records import Vault
from clinoscope.records.exam_rows import exam_of
from clinoscope.records.exams import _REVIEWED

PASSWORD = "correct horse"


def test_a_draft_comes_back_as_saved(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    assert vault.exams.get("e1") == draft
    assert list(vault.exams.get("e1").reading.probabilities) == ["mpox", "measles", "chickenpox"]  # type: ignore[union-attr]


def test_the_same_picture_is_found_within_the_patient_only(vault: Vault, draft: Exam, patient: Patient) -> None:
    assert draft.picture is not None
    other = replace(patient, id="p9", identifier="9-9")
    vault.patients.add(other)
    seen = replace(draft.picture, pixels="ab" * 32)
    repacked = replace(seen, sha256=vault.pictures.put(b"the same pixels in another file"))
    first = replace(draft, id="e1", picture=seen)
    for exam in (
        first,
        replace(first, id="e2", picture=repacked, created_at=first.created_at + timedelta(days=1)),
        replace(first, id="e3", patient_id=other.id),
        replace(first, id="e4", picture=replace(seen, pixels="cd" * 32, page=1)),
    ):
        vault.exams.save_draft(exam)
    assert [exam.id for exam in vault.exams.with_picture(patient.id, seen)] == ["e2", "e1"]
    assert [exam.id for exam in vault.exams.with_picture(other.id, seen)] == ["e3"]
    old = replace(seen, pixels="")
    assert [exam.id for exam in vault.exams.with_picture(patient.id, old)] == ["e1"], "by its file, and that page of it"
    vault.merges.merge(other.id, patient, "one person")
    assert [exam.id for exam in vault.exams.with_picture(patient.id, seen)] == ["e2", "e1", "e3"]
    vault.exams.discard_draft(first)
    assert [exam.id for exam in vault.exams.with_picture(patient.id, seen)] == ["e2", "e3"]


def test_the_same_picture_is_found_by_indices(vault: Vault, draft: Exam) -> None:
    assert draft.picture is not None
    asked: list[str] = []
    connection = vault._store._db.conn
    connection.set_trace_callback(asked.append)
    vault.exams.with_picture(draft.patient_id, replace(draft.picture, pixels="ab" * 32))
    connection.set_trace_callback(None)
    (sql,) = (statement for statement in asked if "pixels" in statement)
    plan = str(vault._store.rows("EXPLAIN QUERY PLAN " + sql))
    assert "exams_pixels" in plan
    assert "exams_picture" in plan
    assert "SCAN exams" not in plan


def test_a_half_taken_exam_is_a_draft_that_grows(vault: Vault, empty_draft: Exam, draft: Exam) -> None:
    vault.exams.save_draft(empty_draft)
    assert vault.exams.get("e1") == empty_draft
    for part in ("picture", "quality", "region", "reading", "review"):
        empty_draft = replace(empty_draft, **{part: getattr(draft, part)})
        vault.exams.save_draft(empty_draft)
        assert vault.exams.get("e1") == empty_draft
    vault.exams.save_draft(replace(draft, review=None))
    assert vault.exams.get("e1").review is None
    assert len(vault.exams.versions("e1")) == 1


def test_what_a_draft_names_must_be_stored(vault: Vault, draft: Exam) -> None:
    assert draft.picture
    with pytest.raises(VaultError, match="patient is not in the vault"):
        vault.exams.save_draft(replace(draft, patient_id="nobody"))
    with pytest.raises(VaultError, match="picture is not in the vault"):
        vault.exams.save_draft(replace(draft, picture=replace(draft.picture, sha256="00" * 32)))
    with pytest.raises(VaultError, match="no such exam"):
        vault.exams.save_draft(replace(draft, version=2))
    assert vault.exams.versions("e1") == ()


def test_an_exam_never_moves_to_another_patient(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    vault.patients.add(Patient(id="p2", identifier="2", name="Bob"))
    with pytest.raises(NotAllowed, match="cannot move to another patient"):
        vault.exams.save_draft(replace(draft, patient_id="p2"))


def test_signing_says_who_and_when_and_keeps_the_rest(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    signed = vault.exams.sign(draft, PASSWORD)
    assert signed.signature
    assert signed.state is ExamState.SIGNED
    assert signed.signature.user == vault.user
    assert abs(datetime.now(UTC) - signed.signature.at) < timedelta(minutes=1)
    assert replace(signed, state=ExamState.DRAFT, signature=None) == draft
    assert vault.exams.get("e1") == vault.exams.get("e1", 1) == vault.exams.signed("e1") == signed
    assert vault.verify().ok


def test_a_draft_can_be_signed_without_being_saved_first(vault: Vault, draft: Exam) -> None:
    assert vault.exams.sign(draft, PASSWORD) == vault.exams.get("e1")


def test_a_wrong_password_signs_nothing(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    with pytest.raises(WrongPassword):
        vault.exams.sign(draft, "wrong horse")
    assert vault.exams.get("e1").state is ExamState.DRAFT


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (("picture",), "it has no picture."),
        (("reading",), "it has no reading."),
        (("review",), "it has no review."),
        (("picture", "review"), "it has no picture and no review."),
    ],
)
def test_what_is_incomplete_cannot_be_signed(
    vault: Vault, draft: Exam, missing: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        vault.exams.sign(replace(draft, **dict.fromkeys(missing)), PASSWORD)


def test_a_picture_that_is_not_intact_cannot_be_signed(vault: Vault, draft: Exam) -> None:
    assert draft.picture
    vault.pictures.path(draft.picture.sha256).unlink()
    with pytest.raises(VaultError, match="missing"):
        vault.exams.sign(draft, PASSWORD)


def test_a_signed_exam_is_never_edited(vault: Vault, draft: Exam) -> None:
    signed = vault.exams.sign(draft, PASSWORD)
    acts: list[Callable[[], Any]] = [
        lambda: vault.exams.save_draft(draft),
        lambda: vault.exams.save_draft(signed),
        lambda: vault.exams.save_draft(replace(signed, state=ExamState.DRAFT)),
        lambda: vault.exams.sign(signed, PASSWORD),
        lambda: vault.exams.sign(draft, PASSWORD),
        lambda: vault.exams.discard_draft(signed),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="signed and cannot be changed: amend it"):
            act()
    assert vault.exams.versions("e1") == (signed,)


def test_amending_makes_the_next_version_and_keeps_the_old(vault: Vault, draft: Exam) -> None:
    first = vault.exams.sign(draft, PASSWORD)
    second = vault.exams.amend(first, "  wrong side ")
    assert (second.version, second.state, second.signature, second.amendment) == (2, "draft", None, "wrong side")
    assert second.picture == first.picture
    assert vault.exams.get("e1") == second
    assert vault.exams.signed("e1") == first, "until the amendment is signed, the first is what was signed"
    assert second.review
    changed = replace(second, review=replace(second.review, answer="measles", agrees=False))
    vault.exams.save_draft(changed)
    signed = vault.exams.sign(changed, PASSWORD)
    assert vault.exams.versions("e1") == (first, signed)
    assert vault.exams.signed("e1") == signed
    assert vault.exams.of_patient("p1") == (signed,)
    assert vault.verify().ok


def test_amending_needs_a_reason_and_the_newest_signed_version(vault: Vault, draft: Exam) -> None:
    first = vault.exams.sign(draft, PASSWORD)
    with pytest.raises(NotAllowed, match="needs a reason"):
        vault.exams.amend(first, "  ")
    second = vault.exams.amend(first, "why")
    with pytest.raises(NotAllowed, match="has a draft already"):
        vault.exams.amend(first, "again")
    with pytest.raises(NotAllowed, match="has a draft already"):
        vault.exams.amend(second, "again")
    vault.exams.sign(second, PASSWORD)
    with pytest.raises(NotAllowed, match="no longer the newest"):
        vault.exams.amend(first, "again")
    with pytest.raises(NotAllowed, match="no longer the newest"):
        vault.exams.save_draft(replace(draft, version=1))
    with pytest.raises(VaultError, match="no such exam"):
        vault.exams.amend(replace(first, id="unknown"), "why")


def test_a_discarded_amendment_leaves_what_was_signed(vault: Vault, draft: Exam) -> None:
    first = vault.exams.sign(draft, PASSWORD)
    second = vault.exams.amend(first, "why")
    vault.exams.discard_draft(second)
    assert vault.exams.versions("e1") == (first,)
    assert vault.exams.of_patient("p1") == (first,)
    with pytest.raises(NotAllowed, match="was discarded"):
        vault.exams.discard_draft(second)
    third = vault.exams.amend(first, "really")
    assert third.version == 3, "the voided draft keeps its number"
    signed = vault.exams.sign(third, PASSWORD)
    assert vault.exams.versions("e1") == (first, signed)
    assert vault.verify().ok


def test_a_discarded_exam_is_voided_not_deleted(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    vault.exams.discard_draft(draft)
    (row,) = vault._store.rows("SELECT * FROM exams")
    assert exam_of(row) == replace(draft, state=ExamState.VOIDED), "all that it held is still there"
    (event, *_) = vault.events()
    assert (event.act, event.subject, event.user, event.details) == ("exam.void", "e1", vault.user.id, {"version": 1})


def test_a_voided_exam_is_out_of_sight_and_closed(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    vault.exams.discard_draft(draft)
    assert vault.exams.of_patient("p1") == ()
    assert vault.exams.versions("e1") == ()
    assert vault.exams.recent(5) == ()
    assert vault.exams.drafts() == ()
    assert vault.exams.signed("e1") is None
    with pytest.raises(VaultError, match="no such exam"):
        vault.exams.get("e1")
    for act in (vault.exams.discard_draft, vault.exams.save_draft, lambda exam: vault.exams.sign(exam, PASSWORD)):
        with pytest.raises(NotAllowed, match="was discarded: begin a new exam"):
            act(draft)
    assert vault.verify().ok


def test_a_draft_that_was_never_saved_cannot_be_discarded(vault: Vault, draft: Exam) -> None:
    with pytest.raises(VaultError, match="no such exam"):
        vault.exams.discard_draft(draft)


def test_an_unknown_version_is_a_sentence(vault: Vault, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    with pytest.raises(VaultError, match="no such exam"):
        vault.exams.get("e1", version=2)


def test_lists_are_in_order_and_show_newest_versions(vault: Vault, draft: Exam, patient: Patient) -> None:
    vault.patients.add(Patient(id="p2", identifier="2", name="Bob"))
    day = timedelta(days=1)
    old = vault.exams.sign(draft, PASSWORD)
    newer = replace(draft, id="e2", created_at=draft.created_at + day)
    newest = replace(draft, id="e3", created_at=draft.created_at + 2 * day)
    other = replace(draft, id="e4", patient_id="p2")
    for exam in (newest, newer, other):
        vault.exams.save_draft(exam)
    amended = vault.exams.amend(old, "why")
    assert [exam.id for exam in vault.exams.of_patient("p1")] == ["e3", "e2", "e1"]
    assert vault.exams.of_patient("p1")[2] == amended
    assert [(exam.id, who.name) for exam, who in vault.exams.recent(3)] == [
        ("e1", patient.name),
        ("e4", "Bob"),
        ("e2", patient.name),
    ]
    assert [exam.id for exam, _ in vault.exams.drafts()] == ["e1", "e4", "e2", "e3"]
    vault.exams.sign(amended, PASSWORD)
    assert [exam.id for exam, _ in vault.exams.drafts()] == ["e4", "e2", "e3"]


def test_two_signers_sign_with_their_own_keys(vault: Vault, draft: Exam) -> None:
    first = vault.exams.sign(draft, PASSWORD)
    vault.custody.add_user("Bob", "battery staple", [Role.CLINICIAN])
    folder = vault.folder
    vault.close()
    with Vault.open(folder, "bob", "battery staple") as bobs:
        second = bobs.exams.sign(bobs.exams.amend(first, "second look"), "battery staple")
        assert first.signature
        assert second.signature
        assert second.signature.user.name == "Bob"
        assert second.signature.public_key != first.signature.public_key
        assert bobs.verify().ok


def test_the_signed_exams_of_a_task_come_in_the_version_that_holds(vault: Vault, draft: Exam) -> None:
    first = vault.exams.sign(draft, PASSWORD)
    second = vault.exams.sign(vault.exams.amend(first, "looked again"), PASSWORD)
    vault.exams.amend(second, "begun, not signed")
    other = vault.exams.sign(replace(draft, id="e2", task="skin/lesion-photo"), PASSWORD)
    vault.exams.save_draft(replace(draft, id="e3"))
    later = replace(draft, id="e4", created_at=draft.created_at + timedelta(days=1))
    later = vault.exams.sign(later, PASSWORD)
    vault.exams.discard_draft(vault.exams.amend(later, "by mistake"))
    assert vault.exams.signed_of_task("skin/rash") == (second, later)
    assert vault.exams.signed_of_task("skin/lesion-photo") == (other,)


def test_reviewed_is_read_from_the_index_alone(vault: Vault, draft: Exam) -> None:
    """The rows with all their JSON are never opened: the program of SQLite has one cursor, on the index."""
    with vault._store.reading() as db:
        opened = [row for row in db.query("EXPLAIN " + _REVIEWED, ["skin/rash"]) if row["opcode"] == "OpenRead"]
        index = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'exams_reviewed'").fetchone()[0]
        columns = [row for row in db.query("EXPLAIN " + _REVIEWED, ["skin/rash"]) if row["opcode"] == "Column"]
    cursor = next(row["p1"] for row in opened if row["p2"] == index)
    assert {row["p1"] for row in columns} == {cursor}


def test_reviewed_tells_what_was_signed_last_of_every_exam(vault: Vault, draft: Exam) -> None:
    assert draft.picture is not None
    assert draft.review is not None
    real = replace(draft, picture=replace(draft.picture, phantom=False))
    assert vault.exams.reviewed("skin/rash") == ()
    vault.exams.save_draft(real)
    assert vault.exams.reviewed("skin/rash") == ()  # a draft is no review yet
    first = vault.exams.sign(real, PASSWORD)
    assert first.signature is not None
    assert vault.exams.reviewed("skin/rash") == (Reviewed("ab" * 32, "mpox", True, first.signature.at),)
    vault.exams.sign(replace(draft, id="e2"), PASSWORD)  # a phantom
    other = vault.exams.amend(first, "looked again")
    assert [entry.agrees for entry in vault.exams.reviewed("skin/rash")] == [True]
    vault.exams.sign(replace(other, review=replace(draft.review, answer="measles", agrees=False)), PASSWORD)
    assert [entry.agrees for entry in vault.exams.reviewed("skin/rash")] == [False]
    assert vault.exams.reviewed("skin/lesion-photo") == ()


def test_smears_are_listed_apart_with_drafts_the_newest_first(vault: Vault, patient: Patient, draft: Exam) -> None:
    vault.exams.save_draft(draft)
    for name in ("s1", "s2"):
        vault.exams.save_draft(replace(draft, id=name, smear=SmearSheet()))
    vault.exams.save_draft(replace(draft, id="s1", smear=SmearSheet(target=200)))
    found = vault.exams.smears(10)
    assert [(exam.id, owner.id) for exam, owner in found] == [("s1", patient.id), ("s2", patient.id)]
    assert found[0][0].smear == SmearSheet(target=200)
    assert [exam.id for exam, _ in vault.exams.smears(1)] == ["s1"]


def test_when_patients_were_last_seen(vault: Vault, patient: Patient, draft: Exam) -> None:
    other = vault.patients.add(replace(patient, id="p2", identifier="2"))
    vault.exams.sign(draft, PASSWORD)
    later = replace(draft, id="e2", created_at=draft.created_at + timedelta(days=3))
    discarded = replace(draft, id="e3", created_at=draft.created_at + timedelta(days=9))
    vault.exams.save_draft(later)
    vault.exams.save_draft(discarded)
    vault.exams.discard_draft(discarded)
    assert vault.exams.last_begun([patient.id, other.id, "nobody"]) == {patient.id: later.created_at}
    assert vault.exams.last_begun([]) == {}
