"""Records of one person: a patient, and all that were merged into it. What is said of a person holds for each of them.

A vault from before records could be merged has no column for it: there every patient is alone.
"""

from sqlite_utils import Database


def roots(db: Database) -> dict[str, str]:
    """The id of the record that counts, for every record that was merged into another one."""
    if "merged_into" not in {row[1] for row in db.execute("PRAGMA table_info(patients)").fetchall()}:
        return {}
    into = dict(db.execute("SELECT id, merged_into FROM patients WHERE merged_into IS NOT NULL").fetchall())
    return {patient: _top(patient, into) for patient in into}


def ids(db: Database, patient: str) -> list[str]:
    """Every record of the person whom one of them is about, in order."""
    found = roots(db)
    top = found.get(patient, patient)
    return sorted({top, *(other for other, root in found.items() if root == top)})


def _top(patient: str, into: dict[str, str]) -> str:
    seen = {patient}
    while (above := into.get(patient, "")) and above not in seen:
        seen.add(above)
        patient = above
    return patient
