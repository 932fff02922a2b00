import io
import logging
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clinoscope.capture import folder
from clinoscope.capture.folder import Watch, pictures
from clinoscope.capture.sources import SourceState, open_source
from clinoscope.domain.errors import CameraError
from clinoscope.domain.picture import Origin


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(folder, "POLL", 0.02)
    monkeypatch.setattr(folder, "SETTLED", 0.1)


def png(grey: int) -> bytes:
    noise = np.random.default_rng(grey).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    noise[0, 0] = grey
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    return out.getvalue()


class Gathered:
    """What ``pictures`` yields, gathered by a thread."""

    def __init__(self, path: Path) -> None:
        self.greys: list[int] = []
        self.error: CameraError | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._gather, args=(path,))
        self._thread.start()
        assert self._ready.wait(5)

    def _gather(self, path: Path) -> None:
        found = pictures(path, self._stopping)
        threading.Timer(0.05, self._ready.set).start()
        try:
            self.greys.extend(int(picture.pixels[0, 0, 0]) for picture in found)
        except CameraError as error:
            self.error = error

    def close(self) -> None:
        self._stopping.set()
        self._thread.join()


@pytest.fixture
def gather():
    made: list[Gathered] = []

    def begin(path: Path) -> Gathered:
        made.append(Gathered(path))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def test_every_new_picture_comes_once_in_order_and_what_lay_there_does_not(tmp_path, gather, wait_until):
    (tmp_path / "old.png").write_bytes(png(1))
    got = gather(tmp_path)
    for grey in (30, 20, 40):
        (tmp_path / f"{grey}.png").write_bytes(png(grey))
        time.sleep(0.01)
    wait_until(lambda: len(got.greys) == 3)
    time.sleep(0.3)
    assert got.greys == [30, 20, 40]


def test_a_file_that_is_written_slowly_is_waited_for(tmp_path, gather, wait_until):
    got = gather(tmp_path)
    data, path = png(50), tmp_path / "slow.png"
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), len(data) // 6):
            file.write(data[start : start + len(data) // 6])
            time.sleep(0.05)
            assert got.greys == []
    wait_until(lambda: got.greys == [50])


def test_a_writer_that_pauses_longer_is_waited_for_too(tmp_path, gather, wait_until):
    got = gather(tmp_path)
    data, path = png(60), tmp_path / "pause.png"
    path.write_bytes(data[:3000])
    time.sleep(0.4)
    assert got.greys == []
    path.write_bytes(data)
    wait_until(lambda: got.greys == [60])


def test_space_that_is_reserved_first_and_filled_later(tmp_path, gather, wait_until):
    """Size and time can settle before the content is there: it opens only then."""
    got = gather(tmp_path)
    data, path = png(65), tmp_path / "reserved.png"
    path.write_bytes(bytes(len(data)))
    at = path.stat().st_mtime_ns
    time.sleep(0.3)
    assert got.greys == []
    path.write_bytes(data)
    os.utime(path, ns=(at, at))
    wait_until(lambda: got.greys == [65])


def test_a_file_saved_again_under_its_name_is_new(tmp_path, gather, wait_until):
    path = tmp_path / "Image1.png"
    path.write_bytes(png(1))
    got = gather(tmp_path)
    path.write_bytes(png(70))
    wait_until(lambda: got.greys == [70])
    path.unlink()
    time.sleep(0.1)
    path.write_bytes(png(71))
    wait_until(lambda: got.greys == [70, 71])


def test_what_is_no_picture_is_passed_over(tmp_path, gather, wait_until, monkeypatch):
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    got = gather(tmp_path)
    for name in ("list.txt", ".draft.png", "~$a.png", "Thumbs.db"):
        (tmp_path / name).write_bytes(png(1))
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "letter.png").write_text("dear")
    (tmp_path / "empty.png").touch()
    time.sleep(0.5)
    assert got.greys == []
    (tmp_path / "IM000001").write_bytes(png(80))  # DICOM exporters give no ending
    wait_until(lambda: got.greys == [80])


def test_a_file_that_never_opens_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    watch = Watch(tmp_path)
    assert watch.look() == ()
    path = tmp_path / "letter.png"
    path.write_text("dear")
    until = time.monotonic() + 5
    while path in watch.look() or path.name in watch._waiting:
        assert time.monotonic() < until
        assert watch.open(path) is None
        time.sleep(0.02)


def test_a_folder_that_is_not_there(tmp_path, gather, wait_until):
    got = gather(tmp_path / "Okonkwo")
    wait_until(lambda: got.error is not None)
    assert "cannot be reached" in str(got.error)
    assert got.error.__cause__ is None
    assert "Okonkwo" not in str(got.error)


@pytest.fixture
def source(tmp_path):
    made = open_source(f"folder:{tmp_path / 'shots'}")
    yield made
    made.stop()


def test_the_newest_is_shown_and_taken_byte_for_byte(tmp_path, source, wait_until, caplog):
    caplog.set_level(logging.DEBUG)
    shots = tmp_path / "shots"
    shots.mkdir()
    (shots / "old.png").write_bytes(png(1))
    source.start()
    time.sleep(0.2)
    assert (source.state, source.latest()) == (SourceState.OPENING, None)
    with pytest.raises(CameraError):
        source.still()
    for name in ("a.png", "Okonkwo Adaeze.png"):
        (shots / name).write_bytes(png(len(name)))
        time.sleep(0.01)
    wait_until(lambda: source.latest() and source.latest().pixels[0, 0, 0] == 18)
    picture = source.still()
    assert picture.data == (shots / "Okonkwo Adaeze.png").read_bytes()
    assert (picture.origin, picture.device) == (Origin.FOLDER, "")
    assert "Okonkwo" not in caplog.text
    number = source.latest().number
    wait_until(lambda: source.latest().number > number + 2)
    assert source.state is SourceState.LIVE


def test_a_folder_that_goes_away_comes_back_with_what_was_saved_meanwhile(tmp_path, source, wait_until):
    shots = tmp_path / "shots"
    shots.mkdir()
    (shots / "old.png").write_bytes(png(1))
    source.start()
    time.sleep(0.1)
    shots.rename(tmp_path / "away")
    wait_until(lambda: source.state is SourceState.LOST)
    assert "cannot be reached" in source.reason
    (tmp_path / "away" / "new.png").write_bytes(png(90))
    (tmp_path / "away").rename(shots)
    wait_until(lambda: source.latest() and source.latest().pixels[0, 0, 0] == 90, 10)
    assert source.reason == ""


def test_a_folder_that_comes_back_empty_says_that_it_waits(tmp_path, source, wait_until):
    source.start()
    wait_until(lambda: source.state is SourceState.LOST)
    (tmp_path / "shots").mkdir()
    wait_until(lambda: source.state is SourceState.OPENING, 10)
    assert source.reason == ""
