from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinoscope.domain.access import Role
from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient
from clinoscope.records import Vault
from clinoscope.workflow import exams, numbers, people
from clinoscope.workflow.numbers import Rule

PATTERN = Rule("AA-######", "luhn", strict=True)


@pytest.mark.parametrize("scheme", numbers.schemes(), ids=lambda scheme: scheme.id)
def test_the_example_of_each_scheme_is_right_and_any_one_wrong_digit_is_told(scheme: numbers.Scheme) -> None:
    assert numbers.checks(scheme.id, scheme.example)
    for place, sign in enumerate(scheme.example):
        if sign.isdigit():
            for other in set("0123456789") - {sign}:
                assert not numbers.checks(scheme.id, scheme.example[:place] + other + scheme.example[place + 1 :])


@pytest.mark.parametrize("scheme", ["nhs", "iso-mod-97-10"])
def test_digits_that_changed_places_are_told(scheme: str) -> None:
    digits = next(entry.example for entry in numbers.schemes() if entry.id == scheme).replace(" ", "")
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        assert swapped == digits or not numbers.checks(scheme, swapped)


@pytest.mark.parametrize(
    ("held", "number", "told"),
    [
        (Rule(), "2187-3", ""),
        (Rule(), "2187-4", "check digit"),
        (Rule(), "A/77", ""),
        (Rule(), "20-3-1", ""),
        (Rule("AA-######"), "kx-123456", ""),
        (Rule("AA-######"), "KX-12345", "look like AA-123456"),
        (Rule("AA-######"), "K1-123456", "look like"),
        (Rule("AA-######"), "KX 123456", "look like"),
        (Rule("X#/##"), "K1/23", ""),
        (Rule("X#/##"), "91/23", ""),
        (Rule("### ### ####", "nhs"), "943 476 5919", ""),
        (Rule("### ### ####", "nhs"), "943 476 5918", "check digit"),
        (Rule("### ### ####", "nhs"), "", ""),
    ],
)
def test_what_is_wrong_is_a_sentence(held: Rule, number: str, told: str) -> None:
    sentence = numbers.wrong(held, number)
    assert (told in sentence) if told else sentence == ""


@given(st.text("A#X-/ ", min_size=4, max_size=12).map(str.strip), st.sampled_from(["", "luhn", "iso-mod-11-10"]))
def test_the_example_fits_its_rule(mask: str, scheme: str) -> None:
    if sum(sign in "#X" for sign in mask) >= 2 and "  " not in mask:
        assert numbers.wrong(Rule(mask, scheme), numbers.example(Rule(mask, scheme))) == ""


def test_a_strict_pattern_refuses_and_a_kind_one_does_not(vault: Vault) -> None:
    assert numbers.suggested(vault) == "1001-7"
    old = exams.new_patient(vault, name="Old", identifier="whatever")
    numbers.set_rule(vault, PATTERN)
    assert numbers.suggested(vault) == ""
    with pytest.raises(NotAllowed, match="look like"):
        exams.new_patient(vault, name="New", identifier="17")
    exams.new_patient(vault, name="New", identifier=numbers.example(PATTERN))
    changed = people.change(vault, replace(old, name="Older"))  # who is there is never asked
    with pytest.raises(NotAllowed, match="look like"):
        people.change(vault, replace(changed, identifier="18"))
    numbers.set_rule(vault, replace(PATTERN, strict=False))
    assert people.change(vault, replace(changed, identifier="18")).identifier == "18"
    assert numbers.set_rule(vault, Rule()) == numbers.rule(vault) == Rule()


def test_how_patients_are_numbered_is_told(vault: Vault) -> None:
    assert numbers.in_words(vault) == numbers.OURS
    numbers.set_rule(vault, PATTERN)
    assert numbers.in_words(vault).endswith("Luhn; others are refused.")
    numbers.set_rule(vault, Rule("AA-###"))
    assert numbers.in_words(vault) == f"The clinic's own, such as {numbers.example(Rule('AA-###'))}; no check digit."


@pytest.mark.parametrize("held", [Rule("--"), Rule("#" * 41), Rule("A#", "luhn")])
def test_a_pattern_that_is_none_is_refused(vault: Vault, held: Rule) -> None:
    with pytest.raises(NotAllowed):
        numbers.set_rule(vault, held)


def test_who_may_not_set_it(vault: Vault) -> None:
    vault.custody.add_user("Chief", "another long one", [Role.ADMINISTRATOR])
    vault.custody.set_roles(vault.user.id, [Role.ASSISTANT])
    with pytest.raises(NotAllowed, match="may not set how patients are numbered"):
        numbers.set_rule(vault, Rule())


def test_merging_asks_for_leave_and_comes_apart(vault: Vault, patient: Patient) -> None:
    other = exams.new_patient(vault, name="Test Parson", identifier="17", in_spite_of=[patient.id])
    assert vault.events(1)[0].details == {"in_spite_of": [patient.id]}
    people.merge(vault, other.id, patient, "same card")
    assert [merge.patient for merge in people.merges_of(vault, patient.id)] == [other]
    people.look_at(vault, other.id)
    assert vault.events(1)[0].subject == patient.id
    assert people.separate(vault, other.id) == other
    assert people.merges_of(vault, patient.id) == ()


def test_a_report_says_under_which_number_it_was_made(vault: Vault, patient: Patient, lesion: Picture) -> None:
    exam = exams.take(vault, patient, "skin/lesion-photo", lesion)
    other = exams.new_patient(vault, name="Kept Person", identifier="17-X")
    people.merge(vault, patient.id, other, "same card")
    pdf = pypdfium2.PdfDocument(exams.report(vault, exam))
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    assert "Kept Person" in text
    assert "No. 17-X" in text
    assert f"made under No. {patient.identifier}" in text
