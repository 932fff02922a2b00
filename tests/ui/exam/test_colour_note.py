from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.correction import Correction, Reference
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.record import Exam, ExamState, PictureRef
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.colour_note import ColourNote
from clinoscope.ui.exam.raster import raster_of
from clinoscope.ui.exam.work import Opened

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PIXELS = np.zeros((40, 60, 3), np.uint8)


def opened(correction: Correction | None, remark: str = "") -> Opened:
    picture = Picture(PIXELS, b"", "0" * 64, "image/png", Origin.FILE, NOW)
    reference = PictureRef(
        sha256="0" * 64,
        media_type="image/png",
        width=60,
        height=40,
        origin=Origin.FILE,
        device="",
        taken_at=NOW,
        phantom=False,
        correction=correction,
    )
    exam = Exam(
        id="e",
        version=1,
        patient_id="p",
        task="anemia/lip",
        state=ExamState.DRAFT,
        created_at=NOW,
        program="test",
        picture=reference,
    )
    original = raster_of(PIXELS) if correction is not None else None
    return Opened(exam, picture, raster_of(PIXELS + 1), None, original, remark)


CARD = Correction(reference=Reference.CARD, gains=(1.1, 1.0, 0.9), score=0.8, method="printed card 1")
PROFILE = Correction(
    reference=Reference.PROFILE, gains=(1.1, 1.0, 0.9), score=0.8, method="p", profile="Scope", made_at=NOW
)


@pytest.fixture
def note(host: QWidget) -> ColourNote:
    canvas = PictureCanvas(host)
    canvas.show()
    return ColourNote(canvas, host)


def test_with_nothing_to_say_it_is_not_there(note: ColourNote) -> None:
    note.show_picture(opened(None))
    assert not note.isVisible()
    assert not note.toggle()
    note.show_picture(None)
    assert not note.isVisible()


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (CARD, "Colours corrected with the colour card"),
        (PROFILE, "Colours corrected with the profile of Scope, made 2026-11-28"),
    ],
)
def test_it_says_by_what_and_by_how_much(note: ColourNote, correction: Correction, words: str) -> None:
    note.show_picture(opened(correction))
    assert note.isVisible()
    assert note.words.text() == words
    assert "red × 1.10" in note.words.toolTip()


def test_there_and_back(note: ColourNote) -> None:
    shown = opened(CARD)
    note.show_picture(shown)
    note.compare.click()
    assert note.shows_original
    assert note._canvas.raster is shown.original
    assert note.compare.text() == "Corrected"
    assert note.toggle()
    assert note._canvas.raster is shown.raster
    assert note.compare.text() == "Original"


def test_a_remark_stands_alone_where_nothing_was_corrected(note: ColourNote) -> None:
    note.show_picture(opened(None, "The colour card is too dark: bring more light. The colours are not corrected."))
    assert note.isVisible()
    assert note.remark.isVisible()
    assert not note.words.isVisible()
    assert not note.toggle()
