import threading
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.capture.mjpeg import Parts, Stream, whole_jpeg
from clinoscope.domain.errors import CameraError

BODIES = [b"\xff\xd8one\xff\xd9", b"\xff\xd8" + bytes(range(256)) + b"\xff\xd9", b"\xff\xd8\r\n\r\n--fram\r\n\xff\xd9"]


def stream_of(bodies: list[bytes], length: bool, line: bytes = b"\r\n", boundary: bytes = b"frame") -> bytes:
    out = b""
    for body in bodies:
        head = b"Content-Type: image/jpeg" + line
        if length:
            head += b"content-length: %d" % len(body) + line
        out += b"--" + boundary + line + head + line + body + line
    return out + b"--" + boundary


@given(
    cuts=st.lists(st.integers(0, 800), max_size=20),
    length=st.booleans(),
    line=st.sampled_from([b"\r\n", b"\n"]),
)
def test_parts_do_not_depend_on_how_the_bytes_arrive(cuts, length, line):
    data = stream_of(BODIES, length, line)
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    parts = Parts("frame")
    got = [part for start, end in pairwise(edges) for part in parts.feed(data[start:end])]
    assert [whole_jpeg(part) for part in got] == BODIES


@given(noise=st.binary(max_size=300), length=st.booleans())
def test_after_noise_the_next_parts_are_found(noise, length):
    noise = noise.replace(b"--", b"")
    got = Parts("frame").feed(noise + stream_of(BODIES, length))
    assert [whole_jpeg(part) for part in got] == BODIES


@pytest.mark.parametrize("announced", ["frame", "--frame", " frame "])
def test_boundaries_are_understood_however_they_are_announced(announced):
    assert len(Parts(announced).feed(stream_of(BODIES, length=True))) == 3


@pytest.mark.parametrize("wrong", [-5, 5, 400])
def test_a_wrong_length_costs_one_part_at_most(wrong):
    body = BODIES[1]
    false = b"--frame\r\nContent-Length: %d\r\n\r\n" % (len(body) + wrong) + body + b"\r\n"
    got = [whole_jpeg(part) for part in Parts("frame").feed(false + stream_of(BODIES, length=True) + b"x" * 500)]
    assert got[-3:] == BODIES


def test_a_part_without_end_is_given_up(monkeypatch):
    from clinoscope.capture import mjpeg

    monkeypatch.setattr(mjpeg, "_MAX_PART", 1000)
    parts = Parts("frame")
    assert parts.feed(b"--frame\r\n\r\n" + b"x" * 2000) == []
    assert len(parts.feed(stream_of(BODIES, length=True))) == 3


@pytest.mark.parametrize(
    ("part", "jpeg"),
    [
        (b"\xff\xd8abc\xff\xd9\r\n", b"\xff\xd8abc\xff\xd9"),
        (b"\xff\xd8abc\xff\xd9\0\0", b"\xff\xd8abc\xff\xd9"),
        (b"\xff\xd8abc", None),
        (b"abc\xff\xd9", None),
        (b"", None),
    ],
)
def test_only_whole_jpegs_pass(part, jpeg):
    assert whole_jpeg(part) == jpeg


@pytest.fixture
def connect(mjpeg_server):
    streams = []

    def opened(url: str = "") -> Stream:
        stream = Stream(urlsplit(url or mjpeg_server.url), threading.Event())
        streams.append(stream)
        stream.open()
        return stream

    yield opened
    for stream in streams:
        stream.close()


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("chunked", [True, False])
def test_frames_come_byte_for_byte(mjpeg_server, connect, length, chunked):
    mjpeg_server.content_length, mjpeg_server.chunked = length, chunked
    stream = connect()
    got = [stream.read() for _ in range(5)]
    assert all(jpeg in mjpeg_server.sent for jpeg in got)
    assert len(set(got)) == 5


def test_frames_that_wait_are_dropped_for_the_newest(mjpeg_server, connect, wait_until):
    mjpeg_server.period = 0.001
    stream = connect()
    assert stream.read() is not None
    wait_until(lambda: len(mjpeg_server.sent) > 100)
    mjpeg_server.silent.set()
    wait_until(lambda: stream.read() == mjpeg_server.sent[-1])


def test_a_user_and_a_password_are_sent(mjpeg_server, connect):
    connect(mjpeg_server.url.replace("http://", "http://ada:p%40ss@"))
    assert mjpeg_server.authorizations == ["Basic YWRhOnBAc3M="]


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"status": 401}, "password"),
        ({"status": 404}, "no stream"),
        ({"content_type": "text/html"}, "MJPEG address"),
        ({"content_type": "multipart/x-mixed-replace"}, "MJPEG address"),
    ],
)
def test_other_answers_are_told_in_a_sentence(mjpeg_server, connect, attributes, words):
    for name, value in attributes.items():
        setattr(mjpeg_server, name, value)
    with pytest.raises(CameraError, match=words):
        connect()


def test_silence_ends_the_stream(mjpeg_server, connect, monkeypatch):
    monkeypatch.setattr("clinoscope.capture.mjpeg.SILENCE", 0.3)
    mjpeg_server.silent.set()
    with pytest.raises(CameraError, match="silent"):
        connect().read()


def test_an_http_server_that_talks_nonsense(mjpeg_server, connect):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"I am a printer\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(CameraError, match="does not answer as it should"):
            connect(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
