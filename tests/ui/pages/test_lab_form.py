from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import today
from clinoscope.ui.pages.lab_form import LabForm
from clinoscope.ui.shell import Shell
from clinoscope.workflow import labs


@pytest.fixture
def form(shell: Shell, ada: Patient, at_once: None) -> LabForm:
    made = LabForm(shell)
    made.open_for(ada)
    return made


@pytest.fixture
def added(form: LabForm) -> list[LabValue]:
    found: list[LabValue] = []
    form.added.connect(found.append)
    return found


def retype(field: object, text: str) -> None:
    field.edit.clear()  # type: ignore[attr-defined]
    QTest.keyClicks(field.edit, text)  # type: ignore[attr-defined]


def test_typed_and_entered_it_is_in_the_vault(form: LabForm, added: list[LabValue], shell: Shell, ada: Patient) -> None:
    retype(form.value, "12,5")
    retype(form.day, "1.3.2026")
    retype(form.time, "8.15")
    assert form.day.help_text() == "1 Mar 2026"
    QTest.keyClick(form.time.edit, Qt.Key.Key_Return)
    (lab,) = added
    assert labs.of_patient(shell.open_vault, ada.id) == (lab,)
    assert (lab.value, lab.day_only, lab.added_by.name) == (12.5, False, "Grace Mensah")
    assert lab.drawn_at == datetime(2026, 3, 1, 8, 15).astimezone()


def test_drawn_today_unless_told_otherwise(form: LabForm, added: list[LabValue]) -> None:
    retype(form.value, "11")
    form.add.click()
    assert added[0].drawn_at.astimezone().date() == today()
    assert added[0].day_only


def test_what_cannot_be_stays_in_the_field_and_the_unit_that_fits_is_named(
    form: LabForm, added: list[LabValue]
) -> None:
    retype(form.value, "125")
    form.save()
    assert not added
    assert "Is it 125 g/L?" in form.value.error()
    form.unit.setCurrentText("g/L")
    assert form.value.error() == ""
    assert form.value.help_text() == "= 12.5 g/dL"
    form.save()
    assert (added[0].given, added[0].given_unit, added[0].value) == (125, "g/L", 12.5)


def test_what_is_rare_gets_a_caution_and_can_be_added(form: LabForm, added: list[LabValue]) -> None:
    retype(form.value, "3.1")
    assert form.value.help_text() == "Unusually low. Check it against the sheet."
    assert form.value._line.property("tone") == "amber"
    form.save()
    assert len(added) == 1


def test_every_kind_has_its_own_units(form: LabForm) -> None:
    form.kind.setCurrentIndex(form.kind.findData("white_cells"))
    assert [form.unit.itemText(place) for place in range(form.unit.count())] == ["10⁹/L", "/µL"]
    retype(form.value, "7200")
    form.unit.setCurrentText("/µL")
    assert form.value.help_text() == "= 7.2 10⁹/L"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("value", "twelve", "number alone"),
        ("day", "", "the day the blood was drawn"),
        ("day", f"{date.today() + timedelta(days=2):%Y-%m-%d}", "still to come"),
        ("day", "1989-01-01", "before the patient was born"),
        ("time", "25:00", "like 14:30"),
    ],
)
def test_a_field_that_is_wrong_says_why(
    form: LabForm, added: list[LabValue], field: str, text: str, words: str
) -> None:
    retype(form.value, "12")
    retype(getattr(form, field), text)
    form.save()
    assert words in getattr(form, field).error()
    assert not added


def test_tab_goes_through_it_in_the_order_of_the_eye(form: LabForm) -> None:
    stops = [form.kind, form.unit, form.value.edit, form.day.edit, form.time.edit, form.add, form.cancel]
    chain, here = [], form.kind
    for _ in range(40):
        if here in stops and here not in chain:
            chain.append(here)
        here = here.nextInFocusChain()
    assert chain == stops


def test_escape_puts_it_away(form: LabForm) -> None:
    left: list[bool] = []
    form.left.connect(lambda: left.append(True))
    QTest.keyClick(form.value.edit, Qt.Key.Key_Escape)
    assert left == [True]
