from datetime import UTC, datetime

import pytest

from clinoscope.domain.picture import Clock, Origin
from clinoscope.domain.record import PictureRef
from clinoscope.modes.taken import taken_words


@pytest.mark.parametrize(
    ("clock", "origin", "words"),
    [
        (Clock.COMPUTER, Origin.CAMERA, "Taken at ten, by this computer’s clock"),
        (Clock.CAMERA, Origin.FILE, "Taken at ten, by the camera’s clock, as the picture file says"),
        (Clock.FILE, Origin.FILE, "When it was taken is not known; its file is dated at ten"),
        (Clock.UNKNOWN, Origin.CLIPBOARD, "When it was taken is not known; it was pasted at ten"),
        (Clock.UNKNOWN, Origin.FILE, "Taken at ten; by which clock is not known"),
    ],
)
def test_when_a_picture_was_taken_and_who_says_so(clock: Clock, origin: Origin, words: str) -> None:
    picture = PictureRef(
        sha256="",
        media_type="image/jpeg",
        width=2,
        height=2,
        origin=origin,
        device="",
        taken_at=datetime(2026, 5, 1, tzinfo=UTC),
        phantom=False,
        clock=clock,
    )
    assert taken_words(picture, "at ten") == words
