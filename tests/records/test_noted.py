import pytest

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.errors import VaultError
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Patient
from clinoscope.records import Vault, consents, keeps, labs, merges, noted
from clinoscope.ui.dates import today

AT = "2026-03-01T09:00:00.000000+00:00"
CONSENT = {"id": "c1", "patient": "p1", "purpose": "training", "said": "given", "day": "2026-03-01", "note": "form 17"}
MERGE = {
    "merged": "p2",
    "kept": "p1",
    "before": '{"name":"Ana"}',
    "after": '{"name":"Anna"}',
    "reason": "same passport",
}
LAB = {
    "id": "l1",
    "patient": "p1",
    "kind": "hb",
    "value": 118.0,
    "unit": "g/L",
    "given": 11.8,
    "given_unit": "g/dL",
    "drawn_at": AT,
    "day_only": 0,
    "added_by": "u1",
    "added_at": "2026-03-01T10:00:00.000000+00:00",
    "voided_by": "u2",
    "voided_at": "2026-03-02T10:00:00.000000+00:00",
    "void_reason": "another patient's",
}


def test_what_old_vaults_hold_is_still_what_is_made_of_the_same_row() -> None:
    """By the program of stage 2.0.0: another hash would call every row of an older vault changed."""
    keep = {"id": "k1", "patient": "p1", "keep": 1, "reason": "a court asked", "user": "u1", "at": AT}
    assert [
        noted.digest({**CONSENT, "user": "u1", "at": AT}, consents._FACTS),
        noted.digest(keep, keeps._FACTS),
        noted.digest({**MERGE, "by": "u1", "at": AT}, merges._ROW),
        labs.facts_digest(LAB),
        labs.void_digest(LAB),
    ] == [
        "e4671ad0baa1725ba6d9e98e0d9eb3c5cf5733d2dd26ab60aaf485abcc91b04c",
        "177dc0e6c36afd54a734c1181b7cfc7f44d1be92ef722e1eaa6a7a85d9b26ad6",
        "3b568f450b34ff5abf53cceb371afb5b88465dfe9d7b0231e3a80cc11c49055a",
        "0162fa628f5e298cff22558e2a91b2db35b98c158efef7fb6360e92b67fb4926",
        "3fb6ca12b6b0adc401c52a35aecb8a52882767d5493e607f935673ac31dc7567",
    ]


def test_nothing_is_noted_about_somebody_who_is_not_there(vault: Vault) -> None:
    with pytest.raises(VaultError, match="no such patient"):
        vault.consents.note("p9", Purpose.TRAINING, Consented.GIVEN, today(), "")
    with pytest.raises(VaultError, match="no such patient"):
        vault.keeps.note("p9", "a court asked")


@pytest.mark.parametrize("details", ["{", "17", '{"sha256": "0"}'])
def test_an_event_that_was_spoilt_is_told_and_stops_nothing(
    vault: Vault, patient: Patient, lab: LabValue, details: str
) -> None:
    vault.labs.add(lab)
    vault.consents.note(patient.id, Purpose.TRAINING, Consented.GIVEN, today(), "")
    vault.keeps.note(patient.id, "a court asked")
    vault.merges.merge(vault.patients.add(Patient(id="p2", identifier="2", name="B")).id, patient, "same passport")
    assert vault.verify().ok
    spoil(vault, details)
    found = " ".join(vault.verify().problems)
    for words in ("Lab value l1 is not", "Consent ", "Why a patient is kept", "The merging of patient p2 is not"):
        assert words in found


def test_a_row_that_was_removed_is_told(vault: Vault, patient: Patient) -> None:
    vault.consents.note(patient.id, Purpose.TRAINING, Consented.GIVEN, today(), "")
    vault.keeps.note(patient.id, "a court asked")
    with vault._store.reading() as db:
        db.execute("PRAGMA query_only = OFF")
        for table in ("consents", "keeps"):
            db.execute(f"DROP TRIGGER {table}_kept")
            db.execute(f"DELETE FROM {table}")
    consent, keep = vault.verify().problems
    assert consent.startswith("The consent ") and consent.endswith(" was removed.")
    assert keep.startswith("Why a patient is kept (") and keep.endswith(") was removed.")


def spoil(vault: Vault, details: str) -> None:
    """With the key of the vault and tools of one's own."""
    with vault._store.reading() as db:
        db.execute("PRAGMA query_only = OFF")
        db.execute("DROP TRIGGER events_stay")
        for act in ("lab.add", "consent.note", "patient.keep", "patient.merge"):
            db.execute("UPDATE events SET details = ? WHERE act = ?", [details, act])
