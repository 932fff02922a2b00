"""The photo that takes itself once everything has been well for half a second."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import Qt

from clinoscope.paths import RESOURCES
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step

FACE = RESOURCES / "phantoms" / "face.png"


@dataclass
class Stream:
    """A network camera on this machine: ``sharp`` or not, and no new frame while it is ``frozen``."""

    url: str = ""
    sharp: threading.Event = field(default_factory=threading.Event)
    frozen: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def stream() -> Iterator[Stream]:
    """The face phantom at 720p, 15 frames a second; not sharp at first."""
    closing, made = threading.Event(), Stream()
    with Image.open(FACE) as image:
        wide = image.convert("RGB").resize((1280, 1280 * image.height // image.width))
        top = (wide.height - 720) // 2 + 95  # the lips where the guide wants them
        wide = wide.crop((0, top, 1280, top + 720))
    jpegs = [_jpeg(wide.filter(ImageFilter.GaussianBlur(24))), _jpeg(wide)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
            self.end_headers()
            try:
                while not closing.is_set():
                    jpeg = jpegs[made.sharp.is_set()]
                    head = f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
                    if not made.frozen.is_set():
                        self.wfile.write(head + jpeg + b"\r\n")
                    time.sleep(1 / 15)
            except OSError:
                return  # the viewer has gone

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/live"
    yield made
    closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def looking(hands: Any, stream: Stream) -> ExamPage:
    page = hands.begin("1")
    picker = page.bench.capture.picker
    picker.choose_network()
    hands.click(picker.address.edit)
    hands.type(stream.url)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.bench.capture.live, "the live picture is there")
    return page


def test_it_takes_itself_once_all_is_well_and_again_when_retaken(with_ada: Any, stream: Stream) -> None:
    hands = with_ada
    page = looking(hands, stream)
    switch = page.bench.capture.auto.switch
    assert not switch.isChecked(), "off until somebody wants it"
    hands.press("a")
    assert switch.isChecked()
    hands.wait(3000)
    assert page.exam is None, "a picture that fails a check is not taken"

    taken: list[object] = []
    page.bench.capture.still_wanted.connect(taken.append)
    stream.sharp.set()
    hands.until(lambda: page.bench.capture.shutter.counted > 0, "the ring fills")
    hands.until(lambda: page.step is Step.REGION, "the photo has taken itself")
    hands.settle()
    assert len(taken) == 1

    hands.press(Qt.Key.Key_Escape)
    hands.until(lambda: page.step is Step.CAPTURE and page.bench.capture.live, "the live picture is back")
    assert switch.isChecked(), "it is remembered"
    hands.until(lambda: page.step is Step.REGION, "it takes itself again")
    hands.settle()
    assert len(taken) == 2


def test_a_stream_that_stands_still_is_not_taken(with_ada: Any, stream: Stream) -> None:
    hands = with_ada
    page = looking(hands, stream)
    hands.press("a")
    hands.until(lambda: page.bench.capture._quality is not None, "it was looked at")
    stream.frozen.set()
    hands.wait(300)
    stream.sharp.set()
    hands.until(lambda: page.bench.canvas.accessibleDescription() != "", "it is told that the picture has stopped")
    hands.wait(1000)
    assert page.exam is None
    assert page.bench.capture.shutter.counted == 0
