"""A drop in agreement, from the vault to the page Today and on to the model it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review
from clinoscope.records import Vault, signing
from clinoscope.records.exam_rows import as_row
from clinoscope.records.keys import Opened
from clinoscope.ui.pages.agreement_panel import AgreementPanel
from clinoscope.workflow import models

TASK = "skin/lesion-photo"
USER, PASSWORD = "Grace Mensah", "three quiet rivers"


@pytest.fixture
def dropped(vault_folder: Path) -> Path:
    """A vault with 180 signed exams: 9 of 10 agreed with, then every other one."""
    with Vault.open(vault_folder, USER, PASSWORD) as vault:
        vault.patients.add(Patient(id="p1", identifier="1001-7", name="Ada Okafor"))
        sha256 = vault.pictures.put(b"a picture")
        agreed = [place % 10 > 0 if place < 130 else place % 2 > 0 for place in range(180)]
        keys = vault.custody.unlock(PASSWORD)  # once: signed one by one they would take minutes of key derivation
        rows = [as_row(_exam(vault, keys, place, agrees, sha256)) for place, agrees in enumerate(agreed)]
        with vault._store._lock:
            db = vault._store._db
            db.execute("PRAGMA query_only = OFF")
            db.table("exams").insert_all(rows)
            db.execute("PRAGMA query_only = ON")
    return vault_folder


def _exam(vault: Vault, keys: Opened, place: int, agrees: bool, sha256: str) -> Exam:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=place)
    picture = PictureRef(
        sha256=sha256,
        media_type="image/png",
        width=8,
        height=8,
        origin=Origin.FILE,
        device="",
        taken_at=at,
        phantom=False,
    )
    answer = "melanocytic_nevus"
    exam = Exam(
        id=f"{place:032x}",
        version=1,
        patient_id="p1",
        task=TASK,
        state=ExamState.DRAFT,
        created_at=at,
        program="test",
        picture=picture,
        reading=Reading(TASK, answer, models.of_task(TASK).ref, (answer,), {answer: 1.0}),
        review=Review(answer=answer if agrees else "melanoma", agrees=agrees),
    )
    done = signing.signed(exam, vault.user, keys)
    assert done.signature is not None
    return replace(done, signature=replace(done.signature, at=at))


def test_a_drop_is_seen_on_today_and_leads_to_its_model(open_window: Callable[[Path], Any], dropped: Path) -> None:
    hands = open_window(dropped)
    hands.log_in()
    hands.on("today")
    page = hands.window.page
    hands.until(lambda: page.dropped.isVisible(), "the drop is told")
    assert "Agreement has dropped" in page.dropped.text
    hands.click(page.dropped.links[0])
    hands.on("models")
    (panel,) = hands.window.page.findChildren(AgreementPanel)
    hands.until(lambda: panel.plot.isVisible(), "the plot is there")
    assert panel.flag.isVisible()
    assert "Flagged since" in panel.sentence.text()
