"""Model packages: folders with a ``package.toml`` that names the hash of every other file.

A package is verified before it is used, and what is used are the very bytes that were
verified. Any folder under ``models/`` with a package file counts.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from clinoscope.domain.errors import PackageError
from clinoscope.domain.task import Kind
from clinoscope.inference.card import FORMAT, Package, PackageInfo
from clinoscope.paths import MODELS

PACKAGE_FILE = "package.toml"
SEAL = b"# SHA-256 of what follows: "
"""How a package file begins. It finds a byte that changed by accident, thresholds included; who made
the package is a matter for the signature slot."""
MODEL_FILE = "model.tflite"
MAX_BYTES = 200 * 1024 * 1024
"""The largest file read from a package; the largest shipped one has under 10 MB."""
LITTER = ("thumbs.db", "desktop.ini")
"""Files that file managers leave behind, beside those whose name starts with a dot."""


class _Parameters(dict[str, float]):
    """The numbers of a package; one that is asked for and not there means that its file was changed."""

    package = ""

    def __missing__(self, name: str) -> float:
        raise PackageError(
            f"Model package {self.package}: the file {PACKAGE_FILE} has no number {name}. Install the package again."
        )


def load(folder: Path) -> Package:
    """Read a package after checking every hash. Raises PackageError naming package and file."""
    info = read_info(folder)
    content, problems = _read_files(info)
    if problems:
        raise PackageError(f"Model package {info.name}: {problems[0]} Install the package again.")
    fields = {entry.name: getattr(info, entry.name) for entry in dataclasses.fields(PackageInfo)}
    return Package(**fields, content=content)


def verify(folder: Path) -> list[str]:
    """Every problem of a package as a sentence; empty when it is whole."""
    try:
        return _read_files(read_info(folder))[1]
    except PackageError as error:
        return [str(error)]


def sealed(text: str) -> bytes:
    """The bytes of a package file: its TOML text behind the line with the hash of it."""
    body = text.encode("utf-8")
    return SEAL + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def read_info(folder: Path) -> PackageInfo:
    """Read the package file alone; no other file is looked at. Raises PackageError."""
    changed = f"Model package {folder.name}: the file {PACKAGE_FILE} was changed. Install the package again."
    try:
        data = (folder / PACKAGE_FILE).read_bytes()
        body = data.partition(b"\n")[2].decode("utf-8")
        document: dict[str, Any] = tomllib.loads(body)
    except OSError:
        raise PackageError(
            f"Model package {folder.name}: the file {PACKAGE_FILE} cannot be read. Install the package again."
        ) from None
    except ValueError:
        raise PackageError(changed) from None
    if sealed(body) != data:
        raise PackageError(changed)
    if document.get("format") != FORMAT:
        raise PackageError(f"Model package {folder.name} has a format this program does not know. Update Clinoscope.")
    try:
        info = msgspec.convert(document, PackageInfo)
        _check_sense(info)
    except msgspec.ValidationError as error:
        raise PackageError(
            f"Model package {folder.name}: the file {PACKAGE_FILE} is not valid ({error}). Install the package again."
        ) from None
    parameters = _Parameters(info.parameters)
    parameters.package = info.name
    return dataclasses.replace(info, folder=folder, sha256=hashlib.sha256(data).hexdigest(), parameters=parameters)


def folders(root: Path = MODELS) -> tuple[Path, ...]:
    """Every folder under ``root`` that holds a package file, by name."""
    return tuple(sorted(path.parent for path in root.rglob(PACKAGE_FILE)))


@functools.cache
def for_task(task_id: str, root: Path = MODELS) -> Package:
    """The verified package in ``root/<task>``, kept for the life of the program.

    Raises PackageError when there is none, when it is altered, or made for another task.
    """
    folder = root / task_id
    if not (folder / PACKAGE_FILE).is_file():
        raise PackageError(f"There is no model package for {task_id}. Install one.")
    package = load(folder)
    if package.task != task_id:
        raise PackageError(f"Model package {package.name} is made for {package.task}, not for {task_id}.")
    return package


def _read_files(info: PackageInfo) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of every file whose hash is right, and a sentence for every problem."""
    content: dict[str, bytes] = {}
    problems: list[str] = []
    for name, expected in info.files.items():
        path = info.folder / name
        if not _plain(name) or path.is_symlink():
            problems.append(f"the file name {name!r} is not allowed.")
        elif not path.is_file():
            problems.append(f"the file {name} is missing.")
        elif path.stat().st_size > MAX_BYTES:
            problems.append(f"the file {name} is too large.")
        else:
            content[name] = path.read_bytes()
            if hashlib.sha256(content[name]).hexdigest() != expected:
                problems.append(f"the file {name} was changed.")
    known = {PACKAGE_FILE, *info.files}
    # a folder may hold the packages of further tasks, each with its own file
    extra = (path.name for path in sorted(info.folder.iterdir()) if path.name not in known and not path.is_dir())
    problems.extend(f"the file {name} does not belong to it." for name in extra if not _litter(name))
    return content, problems


def _check_sense(info: PackageInfo) -> None:
    """Raise msgspec.ValidationError when parts that need each other are not all there."""
    if info.kind is not Kind.CLASSIFY:
        return
    needed = {"input": info.input, "calibration": info.calibration, "conformal": info.conformal}
    for name, value in needed.items():
        if value is None:
            raise msgspec.ValidationError(f"the section {name} is missing")
    if len(set(info.labels)) != len(info.labels) or len(info.labels) < 2:
        raise msgspec.ValidationError("it needs two or more different labels")
    wanted = {MODEL_FILE} | ({info.rejection.reference} if info.rejection else set())
    for name in sorted(wanted - set(info.files)):
        raise msgspec.ValidationError(f"the hash of {name} is missing")


def _plain(name: str) -> bool:
    """A bare file name: no folder, no drive, no way out of the package."""
    return name not in ("", ".", "..") and not any(sign in name for sign in "/\\:\0")


def _litter(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER
