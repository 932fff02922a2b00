"""Every parser of foreign bytes: valid files to begin from, and what the program does with such a file.

``take`` is given a file's bytes and an empty folder to work in; whatever it may leave there lies in ``inside``. It
raises KnownError for what it refuses. Anything else is a bug of ours.
"""

import functools
import hashlib
import io
import json
import os
import re
import shutil
import signal
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from clinoscope import modes
from clinoscope.capture import decode, strip
from clinoscope.capture.files import open_picture, pages_of
from clinoscope.domain.errors import PackageError, PictureError
from clinoscope.inference import install, packages
from clinoscope.paths import MODELS
from clinoscope.records import Vault, check_proof, erased_list, keys, restore
from clinoscope.records.keys import MINIMUM
from clinoscope.workflow import labelled

PICTURES = Path(__file__).parents[1] / "capture" / "pictures"
NAME, PASSWORD = "Ada", "correct horse"
TOY = "skin/rash"

Take = Callable[[bytes, Path], None]


@dataclass(frozen=True)
class Target:
    """``seeds`` are made once, in a folder that stays."""

    name: str
    seeds: Callable[[Path], list[bytes]]
    take: Take
    heavy: bool = False
    """Whether one try takes a tenth of a second and more."""


# --- pictures ---


def _image(kind: str, mode: str = "RGB", **options: object) -> bytes:
    pixels = np.random.default_rng(3).integers(0, 255, (24, 32, 3), dtype=np.uint8)
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.fromarray(pixels).convert(mode).save(out, kind, **({} if kind == "BMP" else {"exif": exif}), **options)
    return out.getvalue()


def _dicom(compressed: bool) -> bytes:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = JPEGBaseline8Bit if compressed else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = meta.MediaStorageSOPInstanceUID = "1.2.3"
    made = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    made.Rows, made.Columns, made.SamplesPerPixel, made.PlanarConfiguration = 24, 32, 3, 0
    made.PhotometricInterpretation = "YBR_FULL_422" if compressed else "RGB"
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation, made.NumberOfFrames = 7, 0, "1"
    made.PixelData = encapsulate([_image("JPEG")]) if compressed else bytes(24 * 32 * 3)
    if compressed:
        made["PixelData"].is_undefined_length = True
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


_KINDS: dict[str, Callable[[Path], list[bytes]]] = {
    "jpeg": lambda _: [_image("JPEG"), _image("JPEG", progressive=True), _image("JPEG", "CMYK"), _image("JPEG", "L")],
    "png": lambda _: [_image("PNG"), _image("PNG", "P"), _image("PNG", "RGBA"), _image("PNG", "1")],
    "tiff": lambda _: [
        _image("TIFF"),
        _image("TIFF", compression="tiff_lzw"),
        _image("TIFF", compression="tiff_adobe_deflate"),
        _image("TIFF", "1", compression="group4"),
        _image("TIFF", save_all=True, append_images=[Image.new("RGB", (32, 24))] * 2),
    ],
    "bmp": lambda _: [_image("BMP"), _image("BMP", "P"), _image("BMP", "1")],
    "webp": lambda _: [_image("WEBP"), _image("WEBP", lossless=True), _image("WEBP", "RGBA")],
    "heic": lambda _: [path.read_bytes() for path in sorted(PICTURES.glob("*.heic"))],
    "dicom": lambda _: [_dicom(False), _dicom(True)],
}


def _picture(data: bytes, _: Path) -> None:
    for page in (None, 1):
        try:
            picture = open_picture(data, page=page)
        except PictureError:
            if page is None:
                raise
            continue
        assert picture.pixels.ndim == 3
        assert picture.pixels.dtype == np.uint8
        strip.stripped(picture)
    pages_of(data)


def _frame(data: bytes, _: Path) -> None:
    assert decode.decode_frame(data).ndim == 3


# --- model packages ---


def _package(beside: Path) -> bytes:
    return (beside.parent / "package.toml").read_bytes()


@functools.cache
def _files() -> dict[str, bytes]:
    """Those of the smallest shipped package whose network is tried."""
    folders = [path.parent for path in MODELS.glob("*/*/model.tflite") if b'"classify"' in _package(path)]
    smallest = min(folders, key=lambda folder: (folder / "model.tflite").stat().st_size)
    return {path.name: path.read_bytes() for path in smallest.iterdir() if path.is_file()}


def _zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(f"toy/{name}", data)
    return out.getvalue()


def _small() -> dict[str, bytes]:
    """A package that is refused for its network only: small, so that a change hits what says how it is packed."""
    return _files() | {"model.tflite": b"TFL3" * 100}


def _install(data: bytes, home: Path) -> None:
    stick = home / "stick.zip"
    stick.write_bytes(data)
    install.install(stick, home / "inside", lambda *_: None)


def _sealed(name: str, data: bytes) -> dict[str, bytes]:
    """The package with one file replaced and every hash made right again: made by somebody with a plan."""
    files = dict(_files())
    body = files["package.toml"].partition(b"\n")[2].decode()
    before = hashlib.sha256(files[name]).hexdigest()
    body = body.replace(before, hashlib.sha256(data).hexdigest())
    body = re.sub(r"^name = .*$", 'name = "toy"', body, count=1, flags=re.MULTILINE)
    files[name] = data
    return files | {"package.toml": packages.sealed(body)}


def _resealed(name: str) -> Take:
    def take(data: bytes, home: Path) -> None:
        _install(_zipped(_sealed(name, data)), home)

    return take


def _reference() -> str:
    """The file of features that the rule which refuses pictures compares with."""
    return next(name for name in _files() if name.endswith((".npz", ".npy", ".bin")))


def _resealed_reference(data: bytes, home: Path) -> None:
    _resealed(_reference())(data, home)


def _toml(data: bytes, home: Path) -> None:
    try:
        body = data.decode()
    except UnicodeDecodeError:
        body = data.decode("latin-1")
    _install(_zipped(_files() | {"package.toml": packages.sealed(body)}), home)


def _read_only(data: bytes, home: Path) -> None:
    folder = home / "inside"
    folder.mkdir()
    (folder / "package.toml").write_bytes(packages.sealed(data.decode("latin-1")))
    packages.read_info(folder)


# --- backups, keys, proofs ---


@functools.cache
def _stick(scratch: Path) -> Path:
    """A vault, its backup with a note of an erasure, and the proof of nothing yet."""
    if not (scratch / "stick").exists():
        with Vault.create(scratch / "vault", NAME, PASSWORD, cost=MINIMUM)[0] as vault:
            vault.pictures.put(b"a picture")
            erased_list.add(vault.folder / "erased.json", (erased_list.noted("p", "2026", "00" * 32),))
            vault.backup(scratch / "stick")
    return scratch / "stick"


def _of_backup(name: str) -> tuple[Callable[[Path], list[bytes]], Take]:
    scratch: list[Path] = []

    def seeds(folder: Path) -> list[bytes]:
        scratch[:] = [folder]
        return [_file(_stick(folder), name).read_bytes()]

    def take(data: bytes, home: Path) -> None:
        shutil.copytree(_stick(scratch[0]), home / "stick")
        _file(home / "stick", name).write_bytes(data)
        (made,) = (home / "stick").glob("clinoscope-2*")
        restore(made, home / "inside")
        Vault.open(home / "inside", NAME, PASSWORD).close()

    return seeds, take


def _file(stick: Path, name: str) -> Path:
    (found,) = stick.glob(name)
    return found


def _keys(data: bytes, _: Path) -> None:
    file = keys.decode(data)
    try:
        keys.open_for(file, NAME, PASSWORD)
    finally:
        keys.open_by_code(file, "0" * 25)


def _key_seeds(folder: Path) -> list[bytes]:
    return [_file(_stick(folder), "clinoscope-2*/keys.json").read_bytes()]


def _erased(data: bytes, home: Path) -> None:
    (home / "inside").mkdir()
    path = home / "inside" / "erased.json"
    path.write_bytes(data)
    for note in erased_list.read(path):
        erased_list.is_true(note, "00" * 32)
    erased_list.add(path, (erased_list.noted("q", "2027", "00" * 32),))


def _proof_seeds(_: Path) -> list[bytes]:
    exam = {"id": "e", "version": 1, "patient_id": "p", "picture": {"sha256": "0"}, "signature": {"public_key": "00"}}
    proof = {"format": 1, "signed_text": json.dumps(exam), "signature": "00", "picture": "picture.png"}
    event = {
        "seq": 1,
        "at": "",
        "user": "",
        "act": "exam.sign",
        "subject": "e",
        "details": "{}",
        "previous": "",
        "hash": "",
    }
    return [json.dumps(proof).encode(), json.dumps(event).encode() + b"\n", json.dumps([[1, "00", "00"]]).encode()]


def _proof(data: bytes, home: Path) -> None:
    folder = home / "inside"
    folder.mkdir()
    seeds = dict(zip(("proof.json", "chain.jsonl", "seals.json"), _proof_seeds(home), strict=True))
    for spoilt in seeds:
        for name, whole in seeds.items():
            (folder / name).write_bytes(data if name == spoilt else whole)
        (folder / "picture.png").write_bytes(b"x")
        assert list(check_proof.problems(folder))


def _labels_seeds(_: Path) -> list[bytes]:
    label = modes.task(TOY).labels[0].id
    rows = f'path,label,group,camera,value,unit\na.png,{label},1,,1.5,g/dL\n"b""c.png",{label},2,,,\n'
    return [
        rows.encode(),
        rows.replace(",", ";").encode(),
        rows.encode("utf-8-sig"),
        rows.replace("\n", "\r\n").encode(),
    ]


def _labels(data: bytes, home: Path) -> None:
    file = home / "labels.csv"
    file.write_bytes(data)
    for row in labelled.read_labels(file, modes.task(TOY)):
        try:
            open_picture(home / "inside" / row.path)
        except PictureError:
            continue


def _broken(data: bytes, home: Path) -> None:
    """What the worker must find: a bug, a hang, a stray file, a crash of native code; one file in four is fine."""
    match sum(data) % 12:
        case 0:
            raise ValueError("a bug of ours")
        case 1:
            end = time.process_time() + 2.2
            while time.process_time() < end:
                pass
        case 2:
            (home.parent / "stray").write_bytes(b"")
        case 3:
            os.kill(os.getpid(), signal.SIGSEGV)


TARGETS: dict[str, Target] = {
    **{f"picture {kind}": Target(f"picture {kind}", seeds, _picture) for kind, seeds in _KINDS.items()},
    **{
        target.name: target
        for target in (
            Target("frame", _KINDS["jpeg"], _frame),
            Target("package zip", lambda _: [_zipped(_small()), _zipped(_small(), zipfile.ZIP_DEFLATED)], _install),
            Target("package text", lambda _: [_files()["package.toml"].partition(b"\n")[2]], _read_only),
            Target("package numbers", lambda _: [_files()["package.toml"].partition(b"\n")[2]], _toml, heavy=True),
            Target("package reference", lambda _: [_files()[_reference()]], _resealed_reference, heavy=True),
            Target("package network", lambda _: [_files()["model.tflite"]], _resealed("model.tflite"), heavy=True),
            Target("backup manifest", *_of_backup("clinoscope-2*/manifest.json"), heavy=True),
            Target("backup keys", *_of_backup("clinoscope-2*/keys.json"), heavy=True),
            Target("backup database", *_of_backup("clinoscope-2*/records.db"), heavy=True),
            Target("backup erased", *_of_backup("clinoscope-erased/*.json"), heavy=True),
            Target("key file", _key_seeds, _keys, heavy=True),
            Target("erased list", lambda _: [json.dumps([["p", "2026", "00"]]).encode(), _note()], _erased),
            Target("proof", _proof_seeds, _proof),
            Target("labels", _labels_seeds, _labels),
            Target("broken on purpose", lambda _: [bytes(100)], _broken),
        )
    },
}


def _note() -> bytes:
    return json.dumps([{"patient": "p", "at": "2026", "mac": "00"}]).encode()


__all__ = ["TARGETS", "PackageError", "Target"]
