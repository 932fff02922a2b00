from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from clinoscope.domain.reading import Reading
from clinoscope.domain.record import Exam, Patient
from clinoscope.ui.exam.follow_block import STRONGEST, FollowBlock


def test_it_is_there_only_with_earlier_visits(
    host: QWidget, ada: Patient, add_exam: Callable[..., Exam], pallor: Callable[[float], Reading]
) -> None:
    block = FollowBlock(host)
    block.show_visits(())
    assert not block.isVisible()
    newer, older = add_exam(ada.id, 2, pallor(41)), add_exam(ada.id, 9, pallor(52))
    block.show_visits((newer, older))
    assert block.isVisible()
    assert block.visits.currentText().endswith("Pallor index 41 ± 4")
    chosen: list[object] = []
    block.chosen.connect(chosen.append)
    block.visits.activated.emit(1)
    assert chosen == [older]


def test_what_was_remembered_is_set_without_a_word(host: QWidget) -> None:
    block, told = FollowBlock(host), []
    block.changed.connect(lambda: told.append(1))
    block.set_how(True, 70, edges=True)
    assert (block.on.isChecked(), block.strength.value(), block.edges) == (True, 70, True)
    assert told == []
    block.strength.setValue(200)
    assert block.strength.value() == STRONGEST
    block.on.toggle()
    assert len(told) == 2
    assert not block.strength.isVisibleTo(block)
