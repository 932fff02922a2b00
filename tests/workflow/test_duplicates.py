from dataclasses import replace
from datetime import date

import pytest

from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.workflow import duplicates

ADA = Patient(id="ada", identifier="4711", name="Ada Okafor", sex=Sex.FEMALE, born=date(1990, 3, 12))
SERGEI = Patient(id="sergei", identifier="4720", name="Сергей Иванов", sex=Sex.MALE, born=date(1971, 7, 1))


@pytest.fixture
def clinic(vault: Vault) -> Vault:
    for person in (ADA, SERGEI, Patient(id="zoe", identifier="4730", name="Zoe Marchand", born=date(1955, 12, 24))):
        vault.patients.add(person)
    return vault


def typed(name: str, born: date | None = None, sex: Sex = Sex.UNKNOWN, identifier: str = "") -> Patient:
    return Patient(id="new", identifier=identifier, name=name, born=born, sex=sex)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (typed("Ada Okafor", ADA.born), "the same name, the same birth date"),
        (typed("okafor ada"), "the same name"),
        (typed("Okafor, Ada", date(1990, 12, 3)), "the same name, a birth date one slip away"),
        (typed("Ada Okafro", date(1990, 3, 21)), "a name much alike, a birth date one slip away"),
        (typed("Ada Maria Okafor", date(1990, 3, 12)), "a name much alike, the same birth date"),
        (typed("A. Okafor", date(1990, 3, 12)), "a name much alike, the same birth date"),
        (typed("Ada Berg", date(1990, 3, 12), Sex.FEMALE), "part of the name, the same birth date"),
        (typed("Ada Okafor", date(1990, 1, 1)), "the same name, the same year of birth"),
        (typed("Ada Okafor", date(1951, 8, 30), identifier="4171"), "the same name, a number one slip away"),
        (typed("Оказался Кто", date(1990, 3, 12), identifier="4712"), "the same birth date, a number one slip away"),
    ],
)
def test_the_same_person_is_shown(clinic: Vault, entry: Patient, why: str) -> None:
    (found,) = duplicates.likely(clinic, entry)
    assert (found.patient, found.recorded, found.why) == (ADA, ADA, why)


@pytest.mark.parametrize("name", ["Sergei Ivanov", "Iwanow Sergey", "Сергей Иванов", "Serhei Ivanov"])
def test_a_name_in_another_script_is_the_same_person(clinic: Vault, name: str) -> None:
    (found,) = duplicates.likely(clinic, typed(name, SERGEI.born))
    assert found.patient == SERGEI


@pytest.mark.parametrize(
    "entry",
    [
        typed(""),
        typed("Ada"),
        typed("Ada Okafor", date(1951, 8, 30)),
        typed("Kofi Mensah", date(1990, 3, 12)),
        typed("Kofi Mensah", identifier="4712"),
        typed("Ada Mensah", date(1971, 7, 2)),
        typed("123", date(1990, 3, 12)),
    ],
)
def test_somebody_else_is_not_shown(clinic: Vault, entry: Patient) -> None:
    assert duplicates.likely(clinic, entry) == ()


def test_another_sex_speaks_against_it() -> None:
    same, _ = duplicates.score(ADA, replace(ADA, id="new"))
    other, _ = duplicates.score(ADA, replace(ADA, id="new", sex=Sex.MALE))
    unknown, _ = duplicates.score(ADA, replace(ADA, id="new", sex=Sex.UNKNOWN))
    assert other < unknown < same


def test_a_merged_record_leads_to_the_kept_one(clinic: Vault) -> None:
    kept = clinic.patients.add(Patient(id="kept", identifier="9", name="Adaeze Berg", born=date(1990, 3, 13)))
    clinic.merges.merge("ada", kept, "same passport")
    (found,) = duplicates.likely(clinic, typed("Ada Okafor"))
    assert (found.patient, found.recorded) == (kept, ADA)


def test_the_larger_the_vault_the_more_it_takes() -> None:
    assert duplicates.limit_of(10) == duplicates.limit_of(1000) < duplicates.limit_of(100_000)


def test_no_more_than_a_few_are_shown(vault: Vault) -> None:
    for number in range(6):
        vault.patients.add(replace(ADA, id=f"a{number}", identifier=f"N{number}"))
    assert len(duplicates.likely(vault, typed("Ada Okafor", ADA.born))) == 3
