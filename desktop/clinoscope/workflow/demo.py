"""The whole job for every mode on phantoms, in a throw-away vault."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinoscope import modes
from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Patient, Sex
from clinoscope.domain.task import Mode
from clinoscope.paths import RESOURCES
from clinoscope.workflow import exams, session
from clinoscope.workflow.files import write_together
from clinoscope.workflow.look import look

if TYPE_CHECKING:
    from clinoscope.records import Vault

_USER = "Demo clinician"
_PASSWORD_FILE = "password.txt"
_PASSWORD_BYTES = 12
_PARTS = ".vault-????????"
"""What a vault is called while it is being made."""
_OURS = re.compile(r"([\w-]{16}\n?)?")
"""A password file that a demo wrote, or was killed while writing: 12 bytes are 16 letters."""


def run(out: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    """Make a vault under ``out``, do one exam per mode up to the signed report, and tell what was made.

    Raises VaultError when ``out`` already holds a demo or cannot be written; then nothing of it is left.
    """
    made = not out.exists()
    _check_free(out)
    try:
        return _whole_job(out, progress)
    except BaseException:
        _remove(out, made)
        raise


def _whole_job(out: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    folder = out / "vault"
    password_file = _password(out)
    password = password_file.read_text(encoding="utf-8").strip()
    progress("Making a vault")
    vault, _ = session.create_vault(folder, _USER, password)
    try:
        patient = exams.new_patient(
            vault,
            identifier=vault.patients.suggest_identifier(),
            name="Phantom Person",
            sex=Sex.UNKNOWN,
            born=date(1990, 1, 1),
            note="Drawn by Clinoscope to show how it works. Not a patient.",
        )
        done = [_exam(vault, patient, mode, password, out, progress) for mode in modes.all_modes()]
    finally:
        vault.close()
    return {"vault": str(folder), "user": _USER, "password_file": str(password_file), "exams": done}


def phantom(task_id: str) -> Path:
    """The drawn test picture for a task. Raises KeyError where there is none."""
    files = tomllib.loads((RESOURCES / "phantoms" / "phantoms.toml").read_text(encoding="utf-8"))
    return RESOURCES / "phantoms" / str(files[task_id])


def _exam(
    vault: Vault, patient: Patient, mode: Mode, password: str, out: Path, progress: Callable[[str], None]
) -> dict[str, Any]:
    """One mode's first task, from its phantom to the PDF."""
    from clinoscope.capture.files import open_picture

    task = mode.tasks[0]
    progress(f"{mode.name}: {task.name}")
    picture = open_picture(phantom(task.id))
    seen = look(task, picture, earlier=exams.earlier(vault, patient.id, task.id))
    exam = exams.take(vault, patient, task.id, picture, seen.light.correction)
    exam = exams.set_region(vault, exam, seen.region, seen.quality)
    exam = exams.set_reading(vault, exam, seen.reading)
    exam = exams.review(vault, exam, seen.reading.answer, "Reviewed by the demo, not by a person.")
    exam = exams.sign(vault, exam, password)
    pdf = _pdf(out, mode)
    _write(out, pdf.name, exams.report(vault, exam))
    return {"mode": mode.id, "task": task.id, "exam": exam.id, "answer": seen.reading.answer, "pdf": str(pdf)}


def _password(out: Path) -> Path:
    """A password nobody chose, in a file only its owner can read."""
    file = out / _PASSWORD_FILE
    try:
        out.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(_PASSWORD_BYTES) + "\n", encoding="utf-8")
    except OSError as error:
        raise VaultError(_cannot_write(out, error)) from None
    return file


def _check_free(out: Path) -> None:
    """Raises VaultError unless a demo can go there: it never takes the place of a file that is not its own.

    What a demo left that was killed before its vault was whole is cleared away.
    """
    file = out / _PASSWORD_FILE
    try:
        taken = (out / "vault").exists() or any(_pdf(out, mode).exists() for mode in modes.all_modes())
        if taken or (file.exists() and not _OURS.fullmatch(file.read_text(encoding="utf-8", errors="replace"))):
            raise VaultError(f"{out} already holds a demo, whole or unfinished. Choose another folder or remove it.")
        for part in out.glob(_PARTS):
            shutil.rmtree(part)
        file.unlink(missing_ok=True)
    except OSError as error:
        raise VaultError(_cannot_write(out, error)) from None


def _remove(out: Path, folder_too: bool) -> None:
    """Take away what a demo made that could not be finished."""
    for folder in (out / "vault", *out.glob(_PARTS)):
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        for file in (out / _PASSWORD_FILE, *(_pdf(out, mode) for mode in modes.all_modes())):
            file.unlink(missing_ok=True)
        if folder_too:
            out.rmdir()


def _pdf(out: Path, mode: Mode) -> Path:
    return out / f"{mode.id}.pdf"


def _write(out: Path, name: str, content: bytes) -> None:
    try:
        write_together(out, {name: content})
    except OSError as error:
        raise VaultError(_cannot_write(out, error)) from None


def _cannot_write(out: Path, error: OSError) -> str:
    return f"The demo cannot write to {out}: {error.strerror}. Choose another folder."
