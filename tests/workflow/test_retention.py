from dataclasses import replace
from datetime import date

import pytest

from clinoscope.domain.erasure import Reason
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.workflow import erasure, exams, labs, retention
from clinoscope.workflow.retention import Rule, until

PASSWORD = "a long enough one"
TEN = Rule(10, 10)


@pytest.mark.parametrize(
    ("last", "born", "end"),
    [
        (date(2015, 5, 1), None, date(2025, 5, 1)),
        (date(2015, 5, 1), date(1980, 1, 1), date(2025, 5, 1)),
        (date(2015, 5, 1), date(2010, 1, 1), date(2038, 1, 1)),  # five years old then
        (date(2015, 5, 1), date(1997, 5, 1), date(2025, 5, 1)),  # came of age that day
        (date(2015, 5, 1), date(1997, 5, 2), date(2025, 5, 2)),
        (date(2016, 2, 29), None, date(2026, 3, 1).replace(day=1)),
    ],
)
def test_until_when_a_patient_is_kept(last: date, born: date | None, end: date) -> None:
    assert until(last, born, TEN) == end


def test_nothing_is_due_by_default_and_nothing_goes_by_itself(vault: Vault, patient: Patient) -> None:
    assert retention.rule(vault) is None
    assert retention.due(vault, date(2999, 1, 1)) == ()
    retention.set_rule(vault, Rule(1, 1))
    (one,) = retention.due(vault, date(2999, 1, 1))
    assert one.patient == patient
    assert vault.patients.get(patient.id)


def test_the_last_visit_counts_and_who_is_kept_says_why(vault: Vault, patient: Patient, lesion: Picture) -> None:
    retention.set_rule(vault, TEN)
    labs.add(vault, patient, labs.HAEMOGLOBIN, "12", "g/dL", date(2012, 3, 3))
    (one,) = retention.due(vault, date(2022, 3, 3))
    assert (one.last, one.until, one.kept) == (date(2012, 3, 3), date(2022, 3, 3), "")
    assert retention.due(vault, date(2022, 3, 2)) == ()
    with pytest.raises(NotAllowed, match="in a few words"):
        retention.keep(vault, patient.id, " ")
    retention.keep(vault, patient.id, "a lawsuit  goes on")
    assert retention.due(vault, date(2022, 3, 3))[0].kept == "a lawsuit goes on"
    retention.keep_no_more(vault, patient.id)
    assert retention.due(vault, date(2022, 3, 3))[0].kept == ""
    exams.take(vault, patient, "skin/lesion-photo", lesion)
    assert retention.due(vault, date(2022, 3, 3)) == ()
    erasure.erase(vault, patient.id, Reason.RETENTION, patient.identifier, PASSWORD)
    assert retention.due(vault, date(2999, 1, 1)) == ()
    assert vault.verify().ok


def test_who_is_kept_is_kept_under_the_record_that_they_were_merged_into(vault: Vault, patient: Patient) -> None:
    retention.set_rule(vault, TEN)
    twin = vault.patients.add(replace(patient, id="twin", identifier="T-1"))
    retention.keep(vault, patient.id, "a lawsuit goes on")
    vault.merges.merge(patient.id, twin, "same passport")
    (one,) = retention.due(vault, date(2999, 1, 1))
    assert (one.patient, one.kept) == (twin, "a lawsuit goes on")
    retention.keep_no_more(vault, twin.id)
    assert retention.due(vault, date(2999, 1, 1))[0].kept == ""


def test_a_rule_is_at_least_a_year_and_in_the_log(vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        retention.set_rule(vault, Rule(0, 1))
    retention.set_rule(vault, TEN)
    assert vault.events(1)[0].details == {"to": "10 years, minors 10 years after coming of age"}
    retention.set_rule(vault, None)
    assert retention.rule(vault) is None
    assert 10 in retention.offered()
