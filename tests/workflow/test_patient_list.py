from datetime import date

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.record import Patient, Sex
from clinoscope.workflow import patient_list

TODAY = date(2026, 3, 1)


def one(text: str, day_first: bool | None = None) -> patient_list.Line:
    (line,) = patient_list.read(text.encode(), TODAY, day_first).lines
    return line


@pytest.mark.parametrize(
    "text",
    [
        "number,name,born,sex,note\n17,Ada Okafor,1990-05-17,F,tall",
        "Patient ID;Last name;First name;Date of birth;Gender;Comment\n17;Okafor;Ada;17.5.1990;female;tall",
        "MRN\tFull_Name\tDOB\tSex\tNotes\n17\tAda Okafor\t17 May 1990\tw\ttall",
        "Nummer;Nachname;Vorname;Geburtsdatum;Geschlecht;Bemerkung\n17;Okafor;Ada;17.05.1990;weiblich;tall",
        "Numéro;Nom;Prénom;Date de naissance;Sexe;Remarque\n17;Okafor;Ada;17/05/1990;femme;tall",
    ],
)
def test_columns_are_known_by_plain_words(text: str) -> None:
    ada = Patient(id="", identifier="17", name="Ada Okafor", born=date(1990, 5, 17), sex=Sex.FEMALE, note="tall")
    assert one(text).patient == ada


@pytest.mark.parametrize(
    "written",
    [
        *("1990-05-17", "1990/5/17", "1990.05.17", "19900517", "17.5.1990", "17. 5. 1990", "17/05/1990", "05/17/1990"),
        *("17-05-1990", "17 May 1990", "17-May-1990", "May 17, 1990", "1990-05-17 00:00:00", "1990-05-17T00:00:00.000"),
    ],
)
def test_dates_are_read_as_they_are_written(written: str) -> None:
    assert patient_list.birth_date(written, TODAY, None) == date(1990, 5, 17)


def test_a_date_that_could_be_two_is_asked_about_and_never_guessed() -> None:
    text = "name,born\nAda,03/04/1990\nZoe,05/05/1990\nEmre,17/05/1990"
    table = patient_list.read(text.encode(), TODAY)
    assert [bool(line.error) for line in table.lines] == [True, False, False]
    assert "day or the month comes first" in table.lines[0].error
    assert table.undecided == 1
    for day_first, born in ((True, date(1990, 4, 3)), (False, date(1990, 3, 4))):
        patient = patient_list.read(text.encode(), TODAY, day_first).lines[0].patient
        assert patient is not None and patient.born == born


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",1990-05-17,F", "no name"),
        ("Ada,1990-02-30,F", "no day of the calendar"),
        ("Ada,2026-03-02,F", "still to come"),
        ("Ada,1890-01-01,F", "more than 120 years"),
        ("Ada,17.5.90,F", "two digits"),
        ("Ada,soon,F", "no birth date"),
        ("Ada,1990-05-17,blue", "no sex"),
        (f"{'Ada' * 80},1990-05-17,F", "quotation mark"),
    ],
)
def test_what_is_wrong_with_a_line_is_a_sentence(line: str, told: str) -> None:
    found = one(f"name,born,sex\n{line}")
    assert found.patient is None
    assert found.number == 2
    assert told in found.error


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    table = patient_list.read(b"name,phone\nAda,1\n\n ,\nZoe,2", TODAY)
    assert [(line.number, line.patient.name) for line in table.lines if line.patient] == [(2, "Ada"), (5, "Zoe")]
    assert table.unused == ("phone",)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "must name the columns"),
        (b"colour,size\nred,1", "must name the columns"),
        (b"name,born\n", "no patient in this list"),
        (b"name,full name\na,b", "Two columns are the name"),
        (b"PK\x03\x04rest", "save it there as CSV"),
        (b"\x89PNG\0\0", "no list of patients"),
        (b"\0" * (patient_list.LARGEST + 1), "too large"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(NotAllowed, match=told):
        patient_list.read(data, TODAY)


def test_the_template_and_an_export_are_read_again() -> None:
    assert len(patient_list.read(patient_list.template(), TODAY).lines) == 1
    people = [
        Patient(id="", identifier="+17", name="=cmd|' /C calc'!A0", note="@note"),
        Patient(id="", identifier="-3", name="Zoë Ångström", born=date(1990, 5, 17), sex=Sex.OTHER),
    ]
    data = patient_list.written(people)
    assert b"\r\n'+17,'=cmd" in data
    assert [line.patient for line in patient_list.read(data, TODAY).lines] == people
