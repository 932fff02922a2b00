"""Motion-JPEG over HTTP: one long multipart/x-mixed-replace answer, a JPEG a part.

Our own reader and not ``cv2.VideoCapture``: it can be stopped at once, drops frames instead of queueing
them, and keeps every JPEG as the camera sent it, byte for byte.
"""

from __future__ import annotations

import base64
import http.client
import re
import select
import socket
import ssl
import threading
from email.message import Message
from urllib.parse import SplitResult, unquote

from clinoscope.capture.net import close_now, connect
from clinoscope.domain.errors import CameraError

SILENCE = 8.0
"""Seconds without a byte after which the stream is given up."""

_CHUNK = 1 << 18
"""Bytes read at once: a frame of 1080p or less."""
_MAX_BACKLOG = 32 << 20
"""Bytes read on for a newer frame before the newest one so far is handed out."""
_MAX_PART = 64 << 20
"""Bytes after which what comes is no JPEG of any camera, and is thrown away."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)


class Parts:
    """Cuts a multipart stream into its parts as the bytes come in, with or without Content-Length.

    Lost or wrong bytes cost the part they are in: reading goes on at the next boundary.
    """

    def __init__(self, boundary: str) -> None:
        # Some cameras announce the boundary with the two dashes that only belong in front of it.
        self._mark = b"--" + boundary.strip().lstrip("-").encode("latin-1")
        self._buffer = bytearray()
        self._inside = False
        self._seen = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The parts that ``data`` completes, oldest first; empty ones are left out."""
        self._buffer += data
        parts: list[bytes] = []
        while (part := self._next()) is not None:
            if part:
                parts.append(part)
        if len(self._buffer) > _MAX_PART:
            self._buffer.clear()
            self._inside, self._seen = False, 0
        return parts

    def _next(self) -> bytes | None:
        """The next whole part, or None when more bytes are needed."""
        if not self._inside and not self._enter():
            return None
        head = _BLANK_LINE.search(self._buffer)
        if head is None:
            return None
        length = _LENGTH.search(self._buffer, 0, head.start())
        if length is not None:
            return self._of_length(head.end(), int(length[1]))
        end = self._buffer.find(self._mark, max(head.end(), self._seen - len(self._mark)))
        self._seen = len(self._buffer)
        return None if end < 0 else self._cut(head.end(), end)

    def _enter(self) -> bool:
        """Throw away what stands before the next boundary; False when there is none yet."""
        start = self._buffer.find(self._mark)
        if start < 0:
            del self._buffer[: max(0, len(self._buffer) - len(self._mark))]
            return False
        del self._buffer[: start + len(self._mark)]
        self._inside, self._seen = True, 0
        return True

    def _of_length(self, start: int, length: int) -> bytes | None:
        end = start + length
        if len(self._buffer) < end and length <= _MAX_PART:
            return None
        # A length that is too long would swallow the beginning of the next part.
        early = self._buffer.find(self._mark, start, end + len(self._mark) - 1)
        return self._cut(start, min(end, len(self._buffer)) if early < 0 else early)

    def _cut(self, start: int, end: int) -> bytes:
        part = bytes(self._buffer[start:end])
        del self._buffer[:end]
        self._inside = False
        return part


def whole_jpeg(part: bytes) -> bytes | None:
    """The JPEG in a part, without the line end that belongs to the boundary; None when it is cut off."""
    jpeg = part.rstrip(b"\r\n\0")
    return jpeg if jpeg.startswith(b"\xff\xd8") and jpeg.endswith(b"\xff\xd9") else None


class Stream:
    """One connection to a Motion-JPEG address. ``stopping`` ends a connection attempt early."""

    def __init__(self, address: SplitResult, stopping: threading.Event) -> None:
        self._address = address
        self._stopping = stopping
        self._sock: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None
        self._parts = Parts("")

    def open(self) -> None:
        """Connect and read the answer's head. Raises CameraError."""
        address = self._address
        secure = address.scheme == "https"
        host, port = str(address.hostname), address.port or (443 if secure else 80)
        self._sock = connect(host, port, self._stopping)
        try:
            self._sock.settimeout(SILENCE)
            if secure:
                self._sock = ssl.create_default_context().wrap_socket(self._sock, server_hostname=host)
            self._response = self._ask(host, port)
        except ssl.SSLError as error:
            raise CameraError(
                "This computer does not trust the stream's certificate: have it installed here, or, in a network of "
                "the clinic's own, use the http:// address."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise CameraError("The stream does not answer as it should; check its address.") from error
        self._parts = Parts(_boundary(self._response))

    def _ask(self, host: str, port: int) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = self._sock
        path = self._address.path or "/"
        headers = {"Accept": "multipart/x-mixed-replace, */*", "Connection": "close"}
        if self._address.username is not None:
            pair = f"{unquote(self._address.username)}:{unquote(self._address.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        connection.request("GET", f"{path}?{self._address.query}" if self._address.query else path, headers=headers)
        return connection.getresponse()

    def read(self) -> bytes | None:
        """The newest whole JPEG; None when only broken ones came. Older ones that wait are dropped.

        Blocks until one is there. Raises CameraError when the stream ends or is silent for 8 seconds.
        """
        newest: bytes | None = None
        seen = taken = 0
        while not self._stopping.is_set():
            data = self._receive()
            taken += len(data)
            for part in self._parts.feed(data):
                seen += 1
                newest = whole_jpeg(part) or newest
            # More may be waiting: decoding an old frame first is how a preview falls behind.
            if seen and (taken > _MAX_BACKLOG or not self._more_waiting()):
                return newest
        return None

    def _receive(self) -> bytes:
        assert self._response is not None, "open() comes first"
        try:
            data = self._response.read1(_CHUNK)
        except TimeoutError as error:
            raise CameraError("The stream has fallen silent; check the camera and its network.") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CameraError("The connection to the stream broke; check the camera and its network.") from error
        if not data:
            raise CameraError("The stream has ended; check the camera and its network.")
        return data

    def _more_waiting(self) -> bool:
        sock = self._sock
        if sock is None or sock.fileno() < 0:
            return False
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        return bool(select.select([sock], [], [], 0)[0])

    def interrupt(self) -> None:
        """End a blocked ``read`` from another thread."""
        if self._sock is not None:
            close_now(self._sock)

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        if self._sock is not None:
            self._sock.close()


def _boundary(response: http.client.HTTPResponse) -> str:
    """The boundary of a multipart answer. Raises CameraError when it is anything else."""
    if response.status in (401, 403):
        raise CameraError("The stream asks for a user name and password; write http://name:password@… as its address.")
    if response.status != 200:
        raise CameraError("There is no stream at this address; check the part after the host name.")
    head = Message()
    head["Content-Type"] = response.headers.get("Content-Type", "")
    boundary = head.get_param("boundary")
    if not head.get_content_type().startswith("multipart/") or not isinstance(boundary, str) or not boundary:
        raise CameraError("This address does not send live pictures; look for its MJPEG address.")
    return boundary
