"""What a hostile or broken stick may hold: each gets one sentence, and nothing is written outside the folder."""

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinoscope.domain.errors import PackageError
from clinoscope.inference import unpack

FILES = {
    "package.toml": b"# a package file\n" * 9,
    "model.tflite": bytes(range(256)) * 40,
    "MODEL_CARD.md": b"# Card\n",
}


def zipped(files: dict[str, bytes], top: str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return made.getvalue()


@pytest.fixture
def taken(tmp_path: Path):
    """Takes bytes as a zip, or a folder, and gives back what was written."""

    def take(source: bytes | Path) -> dict[str, bytes]:
        if isinstance(source, bytes):
            path = tmp_path / "stick.zip"
            path.write_bytes(source)
        else:
            path = source
        into = tmp_path / "site" / "into"
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        unpack.take(path, into, tmp_path / "site", lambda share: None)
        return {file.name: file.read_bytes() for file in into.iterdir()}

    return take


def raw_member(
    name: bytes, data: bytes = b"x", flags: int = 0, method: int = 0, mode: int = 0, size: int = -1
) -> bytes:
    """A zip with one package file and one member whose headers say exactly what is given."""
    out, directory = io.BytesIO(), b""
    for member, content, bits, how, attributes, says in (
        (b"package.toml", FILES["package.toml"], 0, 0, 0, -1),
        (name, data, flags, 0, mode, size),
    ):
        offset = out.tell()
        says = len(content) if says < 0 else says
        shared = struct.pack("<HHHHIIIHH", bits, how, 0, 33, zlib.crc32(content), len(content), says, len(member), 0)
        out.write(b"PK\x03\x04" + struct.pack("<H", 20) + shared + member + content)
        directory += b"PK\x01\x02" + struct.pack("<HH", 0x0314, 20) + shared
        directory += struct.pack("<HHHII", 0, 0, 0, attributes << 16, offset) + member
    at = out.tell()
    out.write(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory), at, 0))
    return out.getvalue()


@pytest.mark.parametrize("top", ["", "skin-rash/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_the_files_or_of_their_folder(taken, top, method):
    assert taken(zipped(FILES, top, method)) == FILES


def test_what_file_managers_add_is_left_out(taken):
    litter = {"__MACOSX/p/._model.tflite": b"x", "p/.DS_Store": b"x", "p/Thumbs.db": b"x"}
    assert taken(zipped({**{f"p/{name}": data for name, data in FILES.items()}, **litter})) == FILES


def test_a_folder(taken, tmp_path):
    source = tmp_path / "stick"
    source.mkdir()
    for name, data in {**FILES, ".DS_Store": b"x"}.items():
        (source / name).write_bytes(data)
    assert taken(source) == FILES


def test_a_stick_pulled_out_in_the_middle_is_told(tmp_path):
    source, into = tmp_path / "stick" / "own", tmp_path / "site" / "into"
    for folder in (source, into):
        folder.mkdir(parents=True)
    for name, data in FILES.items():
        (source / name).write_bytes(data)

    def pulled(_share: float) -> None:
        if source.parent.exists():
            source.parent.rename(tmp_path / "in a pocket")

    with pytest.raises(PackageError, match=r"^own cannot be read: .* Nothing was installed: see that its disk is"):
        unpack.take(source, into, tmp_path / "site", pulled)


@pytest.mark.parametrize(
    "name",
    [b"../evil", b"/etc/evil", b"a/../../evil", b"C:evil", b"C:\\evil", b"a\\..\\evil", b"./evil", b"a//evil", b"..",
     b"evil\0.tflite", b"evil\n", b"/"],
)  # fmt: skip
def test_a_path_that_leaves_the_folder_is_refused(taken, tmp_path, name):
    with pytest.raises(PackageError, match=r"is not allowed|is damaged"):
        taken(raw_member(name))
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("name", [b"caf\xc3\xa9.bin", b"nul", b"AUX.tflite", b"com1.txt", b"a b", b"x.", b"x" * 120])
def test_a_name_that_some_system_takes_for_another_is_refused(taken, name):
    with pytest.raises(PackageError, match=r"file name .* is not allowed"):
        taken(raw_member(name, flags=0x800))


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFBLK | 0o644])
def test_a_link_or_a_device_in_a_zip_is_refused(taken, mode):
    with pytest.raises(PackageError, match=r"path model\.tflite, which is not allowed"):
        taken(raw_member(b"model.tflite", b"/etc/passwd", mode=mode))


@pytest.mark.parametrize("name", [b"package.toml", b"Package.TOML", b"PACKAGE.toml"])
def test_a_name_twice_in_any_case_is_refused(taken, name):
    with pytest.raises(PackageError, match="twice"):
        taken(raw_member(name))


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a/b/model.tflite": b"x", "package.toml": b"x"}, "folders inside a folder"),
        ({"a/package.toml": b"x", "b/model.tflite": b"x"}, "more than one folder"),
        ({"a/package.toml": b"x", "model.tflite": b"x"}, "more than one folder"),
        ({"model.tflite": b"x"}, r"holds no package\.toml"),
        ({}, r"holds no package\.toml"),
        ({f"f{number}": b"" for number in range(70)} | {"package.toml": b""}, "more than a model package"),
        ({f"f{number}": b"" for number in range(400)}, "more than a model package"),
    ],
)
def test_what_is_not_one_package_is_refused(taken, files, told):
    with pytest.raises(PackageError, match=told):
        taken(zipped(files))


def test_a_zip_with_a_password_is_refused(taken):
    with pytest.raises(PackageError, match="locked with a password"):
        taken(raw_member(b"model.tflite", flags=1))


def test_a_zip_packed_in_another_way_is_refused(taken):
    with pytest.raises(PackageError, match="Pack it as an ordinary zip"):
        taken(zipped(FILES, method=zipfile.ZIP_LZMA))


def test_a_bomb_is_refused_before_it_is_opened(taken, monkeypatch):
    bomb = zipped({**FILES, "model.tflite": bytes(50_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(PackageError, match="far larger than it looks"):
        taken(bomb)
    with pytest.raises(PackageError, match="more than a model package"):
        taken(raw_member(b"model.tflite", size=unpack.MAX_TOTAL))


@pytest.mark.parametrize("size", [0, 1, 3, 5, 9000])
def test_a_size_that_is_not_the_right_one_is_refused(taken, size):
    with pytest.raises(PackageError, match=r"damaged|larger than it says"):
        taken(raw_member(b"model.tflite", b"four", size=size))


def test_entries_that_lie_over_each_other_are_refused(taken):
    data = bytearray(raw_member(b"model.tflite", bytes(3000)))
    at = data.rindex(b"PK\x01\x02")
    for offset in (at + 20, at + 24):  # packed and unpacked size of the last entry
        data[offset : offset + 4] = struct.pack("<I", 100_000)
    with pytest.raises(PackageError, match="damaged"):
        taken(bytes(data))


def test_a_zip_that_is_too_large_is_not_even_opened(taken, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_TOTAL", 100)
    with pytest.raises(PackageError, match="too large"):
        taken(zipped(FILES))


def test_a_cut_off_zip_is_refused_wherever_it_ends(taken):
    whole = zipped(FILES)
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        with pytest.raises(PackageError):
            taken(whole[:end])


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(taken, content):
    with pytest.raises(PackageError, match=r"not a zip|no package|damaged"):
        taken(content)


def test_what_is_not_there_is_told(taken, tmp_path):
    with pytest.raises(PackageError, match="no file or folder gone"):
        taken(tmp_path / "gone")


def test_a_folder_with_a_link_or_a_folder_in_it_is_refused(taken, tmp_path):
    source = tmp_path / "stick"
    source.mkdir()
    (source / "package.toml").write_bytes(b"x")
    (source / "model.tflite").symlink_to("/etc/passwd")
    with pytest.raises(PackageError, match=r"the link model\.tflite"):
        taken(source)
    (source / "model.tflite").unlink()
    (source / "deeper").mkdir()
    with pytest.raises(PackageError, match="the folder deeper"):
        taken(source)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_a_folder_with_a_pipe_in_it_is_refused_without_waiting(taken, tmp_path):
    source = tmp_path / "stick"
    source.mkdir()
    (source / "package.toml").write_bytes(b"x")
    os.mkfifo(source / "model.tflite")
    with pytest.raises(PackageError, match="is not a file"):
        taken(source)


def test_the_parent_of_a_package_says_where_to_look(taken, tmp_path):
    (tmp_path / "out" / "package").mkdir(parents=True)
    (tmp_path / "out" / "report.json").write_bytes(b"{}")
    with pytest.raises(PackageError, match="Choose the folder that holds it"):
        taken(tmp_path / "out")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "stick.zip").write_bytes(zipped(FILES))
    (tmp_path / "into").mkdir()

    def full(path: Path, data: bytes) -> None:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(data)

    monkeypatch.setattr(unpack, "write_flushed", full)
    with pytest.raises(PackageError, match="No space left on device"):
        unpack.take(tmp_path / "stick.zip", tmp_path / "into", tmp_path, lambda share: None)


def test_copying_can_be_stopped(tmp_path):
    (tmp_path / "stick.zip").write_bytes(zipped(FILES))
    (tmp_path / "into").mkdir()

    def stop(_share: float) -> None:
        raise PackageError("Stopped.")

    with pytest.raises(PackageError, match="Stopped"):
        unpack.take(tmp_path / "stick.zip", tmp_path / "into", tmp_path, stop)


WHOLE = zipped(FILES, "p/")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 40),
)
def test_changed_bytes_never_crash_it_and_never_leave_the_folder(taken, tmp_path, edits, cut):
    data = bytearray(WHOLE)
    for place, value in edits:
        # most of an archive is packed bytes; its directory at the end is where the mischief is
        data[place if value % 2 else len(data) - 1 - place % 330] = value
    told = ""
    try:
        assert "package.toml" in taken(bytes(data[: len(data) - cut]))
    except PackageError as error:
        told = str(error)
    assert not told or (told.endswith(".") and told.isprintable()), told
    assert {path.name for path in tmp_path.iterdir()} <= {"site", "stick.zip"}
    assert {path.name for path in (tmp_path / "site").iterdir()} == {"into"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.binary(min_size=1, max_size=20), flags=st.sampled_from([0, 0x800]), mode=st.integers(0, 0xFFFF))
def test_any_name_stays_inside(taken, tmp_path, name, flags, mode):
    try:
        files = taken(raw_member(name, flags=flags, mode=mode))
    except PackageError:
        return
    assert set(files) - {"package.toml"} <= {name.decode("ascii").rpartition("/")[2]}
    assert {path.name for path in tmp_path.iterdir()} <= {"site", "stick.zip"}
