from datetime import date

from clinoscope.domain.record import Patient, Sex
from clinoscope.ui.context_bar import ContextBar, details, spoken
from clinoscope.ui.shell import Shell

ADA = Patient(id="p1", identifier="2187-4", name="Ada Okafor", sex=Sex.FEMALE, born=date(1992, 3, 4))
ON = date(2026, 11, 20)


def test_only_what_is_known_is_said() -> None:
    assert details(ADA, ON) == "F · 34 y · 2187-4"
    assert details(Patient(id="p", identifier="7", name="Unknown"), ON) == "7"
    assert spoken(ADA, ON) == "Ada Okafor, female, 34 years, 2187-4"


def test_it_is_there_while_a_patient_is_open(shell: Shell) -> None:
    bar, went = ContextBar(shell), []
    shell.went.connect(lambda place, what: went.append((place, what)))
    assert bar.isHidden()
    shell.set_context(ADA)
    bar.show_patient(ADA)
    assert bar.isVisible()
    bar.new_exam.click()
    assert went == [("exam", {"patient_id": "p1", "mode": None})]
    bar.show_place("exam")
    assert bar.new_exam.isHidden(), "in the middle of an exam there is no other to begin"
    bar.show_place("people")
    assert (bar.new_exam.isHidden(), bar.new_exam.kind) == (False, "quiet")
    bar.show_place("patient")
    assert bar.new_exam.kind == "primary"
    bar.show_patient(None)
    assert bar.isHidden()
