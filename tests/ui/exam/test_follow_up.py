from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.capture_step import CaptureStep
from clinoscope.ui.exam.follow_up import NOT_SHOWN, FollowUp
from clinoscope.ui.exam.raster import frame_raster
from clinoscope.ui.shell import Shell
from clinoscope.workflow.follow import Hint

LIPS = modes.task("anemia/lip")
FRAME = np.full((90, 120, 3), 90, np.uint8)


@pytest.fixture
def follow(host: QWidget, shell: Shell, at_once: None, monkeypatch: pytest.MonkeyPatch) -> FollowUp:
    """A capture step that sees a plain grey frame."""
    canvas = PictureCanvas(host)
    canvas.resize(600, 400)
    capture = CaptureStep(canvas, host)
    capture.show()
    frames: list[Pixels | None] = [FRAME]
    monkeypatch.setattr(capture, "newest", lambda: frames[0])
    canvas.show_raster(frame_raster(FRAME, (600, 400)))
    return FollowUp(shell, canvas, capture)


def test_the_newest_visit_is_followed_and_shown(
    follow: FollowUp, ada: Patient, add_exam: Callable[..., Exam], pallor: Callable[[float], Reading]
) -> None:
    add_exam(ada.id, 9, pallor(52))
    newest = add_exam(ada.id, 2, pallor(41))
    follow.begin(ada, LIPS, None)
    assert follow.ghost is not None
    assert follow.ghost.exam.id == newest.id
    assert follow._canvas.has_overlay("ghost")
    assert follow.hint is Hint.UNKNOWN, "a grey frame shows nothing that is known"
    assert not follow._capture._guided, "one outline at a time"
    follow.toggle()
    assert not follow._canvas.has_overlay("ghost")
    assert follow._capture._guided
    follow.strengthen(1)
    assert follow.block.strength.value() == 40, "what is not shown does not get stronger"
    follow.toggle()
    follow.strengthen(1)
    assert follow._shell.preferences.value.ghost_strength == 50
    follow._capture.pause()
    assert follow.ghost is None
    assert not follow.block.isVisible()
    assert not follow._timer.isActive()


def test_at_a_first_visit_there_is_nothing(follow: FollowUp, ada: Patient) -> None:
    follow.begin(ada, LIPS, None)
    assert follow.ghost is None
    assert not follow.block.isVisible()
    follow.begin(None, LIPS, None)
    assert follow.ghost is None


def test_a_lost_picture_is_told(
    follow: FollowUp, ada: Patient, add_exam: Callable[..., Exam], pallor: Callable[[float], Reading]
) -> None:
    exam = add_exam(ada.id, 2, pallor(41))
    assert exam.picture is not None
    follow._shell.open_vault.pictures.path(exam.picture.sha256).unlink()
    follow.begin(ada, LIPS, None)
    assert follow.block.word.text().startswith(NOT_SHOWN)
    assert not follow._timer.isActive()
