from datetime import date, time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Patient
from clinoscope.ui.pages.lab_block import LabBlock, drawn
from clinoscope.ui.shell import Shell
from clinoscope.workflow import labs


@pytest.fixture
def block(shell: Shell, ada: Patient, at_once: None) -> LabBlock:
    made = LabBlock(shell)
    shell.changed.connect(lambda kind: made.reload() if kind == "labs" else None)
    made.show()
    made.show_for(ada, ())
    return made


@pytest.fixture
def hb(shell: Shell, ada: Patient) -> LabValue:
    return labs.add(shell.open_vault, ada, labs.HAEMOGLOBIN, "11.8", "g/dL", date(2026, 3, 1), time(8, 15))


def words(block: LabBlock) -> str:
    return "\n".join(found.text() for row in block.rows for found in row.findChildren(QLabel))


def test_without_values_it_says_so(block: LabBlock) -> None:
    assert block.none.isVisible()
    assert not block.more.isVisible()


def test_each_value_tells_what_when_and_who(block: LabBlock, shell: Shell, ada: Patient, hb: LabValue) -> None:
    labs.add(shell.open_vault, ada, labs.HAEMOGLOBIN, "98", "g/L", date(2026, 4, 1))
    assert [row.lab.value for row in block.rows] == [pytest.approx(9.8), 11.8]
    told = words(block)
    assert "9.8 g/dL (given as 98 g/L)" in told
    assert "Haemoglobin · 1 Mar 2026 08:15" in told
    assert "Added by Grace Mensah" in told
    assert drawn(block.rows[0].lab) == "1 Apr 2026"
    assert not block.none.isVisible()


def test_one_is_added_with_the_keyboard_alone(block: LabBlock) -> None:
    block.shortcut.activated.emit()  # Ctrl+B itself is pressed in tests/flows
    assert block.form.isVisible()
    QTest.keyClicks(block.form.value.edit, "12.5")
    QTest.keyClick(block.form.value.edit, Qt.Key.Key_Return)
    assert not block.form.isVisible()
    assert [row.lab.value for row in block.rows] == [12.5]


def test_a_wrong_one_is_voided_with_a_reason_and_can_be_looked_at(block: LabBlock, hb: LabValue) -> None:
    (row,) = block.rows
    row.void.click()
    assert row.asking.isVisible()
    QTest.keyClick(row.reason.edit, Qt.Key.Key_Return)
    assert "few words" in row.reason.error()
    QTest.keyClicks(row.reason.edit, "the neighbour's")
    QTest.keyClick(row.reason.edit, Qt.Key.Key_Return)
    assert block.rows == []
    assert block.more.text() == "Show 1 voided"
    block.more.click()
    assert "by Grace Mensah: the neighbour's" in words(block)
    assert [button for row in block.rows for button in row.findChildren(QPushButton)] == []
    block.more.click()
    assert block.rows == []


def test_a_value_can_be_kept_after_all(block: LabBlock, hb: LabValue) -> None:
    (row,) = block.rows
    row.void.click()
    QTest.keyClicks(row.reason.edit, "hm")
    QTest.keyClick(row.reason.edit, Qt.Key.Key_Escape)
    assert not row.asking.isVisible()
    assert labs.of_patient(block._shell.open_vault, hb.patient_id) == (hb,)


def test_voided_meanwhile_elsewhere_it_says_so_and_reads_again(block: LabBlock, shell: Shell, hb: LabValue) -> None:
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))
    (row,) = block.rows
    shell.blockSignals(True)
    labs.void(shell.open_vault, hb, "elsewhere")
    shell.blockSignals(False)
    row.void_wanted.emit(hb, "again")
    assert "voided already" in warned[0]
    assert block.rows == []


def test_another_patient_begins_afresh(block: LabBlock, shell: Shell, hb: LabValue) -> None:
    block.add.click()
    block.show_for(shell.open_vault.patients.add(Patient(id="p2", identifier="2", name="Béla Szőke")), ())
    assert block.rows == []
    assert not block.form.isVisible()
