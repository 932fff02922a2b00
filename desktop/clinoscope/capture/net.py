"""Connecting over the network so that it can be called off at any moment."""

import contextlib
import errno
import selectors
import socket
import threading
import time

from clinoscope.domain.errors import CameraError

CONNECT = 4.0
"""Seconds that a connection may take."""

_SLICE = 0.1
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK))


def connect(host: str, port: int, stopping: threading.Event) -> socket.socket:
    """A connected TCP socket, without a timeout. Raises CameraError, also when ``stopping`` is set meanwhile."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CameraError("The address of the stream is not known here; check it and the network.") from error
    for family, kind, protocol, _, place in places:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        if sock.connect_ex(place) in _UNDER_WAY and _connected(sock, stopping):
            sock.setblocking(True)
            return sock
        sock.close()
    raise CameraError("The camera cannot be reached; check that it is on and in this network.")


def _connected(sock: socket.socket, stopping: threading.Event) -> bool:
    """Wait for a connection under way, in slices so that stopping is noticed."""
    until = time.monotonic() + CONNECT
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while time.monotonic() < until and not stopping.is_set():
            if selector.select(_SLICE):
                return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    return False


def close_now(sock: socket.socket) -> None:
    """Make every read of ``sock`` in other threads return at once."""
    # The plain socket's shutdown: that of a TLS socket takes its state away under the reading thread.
    # An error means that it is closed already, which is what was wanted.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
