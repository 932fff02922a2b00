import hashlib
import io
import socket
import threading
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from clinoscope.capture.controls import Knob, Settings
from clinoscope.capture.sources import Frame, Source, SourceState, open_source
from clinoscope.domain.errors import CameraError
from clinoscope.domain.picture import Origin


@pytest.fixture
def start():
    """Start a source that is stopped after the test."""
    sources = []

    def started(address: str, on_frame=None) -> Source:
        source = open_source(address, on_frame)
        sources.append(source)
        source.start()
        return source

    yield started
    for source in sources:
        source.stop()


def source_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "clinoscope-source"]


@pytest.mark.parametrize(
    "address", ["", "webcam", "camera:", "file:", "ftp://host/x", "http://", "http:///path", "rtsp://host:99999/"]
)
def test_addresses_of_no_known_kind_are_refused(address):
    with pytest.raises(CameraError, match="not understood"):
        open_source(address)


def test_a_stream_shows_its_newest_frame(mjpeg_server, start, wait_until):
    source = start(mjpeg_server.url)
    wait_until(lambda: source.state is SourceState.LIVE)
    first = source.latest()
    wait_until(lambda: source.latest().number > first.number + 3)
    frame = source.latest()
    assert frame.pixels.shape == (48, 64, 3)
    assert frame.at > first.at
    assert source.reason == ""


def test_a_still_is_the_jpeg_as_it_was_received(mjpeg_server, start, wait_until):
    source = start(mjpeg_server.url)
    wait_until(source.latest)
    picture = source.still()
    assert picture.data in mjpeg_server.sent
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()
    assert (picture.media_type, picture.origin, picture.device) == ("image/jpeg", Origin.STREAM, "127.0.0.1")


def test_the_frame_and_its_still_show_the_same(mjpeg_server, start, wait_until):
    mjpeg_server.damage = lambda number, jpeg: jpeg if number == 1 else b"nothing"
    source = start(mjpeg_server.url)
    wait_until(source.latest)
    assert np.array_equal(source.latest().pixels, source.still().pixels)


def test_broken_frames_are_skipped(mjpeg_server, start, wait_until):
    def damage(number: int, jpeg: bytes) -> bytes:
        return {0: jpeg, 1: jpeg[: len(jpeg) // 2], 2: b"\xff\xd8 no picture \xff\xd9"}[number % 3]

    mjpeg_server.damage = damage
    seen: list[Frame] = []
    source = start(mjpeg_server.url, seen.append)
    wait_until(lambda: len(seen) > 5)
    assert source.state is SourceState.LIVE
    assert len(mjpeg_server.authorizations) == 1  # and not by connecting again


def test_every_frame_is_announced_once_and_in_order(mjpeg_server, start, wait_until):
    seen: list[Frame] = []
    start(mjpeg_server.url, seen.append)
    wait_until(lambda: len(seen) > 10)
    numbers = [frame.number for frame in list(seen)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_slow_reader_gets_new_frames_and_no_queue(mjpeg_server, start, wait_until):
    mjpeg_server.period = 0.002
    source = start(mjpeg_server.url, lambda _frame: time.sleep(0.1))
    wait_until(lambda: source.latest() and source.latest().number >= 8, 10)
    mjpeg_server.silent.set()
    grey = Image.open(io.BytesIO(mjpeg_server.sent[-1])).getpixel((5, 5))[0]
    wait_until(lambda: source.latest().pixels[5, 5, 0] == grey, 2)
    assert source.latest().number < len(mjpeg_server.sent) / 2


def test_a_silent_stream_stalls_and_goes_on(mjpeg_server, start, wait_until, monkeypatch):
    monkeypatch.setattr("clinoscope.capture.sources.STALLED_AFTER", 0.2)
    source = start(mjpeg_server.url)
    wait_until(source.latest)
    mjpeg_server.silent.set()
    wait_until(lambda: source.state is SourceState.STALLED)
    with pytest.raises(CameraError, match="no live picture"):
        source.still()
    mjpeg_server.silent.clear()
    wait_until(lambda: source.state is SourceState.LIVE)


def test_a_dropped_stream_is_lost_and_comes_back_by_itself(mjpeg_server, start, wait_until):
    source = start(mjpeg_server.url)
    wait_until(source.latest)
    mjpeg_server.drop.set()
    wait_until(lambda: source.state is SourceState.LOST)
    assert source.latest() is None
    assert source.reason.endswith("check the camera and its network.")
    with pytest.raises(CameraError):
        source.still()
    mjpeg_server.drop.clear()
    wait_until(lambda: source.state is SourceState.LIVE)
    assert source.reason == ""


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_unreachable_address_is_lost_quickly(start, wait_until, scheme, capfd):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    source = start(f"{scheme}://127.0.0.1:{port}/live")
    wait_until(lambda: source.state is SourceState.LOST, 2)
    assert "cannot be reached" in source.reason
    assert capfd.readouterr().err == ""


def test_an_rtsp_server_without_a_stream_is_lost_without_noise(start, wait_until, capfd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closing = threading.Event()

        def refuse() -> None:
            server.settimeout(0.05)
            while not closing.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                with peer:
                    peer.settimeout(0.5)
                    try:
                        if peer.recv(2000):
                            peer.sendall(b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n")
                    except OSError:
                        pass

        thread = threading.Thread(target=refuse)
        thread.start()
        source = start(f"rtsp://127.0.0.1:{server.getsockname()[1]}/live")
        wait_until(lambda: source.state is SourceState.LOST, 8)
        assert "no stream" in source.reason
        source.stop()
        closing.set()
        thread.join()
    assert capfd.readouterr().err == ""


def test_an_rtsp_stream_shows_its_newest_frame(rtsp_server, start, wait_until, capfd):
    source = start(rtsp_server.url)
    wait_until(lambda: source.latest() and source.latest().number > 5, 10)
    frame = source.latest()
    assert frame.pixels.shape == (48, 64, 3)
    assert np.ptp(frame.pixels.astype(int)) <= 3  # one grey, as it was sent
    picture = source.still()
    assert (picture.media_type, picture.origin, picture.device) == ("image/png", Origin.STREAM, "127.0.0.1")
    started = time.monotonic()
    source.stop()
    assert time.monotonic() - started < 1
    assert source_threads() == []
    assert capfd.readouterr().err == ""


def test_an_rtsp_stream_of_full_hd_comes_whole(rtsp_server, start, wait_until):
    colours = np.zeros((1088, 1920, 3), np.uint8)
    colours[:544], colours[544:, :960] = (200, 120, 100), (40, 90, 160)
    out = io.BytesIO()
    Image.fromarray(colours).save(out, "JPEG", quality=90, subsampling="4:2:0")
    rtsp_server.frame = lambda _number: out.getvalue()
    source = start(rtsp_server.url)
    wait_until(lambda: source.latest() and source.latest().number > 3, 10)
    shown = source.still().pixels
    assert shown.shape == (1088, 1920, 3)
    for place in ((100, 100), (900, 300), (900, 1500)):
        assert np.abs(shown[place].astype(int) - colours[place]).max() < 12


def test_an_rtsp_stream_seen_by_a_slow_reader_does_not_fall_behind(rtsp_server, start, wait_until):
    source = start(rtsp_server.url, lambda _frame: time.sleep(0.1))
    wait_until(source.latest, 10)
    behind = []
    until = time.monotonic() + 4
    while time.monotonic() < until:
        time.sleep(0.05)
        grey = int(source.latest().pixels[5, 5, 0])
        behind.append((rtsp_server.number % 200 - grey) % 200)
    assert sorted(behind)[len(behind) // 2] * 0.02 < 0.5
    assert max(behind[-20:]) * 0.02 < 1, "and it does not grow"


def test_an_rtsp_stream_with_broken_packets_goes_on(rtsp_server, start, wait_until, capfd):
    rng = np.random.default_rng(5)

    def damage(payload: bytes) -> bytes:
        broken = bytearray(payload)
        if rng.random() < 0.3:
            broken[int(rng.integers(8, len(broken)))] ^= 0xFF
        return bytes(broken[: len(broken) - int(rng.integers(0, 200)) * (rng.random() < 0.2)])

    rtsp_server.damage = damage
    source = start(rtsp_server.url)
    wait_until(lambda: source.latest() and source.latest().number > 30, 15)
    rtsp_server.damage = lambda payload: payload
    wait_until(lambda: source.latest() and np.ptp(source.latest().pixels.astype(int)) <= 3, 10)
    assert capfd.readouterr().err == ""


def test_an_rtsp_stream_that_breaks_off_is_lost_and_comes_back(rtsp_server, start, wait_until, capfd):
    source = start(rtsp_server.url)
    wait_until(source.latest, 10)
    rtsp_server.drop.set()
    wait_until(lambda: source.state is SourceState.LOST, 10)
    assert "has ended" in source.reason
    rtsp_server.drop.clear()
    wait_until(lambda: source.state is SourceState.LIVE, 15)
    assert capfd.readouterr().err == ""


def test_an_rtsp_stream_that_falls_silent_stalls_goes_on_and_can_be_stopped(rtsp_server, start, wait_until, capfd):
    source = start(rtsp_server.url)
    wait_until(source.latest, 10)
    rtsp_server.silent.set()
    wait_until(lambda: source.state is SourceState.STALLED)
    rtsp_server.silent.clear()
    wait_until(lambda: source.state is SourceState.LIVE)
    rtsp_server.silent.set()
    time.sleep(0.1)
    started = time.monotonic()
    source.stop()
    assert time.monotonic() - started < 1
    assert source_threads() == []
    assert capfd.readouterr().err == ""


def test_a_camera_that_is_not_there_is_lost(start, wait_until, capfd):
    source = start("camera:No such camera 4711")
    wait_until(lambda: source.state is SourceState.LOST)
    assert "not connected" in source.reason
    assert capfd.readouterr().err == ""


def test_a_camera_is_set_as_it_was_each_time_it_comes_back(plugged, wait_until, monkeypatch):
    monkeypatch.setattr("clinoscope.capture.readers._MISSES_ALLOWED", 0.1)
    settings = Settings((1280, 720), {Knob.EXPOSURE: 40})
    source = open_source("camera:Microscope HD", settings=settings)
    source.start()
    try:
        wait_until(source.latest)
        assert source.latest().pixels.shape == (720, 1280, 3)
        assert source.latest().pixels[0, 0, 0] == 40
        plugged.plugged = False
        wait_until(lambda: source.state is SourceState.LOST)
        assert "unplugged" in source.reason or "not connected" in source.reason
        plugged.values[cv2.CAP_PROP_EXPOSURE] = 157.0  # a camera that had no power forgets
        plugged.values[cv2.CAP_PROP_AUTO_EXPOSURE] = 3.0
        plugged.plugged = True
        wait_until(lambda: source.state is SourceState.LIVE)
        assert source.latest().pixels[0, 0, 0] == 40
        assert source.still().media_type == "image/png"
    finally:
        source.stop()
    assert plugged.released >= 2


def test_a_camera_s_knobs_are_found_and_turned_by_the_thread_that_reads_it(plugged, start, wait_until):
    source = start("camera:Microscope HD")
    threads, told = [], []

    def hear(found):
        threads.append(threading.current_thread().name)
        told.append(found)

    source.probe(hear)
    wait_until(lambda: told)
    assert threads == ["clinoscope-source"]
    assert told[0].size == (1920, 1080)
    assert set(told[0].ranges) == {Knob.EXPOSURE, Knob.WHITE_BALANCE}
    source.change(Settings((3840, 2160), {Knob.EXPOSURE: 99}))
    wait_until(lambda: source.latest().pixels.shape == (2160, 3840, 3))
    wait_until(lambda: source.latest().pixels[0, 0, 0] == 99)
    assert np.array_equal(source.still().pixels[0, 0], [99, 99, 99])
    source.change(Settings((3840, 2160)))
    wait_until(lambda: plugged.get(cv2.CAP_PROP_AUTO_EXPOSURE) != 1.0)


def test_a_picture_is_shown_as_live(tmp_path, start, wait_until, pixels):
    path = tmp_path / "picture.png"
    Image.fromarray(pixels).save(path)
    source = start(f"file:{path}")
    wait_until(lambda: source.latest() and source.latest().number > 3)
    assert np.array_equal(source.latest().pixels, pixels)
    assert source.still().data == path.read_bytes()
    assert source.still().origin is Origin.FILE


def test_a_missing_picture_is_lost_with_its_sentence(tmp_path, start, wait_until):
    source = start(f"file:{tmp_path / 'gone.png'}")
    wait_until(lambda: source.state is SourceState.LOST)
    assert "not there" in source.reason


@pytest.mark.parametrize("silent", [True, False])
def test_stop_takes_less_than_a_second_and_leaves_no_thread(mjpeg_server, start, wait_until, silent):
    seen: list[Frame] = []
    source = start(mjpeg_server.url, seen.append)
    wait_until(source.latest)
    if silent:
        mjpeg_server.silent.set()
    started = time.monotonic()
    source.stop()
    assert time.monotonic() - started < 1
    assert source_threads() == []
    assert source.state is SourceState.STOPPED
    assert source.latest() is None
    count = len(seen)
    time.sleep(0.05)
    assert len(seen) == count


def test_stop_while_it_waits_to_try_again(start, wait_until):
    source = start("camera:No such camera 4711")
    wait_until(lambda: source.state is SourceState.LOST)
    started = time.monotonic()
    source.stop()
    assert time.monotonic() - started < 1
    assert source_threads() == []


def test_a_source_can_be_started_again(mjpeg_server, start, wait_until):
    source = start(mjpeg_server.url)
    wait_until(source.latest)
    source.stop()
    source.stop()
    source.start()
    source.start()
    wait_until(source.latest)
    assert len(source_threads()) == 1


def test_a_source_that_was_never_started_has_nothing_to_show():
    source = open_source("camera:Any")
    assert (source.state, source.latest()) == (SourceState.STOPPED, None)
    source.stop()
