import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.records.naming import fold, latin, meant, parts, sound, typed

SCRIPTS = [
    # as it stands in the vault, as somebody types it
    ("Сергей Иванов", "sergey ivanov"),
    ("Сергей Иванов", "Sergei Iwanow"),
    ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos"),
    ("محمد علي", "mohammed ali"),
    ("محمد علي", "Muhammad"),
    ("أحمد حسن", "ahmed hassan"),
    ("משה כהן", "moshe cohen"),
    ("გიორგი ბერიძე", "giorgi beridze"),
    ("Արմեն Պետրոսյան", "armen petrosyan"),
    ("राहुल शर्मा", "rahul sharma"),
    ("สมชาย ใจดี", "somchai"),
    ("王芳", "wang fang"),
    ("王芳", "wangfang"),
    ("さくら タナカ", "sakura tanaka"),
    ("김민수", "kim"),
    ("Sergei Ivanov", "Сергей"),
    ("Wang Fang", "王芳"),
    ("Giorgos Papadopoulos", "Γιώργος"),
    ("Mohammed Ali", "محمد"),
    ("Sakura", "さくら"),
    ("Müller", "Mueller"),
    ("Mueller", "Müller"),
    ("Łukasz Wójcik", "lukasz wojcik"),
    ("Muhammad", "mohamed"),
    ("Sergej", "sergey"),
    ("Karl", "carl"),
]


@pytest.mark.parametrize(("name", "typed_so"), SCRIPTS)
def test_a_name_is_found_in_other_letters_and_spellings(vault: Vault, name: str, typed_so: str) -> None:
    for number, other in enumerate((name, "Ada Okafor", "Zoe Marchand")):
        vault.patients.add(Patient(id=f"p{number}", identifier=f"N{number}", name=other))
    assert [patient.name for patient in vault.patients.search(typed_so)] == [name]


def test_the_name_as_typed_comes_before_those_that_sound_so(vault: Vault) -> None:
    for number, name in enumerate(("Aaron Maier", "Zoe Mayer", "Berta Meyer")):
        vault.patients.add(Patient(id=f"p{number}", identifier=f"N{number}", name=name))
    assert vault.patients.search("mayer")[0].name == "Zoe Mayer"


@pytest.mark.parametrize(
    ("one", "other"),
    [("sergei", "sergey"), ("mohammed", "mhmd"), ("mueller", "muller"), ("giorgos", "georgios"), ("iwanow", "ivanov")],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("okafor", "marchand"), ("ivanov", "petrov"), ("anna", "maria")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("7 April 1992", ["7.4.1992"]),
        ("7. apr", ["7.4."]),
        ("7 martin", ["7", "martin"]),
        ("Ada 24 Dec 1987 oka", ["ada", "24.12.1987", "oka"]),
    ],
)
def test_a_month_by_its_name_is_a_date(text: str, words: list[str]) -> None:
    assert typed(text) == words


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("7-4-1992", "7.4.1992"),
        ("07/04/1992", "7.4.1992"),
        ("7.4.92", "7.4.1992"),
        ("1992/4/7", "1992-04-07"),
        ("19920407", "1992-04-07"),
    ],
)
def test_a_date_is_looked_for_in_every_usual_form(word: str, day: str) -> None:
    assert day in meant(word)[0]


def test_letters_of_one_script_stay_as_they_are() -> None:
    assert latin("Zoë Øst") == fold("Zoë Øst") == "zoe ost"
    assert parts("Anne-Marie O'Brien") == ("anne", "marie", "o'", "brien")


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    for word in typed(text):
        assert all(way for ways in meant(word) for way in ways)
    assert latin(text).isascii()
