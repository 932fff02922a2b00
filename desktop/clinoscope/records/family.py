"""Records of one person: a patient, and all that were merged into it. What is said of one holds for each of them."""

from sqlite_utils import Database

from clinoscope.domain.errors import VaultError

UNKNOWN = "There is no such patient in this vault."
_UP = (
    "WITH RECURSIVE up (id, next) AS (SELECT id, merged_into FROM patients WHERE id = ?"
    " UNION SELECT patients.id, patients.merged_into FROM patients JOIN up ON patients.id = up.next)"
)
WITH = (
    f"{_UP}, family (id) AS (SELECT id FROM up WHERE next IS NULL"
    " UNION SELECT patients.id FROM patients JOIN family ON patients.merged_into = family.id)"
)
"""A table ``family`` of the ids of the patient of one parameter, of the one it was merged into, and of all that were
merged into that."""
FAMILY = f"{WITH} SELECT id FROM family"
"""The ids in it."""


def check(db: Database, patient: str) -> None:
    """Raises VaultError for a patient whom the vault does not have."""
    if not db.execute("SELECT 1 FROM patients WHERE id = ?", [patient]).fetchone():
        raise VaultError(UNKNOWN)


def root(db: Database, patient: str) -> str | None:
    """The id of the record that counts for a patient, its own where it stands alone; None where nobody has it."""
    found = db.execute(f"{_UP} SELECT id FROM up WHERE next IS NULL", [patient]).fetchone()
    return None if found is None else str(found[0])


def roots(db: Database) -> dict[str, str]:
    """The id of the record that counts, for every record that was merged into another one."""
    into = dict(db.execute("SELECT id, merged_into FROM patients WHERE merged_into IS NOT NULL").fetchall())
    return {patient: _top(patient, into) for patient in into}


def ids(db: Database, patient: str) -> list[str]:
    """Every record of the person whom one of them is about, in order; that id alone where nobody has it."""
    return sorted(found for (found,) in db.execute(FAMILY, [patient]).fetchall()) or [patient]


def _top(patient: str, into: dict[str, str]) -> str:
    seen = {patient}
    while (above := into.get(patient, "")) and above not in seen:
        seen.add(above)
        patient = above
    return patient
