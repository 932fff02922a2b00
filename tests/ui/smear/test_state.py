from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.region import Box
from clinoscope.domain.smear import Why
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import state
from clinoscope.workflow import models


def test_a_look_has_all_that_is_shown(shell: Shell, smear: Exam) -> None:
    opened = state.open_smear(shell.open_vault, smear)
    found = opened.state
    assert opened.patient.name == "Ada Okafor"
    assert (found.counted, found.fields, found.waiting, found.aside) == (4, 2, 0, {})
    assert found.phantom
    assert found.comparison is None
    assert [model.name for model in found.models] == ["neutrophil-cells"]
    assert sorted(found.open) == [1, 2, 3, 4, 5]
    assert len(found.hindrances) >= 2
    assert not found.can_undo


def test_what_is_decided_is_not_open_and_a_field_aside_is_named(shell: Shell, smear: Exam) -> None:
    bench = state.open_smear(shell.open_vault, smear).bench
    bench.confirm((1, 2, 5))
    bench.set_aside(1)
    found = state.look(bench)
    assert sorted(found.open) == [4, 5], "confirmed as unidentified, it still needs a class"
    assert found.aside == {1: Why.BY_HAND}
    assert found.strange == ()
    assert found.fields == 1
    assert found.can_undo


def test_a_new_one_is_begun_for_a_patient(shell: Shell, ada: Patient) -> None:
    opened = state.begin(shell.open_vault, ada.id)
    assert opened.state.bands == ()
    assert opened.bench.sheet.target == 100


def test_the_models_stand_in_a_line(shell: Shell, smear: Exam) -> None:
    vault = shell.open_vault
    assert state.standing(vault, ()) == ""
    read_by = state.open_smear(vault, smear).state.models
    assert state.standing(vault, read_by).startswith("Read by neutrophil-cells 2.0.0. ")


def test_where_they_stand_is_said_once(shell: Shell) -> None:
    count = models.of_task("neutrophil/cells")
    refs = (count.ref, *(ModelRef(use.name, use.version, use.sha256) for use in count.uses))
    assert state.standing(shell.open_vault, refs).count("Not validated here") == 1
    assert state.standing(shell.open_vault, refs).endswith(state.MORE_OPEN)


def test_cells_are_told_by_field_with_those_that_count_elsewhere(shell: Shell, smear: Exam) -> None:
    vault = shell.open_vault
    bench = state.open_smear(vault, smear).bench
    found = state.look(bench)
    assert found.read == (1, 2)
    assert {number: [cell.number for cell in cells] for number, cells in found.lying.items()} == {
        1: [1, 2, 3],
        2: [4, 5],
    }
    assert found.by_hand == 0
    added = bench.add_cell(1, Box(100, 70, 30, 30))
    found = state.look(bench)
    assert (found.by_hand, found.lying[1][-1].number) == (1, added.number)
    bench.take_away(added.number)
    found = state.look(bench)
    assert (found.by_hand, len(found.lying[1])) == (0, 3)
