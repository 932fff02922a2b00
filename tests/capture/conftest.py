"""Network cameras on this machine that can misbehave, and pictures drawn for the tests."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image


def jpeg_of(number: int, width: int = 64, height: int = 48) -> bytes:
    """A plain JPEG whose grey level tells its number, modulo 200."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (number % 200,) * 3).save(out, "JPEG", quality=95)
    return out.getvalue()


class MjpegServer:
    """Serves ``/live`` on the loopback; the attributes can be changed while a client is connected."""

    def __init__(self) -> None:
        self.period = 0.01
        self.content_length = True
        self.chunked = False
        self.boundary = "frame"
        self.announced: str | None = None
        self.content_type: str | None = None
        self.status = 200
        self.silent = threading.Event()
        self.drop = threading.Event()
        self.damage: Callable[[int, bytes], bytes] = lambda _number, jpeg: jpeg
        self.sent: list[bytes] = []
        self.authorizations: list[str | None] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/live"

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def handler_of(server: MjpegServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.authorizations.append(self.headers["Authorization"])
            self.send_response(server.status)
            kind = f"multipart/x-mixed-replace; boundary={server.announced or server.boundary}"
            self.send_header("Content-Type", server.content_type or kind)
            if server.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.close_connection = True
            with contextlib.suppress(OSError):  # the client has gone
                self._stream()

        def _stream(self) -> None:
            number = 0
            while not server.closing.is_set() and not server.drop.is_set() and server.status == 200:
                if not server.silent.is_set():
                    number += 1
                    jpeg = server.damage(number, jpeg_of(number))
                    server.sent.append(jpeg)
                    self._send(self._part(jpeg))
                time.sleep(server.period)

        def _part(self, jpeg: bytes) -> bytes:
            head = f"--{server.boundary}\r\nContent-Type: image/jpeg\r\n"
            if server.content_length:
                head += f"Content-Length: {len(jpeg)}\r\n"
            return head.encode() + b"\r\n" + jpeg + b"\r\n"

        def _send(self, data: bytes) -> None:
            if server.chunked:
                half = len(data) // 2
                for piece in (data[:half], data[half:]):
                    self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            else:
                self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


@pytest.fixture
def mjpeg_server() -> Iterator[MjpegServer]:
    server = MjpegServer()
    yield server
    server.close()


class RtspServer:
    """A camera that speaks just enough RTSP: one JPEG track (RFC 2435) interleaved in the TCP connection."""

    def __init__(self) -> None:
        self.period = 0.02
        self.number = 0
        self.frame: Callable[[int], bytes] = jpeg_of
        self.damage: Callable[[bytes], bytes] = lambda payload: payload
        self.drop = threading.Event()
        self.silent = threading.Event()
        self.closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.02)
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self._listening.getsockname()[1]}/live"

    def close(self) -> None:
        self.closing.set()
        self._thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                peer, _ = self._listening.accept()
            except TimeoutError:
                continue
            with peer, contextlib.suppress(OSError):
                self._serve(peer)

    def _serve(self, peer: socket.socket) -> None:
        peer.settimeout(0.5)
        lines = peer.makefile("rb")
        while not self.closing.is_set():
            head = list(iter(lambda: lines.readline().strip().decode(), ""))
            if not head:
                return
            number = next(line for line in head if line.lower().startswith("cseq"))
            kind = head[0].split()[0]
            extra, body = "", ""
            if kind == "OPTIONS":
                extra = "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif kind == "DESCRIBE":
                body = (
                    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track0\r\n"
                )
                extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            elif kind == "SETUP":
                extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
            peer.sendall(f"RTSP/1.0 200 OK\r\n{number}\r\n{extra}\r\n{body}".encode())
            if kind == "PLAY":
                self._play(peer)
                return

    def _play(self, peer: socket.socket) -> None:
        sequence, began = 0, time.monotonic()
        while not self.closing.is_set() and not self.drop.is_set():
            if not self.silent.is_set():
                self.number += 1
                payloads = rtp_jpeg(self.frame(self.number))
                stamp = int((time.monotonic() - began) * 90_000) % 2**32
                for payload in payloads:
                    sequence = (sequence + 1) % 65536
                    last = 0x80 if payload is payloads[-1] else 0
                    packet = struct.pack(">BBHII", 0x80, last | 26, sequence, stamp, 1) + self.damage(payload)
                    peer.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)
            time.sleep(self.period)


def rtp_jpeg(jpeg: bytes) -> list[bytes]:
    """A 4:2:0 JPEG as the payloads of RTP packets (RFC 2435), the first with its quantisation tables."""
    image = Image.open(io.BytesIO(jpeg))
    tables, at = b"", 2
    while jpeg[at + 1] != 0xDA:
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if jpeg[at + 1] == 0xDB:
            segment = jpeg[at + 4 : at + 2 + length]
            tables += b"".join(segment[start + 1 : start + 65] for start in range(0, len(segment), 65))
        at += 2 + length
    scan = jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4]) : -2]
    payloads = []
    for start in range(0, len(scan), 1400):
        head = struct.pack(">IBBBB", start, 1, 255, image.width // 8, image.height // 8)
        first = struct.pack(">BBH", 0, 0, len(tables)) + tables if start == 0 else b""
        payloads.append(head + first + scan[start : start + 1400])
    return payloads


@pytest.fixture
def rtsp_server() -> Iterator[RtspServer]:
    server = RtspServer()
    yield server
    server.close()


EXPOSURE_BY_HAND = 1.0 if sys.platform.startswith("linux") else 0.0
EXPOSURE_AUTOMATIC = 3.0 if sys.platform.startswith("linux") else 1.0


class Device:
    """A UVC camera as Video4Linux shows it: what is asked is moved to the nearest there is, and nothing is set by hand
    while the camera sees to it. ``refuses``: as DirectShow, what is out of range changes nothing."""

    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses
        self.sizes = [(640, 480), (1280, 720), (1920, 1080), (3840, 2160)]
        self.values = {
            cv2.CAP_PROP_FRAME_WIDTH: 1920.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 1080.0,
            cv2.CAP_PROP_EXPOSURE: 157.0,
            cv2.CAP_PROP_AUTO_EXPOSURE: EXPOSURE_AUTOMATIC,
            cv2.CAP_PROP_WB_TEMPERATURE: 4600.0,
            cv2.CAP_PROP_AUTO_WB: 1.0,
        }
        self.limits = {cv2.CAP_PROP_EXPOSURE: (3.0, 2047.0, 1.0), cv2.CAP_PROP_WB_TEMPERATURE: (2800.0, 6500.0, 10.0)}
        self.automatic = {
            cv2.CAP_PROP_EXPOSURE: (cv2.CAP_PROP_AUTO_EXPOSURE, EXPOSURE_BY_HAND),
            cv2.CAP_PROP_WB_TEMPERATURE: (cv2.CAP_PROP_AUTO_WB, 0.0),
        }
        self.plugged = True
        self.released = 0
        self._asked_width = 1920.0

    def isOpened(self) -> bool:
        return self.plugged

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(0.01)
        if not self.plugged:
            return False, None
        size = int(self.values[cv2.CAP_PROP_FRAME_HEIGHT]), int(self.values[cv2.CAP_PROP_FRAME_WIDTH]), 3
        return True, np.full(size, self.values[cv2.CAP_PROP_EXPOSURE] % 256, np.uint8)

    def release(self) -> None:
        self.released += 1

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_FRAME_WIDTH:
            self._asked_width = value
            return True
        if prop == cv2.CAP_PROP_FRAME_HEIGHT:
            return self._size(self._asked_width, value)
        if prop not in self.values:
            return False
        if prop in self.limits:
            return self._value(prop, value)
        self.values[prop] = value
        return True

    def _size(self, width: float, height: float) -> bool:
        nearest = min(self.sizes, key=lambda size: abs(size[0] - width) + abs(size[1] - height))
        self.values[cv2.CAP_PROP_FRAME_WIDTH], self.values[cv2.CAP_PROP_FRAME_HEIGHT] = map(float, nearest)
        return True

    def _value(self, prop: int, value: float) -> bool:
        switch, by_hand = self.automatic[prop]
        low, high, step = self.limits[prop]
        if self.values[switch] != by_hand or (self.refuses and not low <= value <= high):
            return False
        self.values[prop] = min(max(low + round((value - low) / step) * step, low), high)
        return True


@pytest.fixture
def device_of() -> type[Device]:
    return Device


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Device:
    """A camera called Microscope HD, as the system and OpenCV would give it to us."""
    device = Device()

    def found(_backend: int) -> list[SimpleNamespace]:
        one = SimpleNamespace(index=60, name="Microscope HD", path="/dev/video60", backend=cv2.CAP_V4L2)
        return [one] if device.plugged else []

    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", found)
    monkeypatch.setattr("cv2.VideoCapture", lambda _index, _backend: device)
    return device


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for something to become true, or fail."""

    def wait(condition: Callable[[], object], seconds: float = 5.0) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "it did not happen in time"
            time.sleep(0.005)

    return wait


@pytest.fixture
def pixels() -> np.ndarray:
    """Smooth colours with a little noise, 60 x 80."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:60, :80]
    clean = np.stack([40 + 2 * x, 50 + 2 * y, 200 - x], axis=-1) + rng.normal(0, 3, (60, 80, 3))
    return np.clip(clean, 0, 255).astype(np.uint8)
