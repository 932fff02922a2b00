from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinoscope import modes
from clinoscope.domain.errors import CameraError
from clinoscope.domain.quality import Quality
from clinoscope.ui.exam.live import LivePreview, find_live_region

SPOT = modes.task("skin/lesion-photo")


@pytest.fixture
def preview(app: QApplication) -> Iterator[LivePreview]:
    made = LivePreview(SPOT)
    yield made
    made.stop()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    pixels = np.full((600, 800, 3), (210, 160, 140), np.uint8)
    yy, xx = np.mgrid[:600, :800]
    pixels[(xx - 400) ** 2 + (yy - 300) ** 2 < 90**2] = (90, 50, 40)
    Image.fromarray(pixels).save(tmp_path / "spot.png")
    return tmp_path / "spot.png"


def test_frames_are_made_ready_for_the_room_they_are_shown_in(
    preview: LivePreview, picture: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    preview.set_room(400, 400)
    preview.start(f"file:{picture}")
    ready: list[int] = []
    preview.frame_ready.connect(lambda: ready.append(1))
    assert wait_for(lambda: bool(ready))
    raster = preview.take()
    assert raster is not None
    assert (raster.width, raster.height) == (800, 600)
    assert (raster.levels[0].width(), raster.levels[0].height()) == (400, 300)


def test_a_frame_that_nobody_takes_holds_up_no_other(preview: LivePreview, picture: Path) -> None:
    ready: list[int] = []
    preview.frame_ready.connect(lambda: ready.append(1))
    preview.start(f"file:{picture}")
    QTest.qWait(500)
    assert len(ready) <= 1, "frames queue up"


def test_checks_come_beside_the_frames(
    preview: LivePreview, picture: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    seen: list[Quality] = []
    preview.checked.connect(seen.append)
    preview.start(f"file:{picture}")
    assert wait_for(lambda: bool(seen))
    assert seen[0].findings


def test_another_kind_of_picture_is_told_live(
    preview: LivePreview, picture: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    seen: list[Quality] = []
    preview.checked.connect(seen.append)
    preview.start(f"file:{picture}")
    assert wait_for(lambda: any("Another kind" in f.advice for each in seen for f in each.problems)), "it is drawn"


def test_an_address_that_cannot_be_one_is_refused(preview: LivePreview) -> None:
    with pytest.raises(CameraError):
        preview.start("gopher://x")


def test_a_camera_that_is_not_there_is_told_in_a_sentence(
    preview: LivePreview, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    said: list[str] = []
    preview.state_changed.connect(said.append)
    preview.start("http://127.0.0.1:9/live")
    assert wait_for(lambda: said and said[-1].endswith("."))
    assert preview.still() is None


def test_a_region_found_small_is_given_in_the_frames_own_pixels(picture: Path) -> None:
    with Image.open(picture) as image:
        pixels = np.asarray(image.resize((1600, 1200)))
    region = find_live_region(SPOT, pixels)
    assert region is not None
    assert region.box.centre == pytest.approx((800, 600), abs=40)
    assert region.box.w == pytest.approx(360, abs=80)
