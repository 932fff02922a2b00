"""What is done to a vault on a disk that fails; see ``test_faults``. Runs with ``fault.c`` loaded before libc.

For each line ``act home mode nth`` on stdin it forks a child that does it and says ``ack …`` for everything the vault
acknowledged, ``told …`` for a failure of the world, ``bug …`` for anything else, and how many calls passed.
"""

import ctypes
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from clinoscope.domain.access import Role
from clinoscope.domain.erasure import Reason
from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import ExamState, Patient, Review
from clinoscope.records import Vault, restore

NAME, PASSWORD, NEXT = "Dr Ada Okafor", "correct horse", "battery staple"


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def capture(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        vault.patients.add(Patient(id="p9", identifier="9", name="Person Nine"))
        say("ack patient p9")
        sha256 = vault.pictures.put(b"new picture" * 5000)
        say("ack picture", sha256)
        draft = vault.exams.get("e1", 1)
        assert draft.picture is not None
        picture = replace(draft.picture, sha256=sha256)
        begun = replace(draft, id="e9", patient_id="p9", picture=picture, signature=None, state=ExamState.DRAFT)
        vault.exams.save_draft(begun)
        say("ack exam e9 1 draft")


def sign(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        draft = replace(vault.exams.get("e2"), review=Review(answer="mpox", agrees=True))
        vault.exams.save_draft(draft)
        signed = vault.exams.sign(draft, PASSWORD)
        say("ack exam e2 1 signed")
        vault.exams.amend(signed, "second look")
        say("ack exam e2 2 draft")


def password(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        vault.custody.change_password(PASSWORD, NEXT)
        say("ack password")


def users(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        eve = vault.custody.add_user("Eve", NEXT, [Role.AUDITOR])
        say("ack user Eve")
        vault.custody.set_roles(eve.user.id, [Role.ASSISTANT])
        (bob,) = (entry.user for entry in vault.custody.accounts() if entry.user.name == "Bob")
        vault.custody.remove_user(bob.id)
        say("ack removed Bob")
        say("ack code", vault.custody.new_recovery_code(PASSWORD))


def backup(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        vault.pictures.put(b"since the last backup")
        made = vault.backup(home / "stick")
        say("ack backup", made.name)
        vault.try_backup(made, whole=True)
        vault.thin_backups(home / "stick")


def put_back(home: Path) -> None:
    (made,) = (home / "stick").glob("clinoscope-2*")
    restore(made, home / "back")
    say("ack restored")


def migrate(home: Path) -> None:
    with Vault.open(home / "old", NAME, PASSWORD) as vault:
        say("ack migrated", vault.user.id)


def rotate(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        code = vault.custody.rotate(PASSWORD)
        say("ack rotated", code)


def erase(home: Path) -> None:
    with Vault.open(home / "vault", NAME, PASSWORD) as vault:
        vault.erasures.erase("p1", Reason.REQUEST, PASSWORD, home / "stick")
        say("ack erased p1")


ACTS: dict[str, Callable[[Path], None]] = {
    "capture": capture,
    "sign": sign,
    "password": password,
    "users": users,
    "backup": backup,
    "restore": put_back,
    "migrate": migrate,
    "rotate": rotate,
    "erase": erase,
}


def work(act: str, home: str, mode: int, nth: int) -> None:
    disk = ctypes.CDLL(None)
    disk.fault_count.restype = ctypes.c_long
    disk.fault_arm(home.encode(), mode, ctypes.c_long(nth))
    try:
        ACTS[act](Path(home))
    except KnownError as error:
        say("told", error)
    except BaseException:  # noqa: BLE001 - the test is told and fails
        say("bug", ascii(traceback.format_exc()))
    say("counts", *(disk.fault_count(kind) for kind in range(-1, 4)))


def main() -> None:
    for line in sys.stdin:
        act, home, mode, nth = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            work(act, home, int(mode), int(nth))
            os._exit(0)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
