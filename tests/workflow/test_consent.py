from datetime import date, timedelta

import pytest

from clinoscope.domain.consent import Consented, Purpose
from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.workflow import audit, consent, people

DAY = date(2026, 3, 1)


def test_the_last_answer_counts_and_all_stay(vault: Vault, patient: Patient) -> None:
    assert consent.standing(vault, patient.id) == consent.Standing()
    first = consent.note(vault, patient, Purpose.TRAINING, Consented.GIVEN, DAY, " form  17 ")
    consent.note(vault, patient, Purpose.CLINICAL, Consented.GIVEN, DAY)
    last = consent.note(vault, patient, Purpose.TRAINING, Consented.REFUSED, DAY + timedelta(days=3))
    found = consent.standing(vault, patient.id)
    assert found.training == last
    assert found.earlier == (first,)
    assert (first.note, first.by.name, first.day) == ("form 17", "Ada", DAY)
    assert found.said(Purpose.CLINICAL) is Consented.GIVEN
    assert vault.verify().ok
    words = [entry.words for entry in audit.entries(vault, audit.Filter(patient=patient.id))]
    assert words.count("Noted a consent") == 3


def test_a_day_that_cannot_be_is_refused(vault: Vault, patient: Patient) -> None:
    tomorrow = date.today() + timedelta(days=1)
    with pytest.raises(NotAllowed, match="still to come"):
        consent.note(vault, patient, Purpose.CLINICAL, Consented.GIVEN, tomorrow)
    born = people.change(vault, Patient(id=patient.id, identifier="1", name="X", born=date(2026, 3, 2)))
    with pytest.raises(NotAllowed, match="before the patient was born"):
        consent.note(vault, born, Purpose.CLINICAL, Consented.GIVEN, DAY)
    with pytest.raises(VaultError, match="no such patient"):
        consent.note(vault, Patient(id="nobody", identifier="", name=""), Purpose.CLINICAL, Consented.GIVEN, DAY)


def test_before_an_exam_it_is_said_and_nothing_is_a_wall(vault: Vault, patient: Patient) -> None:
    assert "not noted yet" in consent.before_exam(consent.standing(vault, patient.id))
    consent.note(vault, patient, Purpose.CLINICAL, Consented.REFUSED, DAY)
    assert "refused" in consent.before_exam(consent.standing(vault, patient.id))
    consent.note_emergency(vault, patient.id)
    assert vault.events(1)[0].act == "consent.passed"
    consent.note(vault, patient, Purpose.CLINICAL, Consented.GIVEN, DAY)
    assert consent.before_exam(consent.standing(vault, patient.id)) == ""


def test_the_other_ground_is_in_the_log(vault: Vault) -> None:
    assert consent.for_training(vault) == {}
    consent.set_other_ground(vault, True)
    assert consent.for_training(vault) is None
    assert "another legal ground" in audit.entries(vault, audit.Filter())[0].details
