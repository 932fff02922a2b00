from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.work import Sources
from clinoscope.ui.smear.collect_pane import ADD, CollectPane

WaitFor = Callable[[Callable[[], object]], bool]


@pytest.fixture
def pane(host: QWidget) -> Iterator[CollectPane]:
    canvas = PictureCanvas(host)
    canvas.resize(300, 200)
    made = CollectPane(canvas, host)
    canvas.show()
    made.show()
    yield made
    made.end()


def words(pane: CollectPane) -> str:
    return "\n".join(one.text() for one in pane.findChildren(QLabel) if one.isVisible())


def test_without_a_camera_it_says_what_to_do(pane: CollectPane) -> None:
    pane.begin(Sources((), ""))
    assert "No camera found" in words(pane)
    assert not pane.add.isEnabled()
    assert not pane.live
    taken: list[object] = []
    pane.field_wanted.connect(taken.append)
    pane.take()
    assert taken == []


def test_what_is_saved_into_a_folder_from_now_on_comes_as_a_field(
    pane: CollectPane, wait_for: WaitFor, tmp_path: Path
) -> None:
    Image.new("RGB", (64, 48), (9, 9, 9)).save(tmp_path / "before.png")
    came: list[object] = []
    pane.picture_came.connect(came.append)
    pane.begin(Sources((), f"folder:{tmp_path}"))
    assert not pane.add.isVisible(), "nothing to press: it comes by itself"
    Image.open(RESOURCES / "phantoms" / "smear.png").save(tmp_path / "new.png")
    assert wait_for(lambda: came)
    assert len(came) == 1
    pane.hide()
    assert pane._feed is None, "nobody looks: locked, or another page"
    pane.show()
    assert pane._feed is not None, "and it goes on where it was"
    pane.end()
    pane.hide()
    pane.show()
    assert pane._feed is None, "ended is ended"


def test_a_folder_that_is_gone_is_told_once(pane: CollectPane, wait_for: WaitFor, tmp_path: Path) -> None:
    pane.begin(Sources((), f"folder:{tmp_path / 'gone'}"))
    before = words(pane)
    assert wait_for(lambda: words(pane) != before)


def test_a_key_is_seen_to_be_heard(pane: CollectPane) -> None:
    class Camera:
        """A live picture, as far as the pane asks one for a still."""

        def still(self) -> object:
            return lambda: None

    wanted: list[object] = []
    pane.field_wanted.connect(wanted.append)
    pane._live = Camera()  # type: ignore[assignment]
    for _ in range(2):
        pane.take()
    assert len(wanted) == 2
    assert pane.add.text() == "Adding 2 fields…"
    pane.taken()
    assert pane.add.text() == "Adding…"
    pane.taken()
    assert pane.add.text() == ADD
    pane._live = None
