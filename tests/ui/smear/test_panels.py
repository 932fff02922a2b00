from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from clinoscope.domain.errors import NotAllowed, WrongPassword
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import panels, state
from clinoscope.workflow.smear.tables import KeyRefused


def told(panel: QWidget) -> str:
    return "\n".join(part.text() for part in panel.findChildren(QLabel))


def test_what_is_signed_stands_there_in_words(host: QWidget, shell: Shell, smear: Exam, ada: Patient) -> None:
    opened = state.open_smear(shell.open_vault, smear)
    opened.bench.edit(shortfall="a short drop", note="thick", comments=("toxic_granulation:2",))
    found = state.look(opened.bench)
    panel = panels.SignPanel(host, found, ada, "Grace Mensah")
    words = told(panel)
    for part in ("Ada Okafor · 1001-7", "4 white cells in 2 fields", "a short drop", "thick", "Toxic granulation"):
        assert part in words
    assert "Segmented neutrophil 50\u00a0%" in words
    assert "1 white cell in 1 field" in told(
        panels.SignPanel(host, replace(found, counted=1, fields=1), ada, "Grace Mensah")
    )
    enough = replace(found, counted=5)
    assert "a short drop" not in told(panels.SignPanel(host, enough, ada, "Grace Mensah"))


def test_a_wrong_password_waits(host: QWidget, shell: Shell, smear: Exam, ada: Patient) -> None:
    found = state.open_smear(shell.open_vault, smear).state
    panel = panels.SignPanel(host, found, ada, "Grace Mensah")
    given: list[str] = []
    panel.wanted.connect(given.append)
    panel.button.click()
    assert given == [], "nothing typed"
    panel.password.set_text("a guess")
    panel.button.click()
    panel.password.submitted.emit()
    assert given == ["a guess"], "once, however often it is asked for"
    panel.refuse(WrongPassword("The password is not right.", retry_after=5))
    assert "not right" in panel.password.error()
    panel.ask()
    assert given == ["a guess"]


def test_the_reference_panel_is_read_with_the_keyboard(host: QWidget, shell: Shell) -> None:
    panel = panels.ReferencePanel(host, panels.references(shell.open_vault), "")
    panel.open_panel()
    bar = panel.findChild(QScrollArea).verticalScrollBar()  # type: ignore[union-attr]
    QTest.qWait(10)
    QTest.keyClick(panel, Qt.Key.Key_Down)
    assert bar.value() > 0
    QTest.keyClick(panel, Qt.Key.Key_PageUp)
    assert bar.value() == 0
    assert "Drawn by Clinoscope" in told(panel)


def test_a_class_is_added_or_taken_away(host: QWidget) -> None:
    hairy = CellClass(id="own-1", name="Hairy cell", key="h", own=True)
    panel = panels.ClassesPanel(host, (hairy,))
    wanted: list[tuple[CellClass, ...]] = []
    panel.wanted.connect(wanted.append)
    panel.button.click()
    assert wanted == []
    assert panel.name.error() == "Give the class a name."
    panel.name.set_text("Sézary cell")
    panel.key.set_text(" Z ")
    panel.white.setChecked(False)
    panel.button.click()
    made = wanted[0][1]
    assert (made.name, made.key, made.white, made.own) == ("Sézary cell", "z", False, True)
    panel.refuse(KeyRefused("The key z belongs to another."))
    assert (panel.key.error(), panel.name.error()) == ("The key z belongs to another.", "")
    panel.key.set_text("y")
    panel.refuse(NotAllowed("There is a class of that name already."))
    assert panel.name.error() == "There is a class of that name already."
    assert panel.button.isEnabled()
    panel.name.submitted.emit()
    assert len(wanted) == 2, "Enter adds it, too"
    panel.take_away(hairy.id)
    assert wanted[-1] == ()


def test_a_field_is_set_aside_after_asking(host: QWidget) -> None:
    panel = panels.set_aside(host, 3, 1)
    assert panel.title.text() == "Set field 3 aside?"
    assert "Its one cell leaves the count." in told(panel)
    assert "Its 4 cells leave the count." in told(panels.set_aside(host, 3, 4))
    unread = panels.take_out(host, 248)
    assert unread.title.text() == "Take 248 fields out?"
    assert "Sheet… takes them in again" in told(unread)
    sure: list[bool] = []
    panel.wanted.connect(lambda: sure.append(True))
    panel.button.click()
    assert sure == [True]


def test_no_word_of_the_classes_is_cut(host: QWidget) -> None:
    own = tuple(CellClass(id=f"own-{n}", name=f"Class {n}", key="", white=True, own=True) for n in range(15))
    panel = panels.ClassesPanel(host, own)
    panel.open_panel(panel.name)
    QTest.qWait(10)
    scroll = panel.findChild(QScrollArea)
    assert scroll is not None
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()
