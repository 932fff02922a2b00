import socket
import threading
import time

import pytest

from clinoscope.capture.net import close_now, connect
from clinoscope.domain.errors import CameraError


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_it_connects(server):
    with connect("127.0.0.1", server.getsockname()[1], threading.Event()) as sock:
        peer, _ = server.accept()
        with peer:
            peer.sendall(b"hello")
            assert sock.recv(5) == b"hello"


def test_nobody_there_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(CameraError, match="cannot be reached"):
        connect("127.0.0.1", port, threading.Event())
    assert time.monotonic() - started < 1


def test_stopping_ends_a_connection_that_hangs():
    # A full backlog: Linux drops further SYNs, so connecting hangs as with a host that is switched off.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        stopping = threading.Event()
        threading.Timer(0.2, stopping.set).start()
        started = time.monotonic()
        with pytest.raises(CameraError):
            connect("127.0.0.1", full.getsockname()[1], stopping)
        assert time.monotonic() - started < 1
        for sock in waiting:
            sock.close()


def test_an_unknown_name_is_told():
    with pytest.raises(CameraError, match="not known"):
        connect("\ud800", 80, threading.Event())


def test_close_now_wakes_a_reader(server):
    sock = connect("127.0.0.1", server.getsockname()[1], threading.Event())
    peer, _ = server.accept()
    threading.Timer(0.1, close_now, (sock,)).start()
    assert sock.recv(10) == b""
    sock.close()
    close_now(sock)
    peer.close()
