from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.errors import NotAllowed, VaultError
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.records.patients import fold, numbered


def someone(number: int, name: str, identifier: str = "", born: date | None = None) -> Patient:
    return Patient(id=f"p{number}", identifier=identifier or f"N{number}", name=name, born=born)


@pytest.fixture
def clinic(vault: Vault) -> Vault:
    people = [
        someone(1, "Ada Okafor", "2187-3", date(1992, 4, 7)),
        someone(2, "José Müller-Ødegård", "A/77", date(1987, 12, 24)),
        someone(3, "Hannah Smith"),
        someone(4, "Anna 100% Test_Person"),
        someone(5, "王芳"),
        someone(6, "Özlem ŞAHİN"),
    ]
    for person in people:
        vault.patients.add(person)
    return vault


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("okafor", ["p1"]),
        ("KAF", ["p1"]),
        ("ok", ["p1"]),
        ("ada oka", ["p1"]),
        ("oka ada", ["p1"]),
        ("jose", ["p2"]),
        ("muller", ["p2"]),
        ("MÜLL", ["p2"]),
        ("odegard", ["p2"]),
        ("ann", ["p4", "p3"]),  # a name that begins so comes first
        ("ann smi", ["p3"]),
        ("2187", ["p1"]),
        ("187-3", ["p1"]),
        ("a/77", ["p2"]),
        ("1992-04", ["p1"]),
        ("07.04.1992", ["p1"]),
        ("7.4.1992", ["p1"]),
        ("12/24/1987", ["p2"]),
        ("24/12/1987 jo", ["p2"]),
        ("王", ["p5"]),
        ("王芳", ["p5"]),
        ("sahin", ["p6"]),
        ("100%", ["p4"]),
        ("0%", ["p4"]),
        ("t_p", ["p4"]),
        ("_", ["p4"]),
        ("\\", []),
        ('"', []),
        ('"ann" OR *', []),
        ("nobody", []),
    ],
)
def test_any_part_of_a_name_number_or_birth_date_finds(clinic: Vault, typed: str, found: list[str]) -> None:
    assert [patient.id for patient in clinic.patients.search(typed)] == found


def test_an_empty_search_shows_who_was_changed_last(clinic: Vault) -> None:
    clinic.patients.change(replace(clinic.patients.get("p3"), note="tall"))
    assert [patient.id for patient in clinic.patients.search("  ")][:2] == ["p3", "p6"]


def test_no_more_than_the_limit_is_found(clinic: Vault) -> None:
    assert len(clinic.patients.search("a", limit=2)) == 2
    assert len(clinic.patients.search("", limit=3)) == 3
    assert len(clinic.patients.search("n", limit=2)) == 2


def test_a_patient_comes_back_as_added(vault: Vault) -> None:
    added = Patient(id="p", identifier="1", name="A", sex=Sex.OTHER, born=date(1900, 1, 31), note="allergic\nto all")
    vault.patients.add(added)
    assert vault.patients.get("p") == added


def test_spaces_are_tidied(vault: Vault) -> None:
    tidy = vault.patients.add(Patient(id="p", identifier=" 1  2 ", name="  Ada   O ", note=" n "))
    assert (tidy.identifier, tidy.name, tidy.note) == ("1 2", "Ada O", "n")
    assert vault.patients.get("p") == tidy


def test_a_change_is_found_under_the_new_words_only(clinic: Vault) -> None:
    clinic.patients.change(replace(clinic.patients.get("p1"), name="Ada Berg"))
    assert clinic.patients.search("okafor") == ()
    assert [patient.id for patient in clinic.patients.search("berg")] == ["p1"]
    assert clinic.verify().ok


def test_an_unchanged_patient_writes_nothing(clinic: Vault) -> None:
    before = clinic.events()
    clinic.patients.change(clinic.patients.get("p1"))
    assert clinic.events() == before


@pytest.mark.parametrize("identifier", ["2187-3", " 2187-3 ", "a/77", "Á/77"])
def test_a_taken_number_is_refused(clinic: Vault, identifier: str) -> None:
    before = clinic.events()
    with pytest.raises(NotAllowed, match="Another patient has this number"):
        clinic.patients.add(someone(9, "New", identifier))
    with pytest.raises(NotAllowed, match="Another patient has this number"):
        clinic.patients.change(replace(clinic.patients.get("p3"), identifier=identifier))
    assert clinic.events() == before


def test_a_name_and_a_number_are_needed(vault: Vault) -> None:
    with pytest.raises(NotAllowed, match="needs a name"):
        vault.patients.add(someone(1, "  "))
    with pytest.raises(NotAllowed, match="needs a number"):
        vault.patients.add(someone(1, "A", " "))


def test_an_unknown_patient_is_a_sentence(vault: Vault) -> None:
    with pytest.raises(VaultError, match="no such patient"):
        vault.patients.get("x")
    with pytest.raises(VaultError, match="no such patient"):
        vault.patients.change(someone(1, "A"))


def test_the_suggested_number_is_the_next_free_one(vault: Vault) -> None:
    assert vault.patients.suggest_identifier() == "1001-7"
    vault.patients.add(someone(1, "A", "1001-7"))
    vault.patients.add(someone(2, "B", "5000-1"))  # not ours: the check digit of 5000 is 9
    vault.patients.add(someone(3, "C", "2187-3"))
    assert vault.patients.suggest_identifier() == numbered(2188)
    vault.patients.change(someone(3, "C", "x"))
    assert vault.patients.suggest_identifier() == numbered(1002)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
