"""Erasing a patient, by a person who says why, types the patient's number and gives the password again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.access import Act
from clinoscope.domain.erasure import Erasure, Extent, Reason
from clinoscope.domain.errors import NotAllowed
from clinoscope.workflow import backups
from clinoscope.workflow.permissions import require

if TYPE_CHECKING:
    from clinoscope.records import Vault

NOT_TYPED = "Type the patient's number exactly as it stands above, so that nobody is erased by mistake."
BACKUPS = (
    "Backups made before today still hold this patient until they are thinned out, up to nine months from now, or"
    " deleted by hand. Restoring one erases the patient again when the vault is first opened, as long as the folder"
    " “clinoscope-erased” beside it is not lost. Saved reports, exported pictures and training sets are not undone."
)
REASONS = (
    (Reason.REQUEST, "The person asks for it"),
    (Reason.RETENTION, "The time of keeping is over"),
    (Reason.MISTAKE, "Added by mistake"),
    (Reason.ORDER, "An authority or a court ordered it"),
)


def extent(vault: Vault, patient_id: str) -> Extent:
    """What erasing a patient would take. Raises NotAllowed, VaultError."""
    require(vault, Act.PATIENT_ERASE)
    return vault.erasures.extent(patient_id)


def erase(vault: Vault, patient_id: str, reason: Reason, typed: str, password: str) -> Erasure:
    """Erase a patient for good: everything but a tombstone and a signed event that name nobody.

    ``typed`` must be the patient's number. It is noted beside the backups at once where their folder can be reached,
    else with the next backup. Raises NotAllowed, WrongPassword, VaultError; then nothing has changed.
    """
    require(vault, Act.PATIENT_ERASE)
    if " ".join(typed.split()) != vault.patients.get(patient_id).identifier:
        raise NotAllowed(NOT_TYPED)
    folder = str(vault.settings.get(backups.FOLDER, ""))
    return vault.erasures.erase(patient_id, reason, password, Path(folder) if folder else None)


def done_words(erasure: Erasure) -> str:
    """What the window says afterwards."""
    if erasure.finished:
        return "Erased. The log keeps when, by whom and why, and no name."
    return "Erased. What is left in unused parts of the files goes when the vault is next opened."
