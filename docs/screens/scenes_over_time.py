"""Scenes of a model over time, and of the locked window. They come last: the people have many exams after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from made_up_clinic import PASSWORD
from scenes_models import models_page
from stage import Scene, Stage

REVIEWED = 180
"""Reviewed readings in the picture of a model over time, with a drop after the first 130."""


def reviewed(stage: Stage) -> None:
    """Signed reviews of one model, drawn up here: signed one by one their keys would take minutes."""
    from clinoscope.domain.record import ExamState, Review
    from clinoscope.records import signing
    from clinoscope.records.exam_rows import as_row

    vault = stage.window.shell.open_vault
    first = stage.exam("draft", "skin/lesion-photo")
    assert first.reading is not None
    assert first.picture is not None
    keys = vault.custody.unlock(PASSWORD)
    rows = []
    for place in range(REVIEWED):
        agrees = place % 10 > 0 if place < 130 else place % 2 > 0
        at = datetime.now(UTC) - timedelta(days=REVIEWED - place)
        answer = "melanocytic_nevus"
        exam = replace(
            first,
            id=f"{place:032x}",
            patient_id=stage.patients[-1].id,
            created_at=at,
            picture=replace(first.picture, phantom=False),  # of a phantom nobody's agreement is counted
            reading=replace(first.reading, answer=answer, labels=(answer,), reason=""),
            review=Review(answer=answer if agrees else "melanoma", agrees=agrees),
        )
        done = signing.signed(exam, vault.user, keys)
        assert done.state is ExamState.SIGNED
        assert done.signature is not None
        rows.append(as_row(replace(done, signature=replace(done.signature, at=at))))
    store = vault._store  # noqa: SLF001
    with store._lock:  # noqa: SLF001
        db = store._db  # noqa: SLF001
        db.execute("PRAGMA query_only = OFF")
        db.table("exams").insert_all(rows)
        db.execute("PRAGMA query_only = ON")


def over_time(stage: Stage) -> None:
    """A drop in agreement; the last scenes only, because the people have many exams now."""
    reviewed(stage)
    models_page(stage, part="Over time")


SCENES: dict[str, Scene] = {
    "models-over-time": over_time,
    "today-dropped": lambda stage: stage.window.shell.go("today"),
    "locked": lambda stage: stage.window.shell.lock(),
}
