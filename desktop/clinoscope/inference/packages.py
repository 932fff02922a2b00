"""Model packages: folders with a ``package.toml`` that names the hash of every other file.

A package is verified before it is used, and what is used are the very bytes that were
verified. Any folder under ``models/`` with a package file counts; those lie there that ship. What a
clinic installs lies in a folder of its own, see ``inference.site``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from clinoscope.domain.errors import PackageError
from clinoscope.domain.task import Kind
from clinoscope.inference import site as sites
from clinoscope.inference.card import FORMAT, Package, PackageInfo
from clinoscope.paths import MODELS, models_site

PACKAGE_FILE = "package.toml"
CARD_FILE = "MODEL_CARD.md"
SEAL = b"# SHA-256 of what follows: "
"""How a package file begins. It finds a byte that changed by accident, thresholds included; who made
the package is a matter for the signature slot."""
MODEL_FILE = "model.tflite"
LEARNED_FILE = "learned.txt"
"""In a package that was fitted to a site: the SHA-256 of every picture it was fitted to, one in a line."""
MAX_BYTES = 200 * 1024 * 1024
"""The largest file read from a package; the largest shipped one has under 10 MB."""
MAX_TEXT_BYTES = 1024 * 1024
"""The largest package file or card; the largest shipped one has 10 kB."""
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
    """Read the package file alone; no other file is looked at. Raises PackageError.

    A folder that is named by a hash, as installed ones are, must hold the package of that hash.
    """
    called = folder.name[:12] if sites.is_hash(folder.name) else folder.name
    changed = f"Model package {called}: the file {PACKAGE_FILE} was changed. Install the package again."
    try:
        if (folder / PACKAGE_FILE).stat().st_size > MAX_TEXT_BYTES:
            raise PackageError(f"Model package {called}: the file {PACKAGE_FILE} is too large. Ask who made it.")
        data = (folder / PACKAGE_FILE).read_bytes()
        body = data.partition(b"\n")[2].decode("utf-8")
        document: dict[str, Any] = tomllib.loads(body)
    except OSError:
        raise PackageError(
            f"Model package {called}: the file {PACKAGE_FILE} cannot be read. Install the package again."
        ) from None
    except (ValueError, RecursionError):
        raise PackageError(changed) from None
    sha256 = hashlib.sha256(data).hexdigest()
    if sealed(body) != data or (sites.is_hash(folder.name) and folder.name != sha256):
        raise PackageError(changed)
    if document.get("format") != FORMAT:
        raise PackageError(f"Model package {called} has a format this program does not know. Update Clinoscope.")
    try:
        info = msgspec.convert(document, PackageInfo)
        _check_sense(info)
    except msgspec.ValidationError as error:
        raise PackageError(
            f"Model package {called}: the file {PACKAGE_FILE} is not valid ({error}). Install the package again."
        ) from None
    parameters = _Parameters(info.parameters)
    parameters.package = info.name
    return dataclasses.replace(info, folder=folder, sha256=sha256, parameters=parameters)


def folders(root: Path = MODELS) -> tuple[Path, ...]:
    """Every folder under ``root`` that holds a package file, by name."""
    return tuple(sorted(path.parent for path in root.rglob(PACKAGE_FILE)))


def folder_in_use(task_id: str, site: Path | None = None) -> Path:
    """The folder of the package in use for a task: the installed one that was chosen, else the shipped one.

    Nothing else ever takes the place of a chosen one. ``site`` is the site folder, of this user by
    default. Raises PackageError when there is none.
    """
    site = site or models_site()
    sha256 = sites.chosen(site, task_id)
    if not sha256:
        return _shipped(task_id, MODELS)
    folder = sites.folder(site, sha256)
    if not (folder / PACKAGE_FILE).is_file():
        raise PackageError(
            f"The model package that was chosen for {task_id} is not there any more. Choose another on the page Models."
        )
    return folder


def for_task(task_id: str, root: Path | None = None) -> Package:
    """The verified package in use for a task; with ``root`` the one in ``root/<task>``, whatever was chosen.

    It is kept in memory; a choice made meanwhile, here or in another copy of the program, counts from the
    next call on. Raises PackageError when there is none, when it is altered, or made for another task.
    """
    package = _kept(folder_in_use(task_id) if root is None else _shipped(task_id, root), keep_card=root is None)
    if package.task != task_id:
        raise PackageError(f"Model package {package.name} is made for {package.task}, not for {task_id}.")
    return package


def exact(task_id: str, sha256: str, site: Path | None = None) -> Package:
    """The verified package of a task with this very hash, in use or not. Raises PackageError when it is not here."""
    if sites.is_hash(sha256):
        for folder in (MODELS / task_id, sites.folder(site or models_site(), sha256)):
            if hash_of(folder) == sha256:
                return _kept(folder, keep_card=True)
    raise PackageError(
        f"The model package for {task_id} that is needed here, {sha256[:12]}, is not installed. Install it."
    )


def hash_of(folder: Path) -> str:
    """The hash of a folder's package file, which names the package; "" when there is none to be read."""
    try:
        return hashlib.sha256((folder / PACKAGE_FILE).read_bytes()).hexdigest()
    except OSError:
        return ""


def learned(package: Package) -> frozenset[str]:
    """The SHA-256 of the site's pictures a package was fitted to; none for one that was not."""
    return frozenset(package.content.get(LEARNED_FILE, b"").decode("ascii", "replace").split())


def archive(package: PackageInfo, site: Path) -> None:
    """Keep what a reading of this package needs to be understood later: package file and card. Raises OSError."""
    names = (PACKAGE_FILE, CARD_FILE)
    files = {name: (package.folder / name).read_bytes() for name in names if (package.folder / name).is_file()}
    sites.archive(site, package.sha256, files)


def litter(name: str) -> bool:
    """Whether a file was left behind by a file manager and belongs to no package."""
    return name.startswith(".") or name.lower() in LITTER


def _shipped(task_id: str, root: Path) -> Path:
    if not (root / task_id / PACKAGE_FILE).is_file():
        raise PackageError(f"There is no model package for {task_id}. Install one.")
    return root / task_id


@functools.lru_cache(maxsize=32)
def _kept(folder: Path, *, keep_card: bool) -> Package:
    """A package and, from its first use on, its card: a later version of the program may ship another one."""
    package = load(folder)
    if keep_card:
        # A folder that cannot be written to must not stand in the way of a reading.
        with contextlib.suppress(OSError):
            archive(package, models_site())
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
    problems.extend(f"the file {name} does not belong to it." for name in extra if not litter(name))
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
    if info.caution is not None and any(rule.kind == "label" for rule in info.flags):
        raise msgspec.ValidationError("a screening threshold and the section caution exclude each other")
    if info.flags:
        from clinoscope.inference import flags

        for problem in flags.problems(info):
            raise msgspec.ValidationError(problem)


def _plain(name: str) -> bool:
    """A bare file name: no folder, no drive, no way out of the package."""
    return name not in ("", ".", "..") and not any(sign in name for sign in "/\\:\0")
