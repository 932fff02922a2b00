"""A network camera on this machine, to measure with: Motion-JPEG whose frames are numbered."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinoscope.domain.picture import Pixels

COUNT = 32
"""Frames that differ; then they begin anew."""
_STEP = 255 // COUNT
_MARK = 64
"""Pixels of the square that tells a frame's number."""


class Stream:
    """``url`` serves the frames; ``sent`` holds when each number was last sent, on the clock of ``time.monotonic``."""

    def __init__(self, pixels: Pixels, frames_per_second: float) -> None:
        self.sent = [0.0] * COUNT
        self.closing = threading.Event()
        self.jpegs = [_jpeg(pixels, number) for number in range(COUNT)]
        self.period = 1 / frames_per_second
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def serving(pixels: Pixels, frames_per_second: float) -> Iterator[Stream]:
    stream = Stream(pixels, frames_per_second)
    try:
        yield stream
    finally:
        stream.close()


def number_of(pixels: Pixels) -> int:
    """The number of a frame as it arrived."""
    return min(round(float(pixels[: _MARK // 2, : _MARK // 2].mean()) / _STEP), COUNT - 1)


def _jpeg(pixels: Pixels, number: int) -> bytes:
    import cv2

    marked = pixels.copy()
    marked[:_MARK, :_MARK] = number * _STEP
    done, data = cv2.imencode(".jpg", marked[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return data.tobytes()


def _handler(stream: Stream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
            self.end_headers()
            with contextlib.suppress(OSError):  # the viewer has gone
                self._frames()

        def _frames(self) -> None:
            number, due = 0, time.monotonic()
            while not stream.closing.is_set():
                jpeg = stream.jpegs[number]
                stream.sent[number] = time.monotonic()
                self.wfile.write(b"--f\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(jpeg), jpeg))
                number = (number + 1) % COUNT
                due += stream.period
                time.sleep(max(due - time.monotonic(), 0))

        def log_message(self, *_words: object) -> None:
            return

    return Handler
