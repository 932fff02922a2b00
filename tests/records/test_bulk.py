from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.records import Vault
from clinoscope.records.bulk import ACT, SAVES
from clinoscope.records.keys import MINIMUM

PASSWORD = "correct horse"
MADE_ANEW = {
    "patients": {"changed_at"},
    "pictures": {"stored_at", "file", "file_sha256"},  # another vault has other keys
    "exams": {"saved_at", "signed_at", "signed_by", "signature", "signed_text"},
}
"""What differs from one second, or one vault, to the next."""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Vault]:
    """A second, empty vault."""
    made, _ = Vault.create(tmp_path / "other", "Dr Ada Okafor", PASSWORD, cost=MINIMUM)
    with made:
        yield made


def told(vault: Vault, table: str) -> list[dict[str, object]]:
    rows = vault._store.rows(f"SELECT * FROM {table}")
    return [{name: value for name, value in row.items() if name not in MADE_ANEW[table]} for row in rows]


def events(vault: Vault) -> list[tuple[str, str, list[str]]]:
    kept = [event for event in reversed(vault.events()) if not event.act.startswith(("vault.", "user."))]
    return [(event.act, event.subject, sorted(event.details)) for event in kept if event.act != ACT]


def test_what_is_written_at_once_is_what_is_written_one_by_one(
    vault: Vault, other: Vault, patient: Patient, draft: Exam
) -> None:
    for _ in range(SAVES):
        vault.exams.save_draft(draft)
    vault.exams.sign(draft, PASSWORD)
    bulk = other.bulk(PASSWORD)
    bulk.patients([patient])
    assert draft.picture is not None
    assert bulk.pictures([b"a picture"]) == [draft.picture.sha256]
    bulk.exams([draft])
    assert other.verify().ok
    assert other.pictures.get(draft.picture.sha256) == b"a picture"
    for table in MADE_ANEW:
        assert told(other, table) == told(vault, table)
    assert events(other) == events(vault)
    assert len(other._store.rows("SELECT * FROM seals")) == 1
    one, two = (kept.exams.get(draft.id) for kept in (vault, other))
    assert replace(one, signature=None) == replace(two, signature=None)


def test_an_exam_without_a_review_stays_a_draft(other: Vault, patient: Patient, draft: Exam) -> None:
    bulk = other.bulk(PASSWORD)
    bulk.patients([patient])
    bulk.pictures([b"a picture"])
    bulk.exams([draft, replace(draft, id="e2", review=None)])
    assert [exam.id for exam, _ in other.exams.drafts()] == ["e2"]
    assert other.exams.get("e1").state is ExamState.SIGNED
    assert other.verify().ok


def test_more_rows_than_wait_in_memory_are_all_written(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinoscope.records.bulk._AT_ONCE", 7)
    vault.bulk(PASSWORD).patients(
        Patient(id=f"p{number}", identifier=f"N{number}", name=f"Zoë {number}") for number in range(50)
    )
    assert len(vault.patients.search("zoe", limit=100)) == 50
    assert vault.verify().ok
