from collections.abc import Callable
from typing import Any

import pytest

from clinoscope.domain.record import Exam
from clinoscope.records import Vault
from clinoscope.records.as_signed import as_sealed, as_signed

PASSWORD = "correct horse"
ROW = (
    "SELECT exams.*, (SELECT json_group_array(details) FROM events WHERE subject = exams.id AND act = 'exam.sign')"
    " AS noted FROM exams"
)


@pytest.fixture
def row(vault: Vault, draft: Exam) -> dict[str, Any]:
    vault.exams.sign(draft, PASSWORD)
    (found,) = vault._store.rows(ROW)
    return found


def test_an_exam_as_it_was_signed_is_sound(vault: Vault, row: dict[str, Any]) -> None:
    found = as_signed(row)
    assert found.sound
    assert (found.id, found.version, found.user) == ("e1", 1, vault.user.id)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: {"signature": row["signature"].replace('"value":"', '"value":"00')},
        lambda row: {"signature": row["signature"][:-10] + "0000000" + row["signature"][-3:]},
        lambda row: {"signature": None},
        lambda row: {"signature": "{"},
        lambda row: {"signed_text": row["signed_text"].replace("typical", "unusual")},
        lambda row: {"signed_text": row["signed_text"] + " "},
        lambda row: {"review": row["review"].replace("typical", "unusual")},
        lambda row: {"picture": "0" * 64},
        lambda row: {"picture": None},
        lambda row: {"state": "draft"},
        lambda row: {"noted": "[]"},
        lambda row: {"noted": '["{"]'},
        lambda row: {"noted": row["noted"].replace(r"\"version\":1", r"\"version\":2")},
    ],
)
def test_any_contradiction_is_seen(row: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    found = as_signed(row | change(row))
    assert not found.sound
    assert (found.id, found.version) == ("e1", 1)


def test_a_seal_is_of_its_key_and_its_event(vault: Vault, row: dict[str, Any]) -> None:
    (seal,) = vault._store.rows("SELECT * FROM seals")
    event = next(event for event in vault.events() if event.act == "exam.sign")
    good = (seal["seq"], event.hash, event.user, seal["public_key"], seal["value"])
    assert as_sealed(good).sound
    for place, value in ((1, "0" * 64), (3, "0" * 64), (3, "x"), (4, "0" * 128), (4, "")):
        assert not as_sealed((*good[:place], value, *good[place + 1 :])).sound
