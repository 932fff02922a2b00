from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.domain.errors import PictureError
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.capture_step import CaptureStep
from clinoscope.ui.exam.work import Sources

LIPS = modes.task("anemia/lip")
PHANTOM = RESOURCES / "phantoms" / "lips.png"
NONE = Sources((), "")
DARK = Quality((Finding(Check.DARK, False, 0.1, 0.5, "Too dark: face the window"),))


@pytest.fixture
def step(host: QWidget) -> CaptureStep:
    canvas = PictureCanvas(host)
    canvas.resize(600, 400)
    canvas.show()
    made = CaptureStep(canvas, host)
    made.show()
    made.prepare(LIPS)
    return made


def mime(path: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path))])
    return made


def test_without_a_camera_it_says_so_and_looks_again(step: CaptureStep) -> None:
    step.begin(LIPS, NONE)
    assert not step.live
    assert step._empty.isVisible()
    assert not step.picker.open_file.isVisible(), "the stage asks for a file already"
    assert step._rescan.isActive()
    assert not step.shutter.isVisible()
    step.hide()
    assert not step._rescan.isActive(), "nobody waits for a camera on another page"
    step.show()
    assert step._rescan.isActive()
    step.pause()
    assert not step._empty.isVisible()
    assert not step._rescan.isActive(), "nor at another step"


def test_a_dropped_picture_is_taken_and_a_text_is_not(step: CaptureStep, tmp_path: Path) -> None:
    taken: list[Callable[[], object]] = []
    step.still_wanted.connect(taken.append)
    text = QMimeData()
    text.setText("a letter")
    step.offer(text)
    assert taken == []
    assert "no picture" in step.sentence
    step.offer(mime(PHANTOM))
    (source,) = taken
    assert step.sentence == "Opening the picture…"
    assert source().pixels.shape[2] == 3


def test_a_failed_check_offers_retake_first(step: CaptureStep) -> None:
    step.begin(LIPS, NONE)
    step.show_failed(DARK)
    assert step.failed
    assert step.retake.isVisible()
    assert step.use_anyway.isVisible()
    assert not step.picker.isVisible()
    step.resume()
    assert not step.failed
    assert step.picker.isVisible()


def test_the_last_word_of_a_stopped_camera_takes_nothing_away(step: CaptureStep) -> None:
    step.show_failed(DARK)
    step._on_state("Waiting for the camera…")
    assert step._checks.words() == ["Too dark. Face the window"]
    assert not step._canvas.accessibleDescription()


def test_a_refusal_is_told_and_it_stays_live(step: CaptureStep) -> None:
    step.refuse(PictureError("This file is not a picture."))
    assert step.sentence == "This file is not a picture."
    assert not step.failed


def test_an_address_that_cannot_be_one_is_told(step: CaptureStep) -> None:
    step.begin(LIPS, NONE)
    step._on_wanted("http://")
    assert step.sentence
    assert not step.live


def test_a_source_is_seen_live_and_let_go(step: CaptureStep, wait_for: Callable[[Callable[[], object]], bool]) -> None:
    chosen: list[str] = []
    step.source_chosen.connect(chosen.append)
    step.begin(LIPS, NONE)
    step._on_wanted(f"file:{PHANTOM}")
    assert chosen == [f"file:{PHANTOM}"]
    assert wait_for(lambda: step.live)
    assert step.picker.open_file.isVisible(), "beside a camera a file can still be chosen"
    assert wait_for(lambda: step._quality is not None)
    assert step.shutter.isEnabled()
    taken: list[Callable[[], object]] = []
    step.still_wanted.connect(taken.append)
    step.take()
    assert len(taken) == 1
    assert not step.shutter.isEnabled(), "one press, one picture"
    step.hide()
    assert not step.live, "a camera that nobody looks at is let go"
    from clinoscope.ui.exam import live

    assert wait_for(lambda: not live._ending)


def test_another_mode_does_not_keep_the_camera_of_the_last_one(step: CaptureStep) -> None:
    step._address = "http://127.0.0.1:9/lips"
    step.prepare(modes.task("anemia/nail"))
    assert step._address
    step.prepare(modes.task("neutrophil/cells"))
    assert step._address == ""
