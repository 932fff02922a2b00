"""A disk that fails, for ``test_faults`` and ``tests/benchmarks/faults.py``: vaults to harm, and what must hold."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from clinoscope.domain.access import Role
from clinoscope.domain.errors import KnownError, WrongPassword
from clinoscope.records import Vault, restore
from clinoscope.records.keys import MINIMUM
from faults.acts import ACTS, NAME, NEXT, PASSWORD

HERE = Path(__file__).parent
MODES = ("count", "kill", "torn", "full", "io", "short", "no flush", "no rename")
_KIND = {"kill": 0, "torn": 1, "full": 1, "io": 1, "short": 1, "no flush": 2, "no rename": 3}
"""Which of the counts says how many points of failure a mode has."""


@dataclass(frozen=True)
class Run:
    """What a child said: acknowledged, told, and the counts of calls (all, writes, flushes, renames, removals)."""

    acknowledged: list[list[str]]
    told: list[str]
    bugs: list[str]
    counts: tuple[int, ...]


def compiled(folder: Path) -> Path:
    """The library that makes the disk fail."""
    library = folder / "fault.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "fault.c", "-ldl"], check=True)
    return library


class Disk:
    """The process that forks what works on the disk."""

    def __init__(self, library: Path) -> None:
        environment = os.environ | {"LD_PRELOAD": str(library), "PYTHONPATH": str(HERE.parent)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "faults.acts"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            env=environment,
        )

    def run(self, act: str, home: Path, mode: str, nth: int = -1) -> Run:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\t".join([act, str(home), str(MODES.index(mode)), str(nth)]) + "\n")
        found = Run([], [], [], ())
        while (line := self.process.stdout.readline().rstrip("\n")) != "dead":
            assert line, "the process that works on the disk is gone"
            kind, _, rest = line.partition(" ")
            if kind == "ack":
                found.acknowledged.append(rest.split())
            elif kind == "counts":
                found = Run(found.acknowledged, found.told, found.bugs, tuple(map(int, rest.split())))
            else:
                (found.told if kind == "told" else found.bugs).append(rest)
        return found

    def points(self, act: str, home: Path) -> dict[str, int]:
        """How many points of failure an act has in each mode."""
        counts = self.run(act, home, "count").counts
        return {mode: counts[kind] for mode, kind in _KIND.items()}

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def prepared(home: Path, exam: object, patient: object) -> Path:
    """A folder with a vault (two users, a signed exam, a draft), its backup, and a vault of the first version."""
    home.mkdir()
    vault, code = Vault.create(home / "vault", NAME, PASSWORD, cost=MINIMUM)
    with vault:
        vault.patients.add(patient)  # type: ignore[arg-type]
        vault.pictures.put(b"a picture")
        vault.exams.sign(exam, PASSWORD)  # type: ignore[arg-type]
        vault.exams.save_draft(replace(exam, id="e2", review=None))  # type: ignore[type-var]
        vault.custody.add_user("Bob", NEXT, [Role.CLINICIAN])
        vault.backup(home / "stick")
    (home / "code").write_text(code)
    with zipfile.ZipFile(HERE.parent / "data" / "vault-of-the-first-version.zip") as file:
        file.extractall(home / "unpacked")
    (home / "unpacked" / "vault").rename(home / "old")
    (home / "unpacked").rmdir()
    return home


def check(home: Path, act: str, run: Run) -> None:
    """Whatever failed: every vault opens, nothing acknowledged is missing, nothing half is visible."""
    assert not run.bugs, run.bugs[0]
    acknowledged = {words[0] for words in run.acknowledged}
    folder = home / ("old" if act == "migrate" else "vault")
    with _opened(folder, acknowledged) as vault:
        report, store = vault.verify(), vault.check()
        assert report.ok, report.problems
        assert not store.missing, store
        assert not store.altered, store
        if act == "erase":
            _erased_or_whole(vault, acknowledged="erased" in acknowledged)
        else:
            assert vault.exams.get("e1", 1).signature
        for kind, *words in run.acknowledged:
            _is_there(vault, kind, words)
    if "user" in acknowledged:
        Vault.open(folder, "Eve", NEXT).close()
    if act == "users":
        _bob(folder, removed="removed" in acknowledged)
    for kind, *words in run.acknowledged:
        if kind in ("code", "rotated"):
            Vault.recover(folder, words[0], NAME, "a third one here").close()
    if act in ("backup", "restore"):
        _backups(home, run)


def _erased_or_whole(vault: Vault, *, acknowledged: bool) -> None:
    """The patient is there with all exams and the picture, or nothing of them is, not even a file."""
    assert not vault.check().orphaned
    done = vault.erasures.all()
    assert all(erasure.finished for erasure in done)
    if done:
        assert vault.patients.search("") == ()
        assert not vault.exams.versions("e1")
        assert not vault.exams.versions("e2")
        assert not list((vault.folder / "pictures").glob("*/*"))
    else:
        assert not acknowledged
        assert vault.exams.get("e1", 1).signature
        assert vault.exams.get("e2").picture
        assert vault.pictures.get(vault.exams.get("e1").picture.sha256)  # type: ignore[union-attr]


def _opened(folder: Path, acknowledged: set[str]) -> Vault:
    """The vault, by the password it has: the new one for certain once that was acknowledged."""
    (folder / "tries.json").unlink(missing_ok=True)
    try:
        return Vault.open(folder, NAME, NEXT)
    except WrongPassword:
        assert "password" not in acknowledged
        (folder / "tries.json").unlink(missing_ok=True)
        return Vault.open(folder, NAME, PASSWORD)


def _is_there(vault: Vault, kind: str, words: list[str]) -> None:
    if kind == "patient":
        assert vault.patients.get(words[0])
    elif kind == "picture":
        assert vault.pictures.get(words[0])
    elif kind == "exam":
        assert vault.exams.get(words[0], int(words[1])).state in (words[2], "draft")


def _bob(folder: Path, *, removed: bool) -> None:
    """Let in unless he was removed; while that was not acknowledged either will do."""
    (folder / "tries.json").unlink(missing_ok=True)
    try:
        Vault.open(folder, "Bob", NEXT).close()
    except WrongPassword:
        (folder / "tries.json").unlink()
    else:
        assert not removed


def _backups(home: Path, run: Run) -> None:
    """Whatever has the name of a backup comes back, and so does what was restored."""
    made = sorted((home / "stick").glob("clinoscope-2*"))
    assert made
    for number, path in enumerate(made):
        target = home / f"again-{number}"
        restore(path, target)
        _sound(target)
    for kind, *words in run.acknowledged:
        if kind == "backup":
            assert (home / "stick" / words[0]).is_dir()
        if kind == "restored":
            assert (home / "back").is_dir()
    if (home / "back").exists():
        _sound(home / "back")


def _sound(folder: Path) -> None:
    try:
        with Vault.open(folder, NAME, PASSWORD) as vault:
            assert vault.verify().ok
    except KnownError as error:
        raise AssertionError(error) from error
    shutil.rmtree(folder)


__all__ = ["ACTS", "MODES", "Disk", "Run", "check", "compiled", "prepared"]
