from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.domain.picture import Picture
from clinoscope.domain.record import Patient, Sex
from clinoscope.records import Vault
from clinoscope.workflow import exams, labs

HB = labs.HAEMOGLOBIN


def test_the_kinds_are_sound() -> None:
    assert labs.kinds()[0].id == HB
    for kind in labs.kinds():
        assert kind.units[0].factor == 1
        assert kind.possible[0] <= kind.usual[0] < kind.usual[1] <= kind.possible[1]
        assert kind.source
    with pytest.raises(KeyError):
        labs.kind("height")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("12.5", "g/dL", 12.5), ("12,5", "g/dL", 12.5), (" 125 ", "g/L", 12.5), ("7.8", "mmol/L", 12.569)],
)
def test_a_comma_or_a_dot_and_every_unit(text: str, unit: str, value: float) -> None:
    typed = labs.parse(HB, text, unit)
    assert typed.value == pytest.approx(value, abs=0.001)
    assert (typed.given_unit, typed.caution) == (unit, "")


@pytest.mark.parametrize("text", ["", "abc", "12.5 g/dL", "-3", "1e3", "nan", "12.5.1", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed, match="number alone"):
        labs.parse(HB, text, "g/dL")


def test_what_cannot_be_is_refused_and_the_unit_that_fits_is_named() -> None:
    with pytest.raises(NotAllowed, match=r"^125 g/dL cannot be: .* between 1 and 30 g/dL\. Is it 125 g/L\?"):
        labs.parse(HB, "125", "g/dL")
    with pytest.raises(NotAllowed, match=r"^400 g/dL cannot be: [^?]*$"):
        labs.parse(HB, "400", "g/dL")
    with pytest.raises(NotAllowed, match="above zero"):
        labs.parse(HB, "0", "g/dL")


def test_what_is_rare_gets_a_caution() -> None:
    assert labs.parse(HB, "12.5", "g/L").caution == "Unusually low. Is it 12.5 g/dL? Then choose that unit."
    assert labs.parse(HB, "3.1", "g/dL").caution == "Unusually low. Check it against the sheet."
    assert labs.parse(HB, "24", "g/dL").caution.startswith("Unusually high.")
    assert labs.parse("white_cells", "7200", "/µL").value == pytest.approx(7.2)


def test_a_value_is_kept_as_given_and_in_its_own_unit(vault: Vault, patient: Patient) -> None:
    lab = labs.add(vault, patient, HB, "125", "g/L", date(2026, 3, 1), time(8, 15))
    assert (lab.value, lab.unit, lab.given, lab.given_unit) == (12.5, "g/dL", 125.0, "g/L")
    assert lab.drawn_at == datetime(2026, 3, 1, 8, 15).astimezone()
    assert not lab.day_only
    assert labs.words(lab) == "12.5 g/dL (given as 125 g/L)"
    assert labs.words(replace(lab, given=12.5, given_unit="g/dL")) == "12.5 g/dL"
    assert labs.of_patient(vault, patient.id) == (lab,)


def test_where_only_the_day_is_known_it_is_noon_and_says_so(vault: Vault, patient: Patient) -> None:
    lab = labs.add(vault, patient, HB, "11", "g/dL", date(2026, 3, 1))
    assert lab.day_only
    assert lab.drawn_at.astimezone().time() == time(12)


def test_the_blood_of_tomorrow_and_of_the_unborn_is_refused(vault: Vault, patient: Patient) -> None:
    here = datetime.now().astimezone()
    with pytest.raises(NotAllowed, match="still to come"):
        labs.add(vault, patient, HB, "11", "g/dL", here.date() + timedelta(days=1))
    born = replace(patient, born=date(2026, 3, 2))
    with pytest.raises(NotAllowed, match="before the patient was born"):
        labs.add(vault, born, HB, "11", "g/dL", date(2026, 3, 1))
    assert labs.add(vault, patient, HB, "11", "g/dL", here.date()).day_only  # noon may still be to come


def test_a_voided_value_is_out_of_sight(vault: Vault, patient: Patient) -> None:
    lab = labs.add(vault, patient, HB, "11", "g/dL", date(2026, 3, 1))
    gone = labs.void(vault, lab, "the neighbour's")
    assert labs.of_patient(vault, patient.id) == ()
    assert labs.of_patient(vault, patient.id, voided=True) == (gone,)


def test_the_nearest_value_to_a_picture(vault: Vault, patient: Patient, lesion: Picture) -> None:
    picture = replace(lesion, taken_at=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    exam = exams.take(vault, patient, "skin/lesion-photo", picture)
    for day, value in ((1, "9"), (8, "10"), (13, "11")):
        labs.add(vault, patient, HB, value, "g/dL", date(2026, 3, day))
    labs.add(vault, patient, "ferritin", "30", "ng/mL", date(2026, 3, 10))
    values = labs.of_patient(vault, patient.id)
    found = labs.nearest(values, exam, HB, 7)
    assert found is not None
    assert (found[0].value, found[1]) == (10.0, -2)
    without = [labs.void(vault, lab, "wrong") if lab.value == 10 else lab for lab in values]
    found = labs.nearest(without, exam, HB, 7)
    assert found is not None
    assert (found[0].value, found[1]) == (11.0, 3)
    assert labs.nearest(without, exam, HB, 2) is None
    assert labs.nearest((), exam, HB, 7) is None


@pytest.mark.parametrize(
    ("born", "sex", "limit"),
    [
        (date(2026, 2, 1), Sex.FEMALE, None),
        (date(2025, 9, 1), Sex.UNKNOWN, 10.5),
        (date(2025, 9, 2), Sex.UNKNOWN, None),
        (date(2024, 3, 1), Sex.MALE, 11.0),
        (date(2021, 3, 2), Sex.MALE, 11.0),
        (date(2021, 3, 1), Sex.MALE, 11.5),
        (date(2014, 3, 1), Sex.MALE, 12.0),
        (date(2011, 3, 1), Sex.MALE, 13.0),
        (date(2011, 3, 1), Sex.FEMALE, 12.0),
        (date(1990, 1, 1), Sex.OTHER, None),
        (date(1990, 1, 1), Sex.UNKNOWN, None),
        (None, Sex.FEMALE, None),
    ],
)
def test_whos_limits_by_age_and_sex(patient: Patient, born: date | None, sex: Sex, limit: float | None) -> None:
    assert labs.anemia_limit(replace(patient, born=born, sex=sex), date(2026, 3, 1)) == limit


def test_the_limits_say_where_they_come_from_and_what_they_leave_out() -> None:
    source, left_out = labs.anemia_notes()
    assert "World Health Organization; 2024" in source
    assert "Pregnancy" in left_out
