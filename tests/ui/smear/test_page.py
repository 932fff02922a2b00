from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from clinoscope.domain.access import Role
from clinoscope.domain.errors import VaultError
from clinoscope.domain.record import Patient
from clinoscope.paths import RESOURCES
from clinoscope.ui import tasks
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear import state
from clinoscope.ui.smear.page import BLIND, SmearPage
from clinoscope.workflow.smear.second import SECOND


def test_a_new_one_begins_with_the_way_to_fields(shell: Shell, ada: Patient, at_once: None) -> None:
    made = SmearPage(shell)
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    made.enter(patient_id=ada.id)
    assert made.desk.add_files.hasFocus()
    assert shell.patient == ada
    assert not made.busy
    made.leave()


def test_an_answer_that_comes_after_the_page_moved_on_is_dropped(
    page: SmearPage, shell: Shell, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    tasks.use_pool(tasks.ThreadPool())
    came: list[str] = []
    warned: list[str] = []
    shell.warned.connect(lambda text, _level: warned.append(text))

    def fails() -> None:
        raise VaultError("The disk is gone.")

    page.run(lambda: "late", done=came.append)
    page.run(fails, done=came.append)
    page.leave()
    assert wait_for(lambda: tasks.running() == 0)
    QTest.qWait(20)
    assert came == []
    assert warned == []


def test_escape_closes_the_report(page: SmearPage) -> None:
    page._rooms.setCurrentWidget(page.report)
    page.report.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.desk.isVisible()
    assert page.gallery.hasFocus()


def test_a_picture_let_go_over_the_page_becomes_a_field(page: SmearPage) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(RESOURCES / "phantoms" / "smear.png"))])
    copy, left, nothing = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.read_on = lambda: None  # type: ignore[method-assign]  # what is stored is looked at alone
    page.dropEvent(QDropEvent(QPointF(QPoint(200, 200)), copy, mime, left, nothing))
    assert page.state is not None
    assert page.state.fields == 3
    assert page.state.waiting == 1


@pytest.fixture
def said(shell: Shell) -> list[str]:
    told: list[str] = []
    shell.said.connect(told.append)
    return told


def test_a_blind_reader_sorts_and_leaves_the_rest_alone(page: SmearPage, said: list[str]) -> None:
    assert page.bench is not None
    page.bench.reader = SECOND
    for act in (page.intake.ask_files, page.intake.toggle_collecting, page.set_aside, page.toggle_printed):
        act()
        assert said.pop() == BLIND
    page.show_sheet()
    assert said.pop() == BLIND
    assert page.acts.panel is None
    assert not page.desk.collecting
    page.finish()
    assert said.pop() == "5 cells are not reviewed yet.", "a word, as for the first reader"


def test_who_may_not_review_is_told_at_once(page: SmearPage, shell: Shell, said: list[str]) -> None:
    assert page.state is not None
    shell.open_vault.custody.set_roles(shell.open_vault.user.id, [Role.ADMINISTRATOR, Role.ASSISTANT])
    QTest.qWait(10)
    before = page.gallery.cells()
    page.gallery.decide("band")
    assert said.pop().startswith("As administrator and assistant you may not review")
    page.state = replace(page.state, hindrances=())
    page.finish()
    assert page.acts.panel is None, "no password is asked for in vain"
    assert "may not sign" in said.pop()
    assert page.gallery.cells() == before


def test_an_older_look_does_not_take_the_place_of_a_newer_one(page: SmearPage) -> None:
    assert page.bench is not None
    older, newer = state.look(page.bench), state.look(page.bench)
    page.gallery.setFocus()
    page.show_state(newer)
    page.show_state(replace(older, bands=()))
    assert page.state is newer
    assert page.gallery.hasFocus(), "cells that were there for a moment only would have given the keyboard away"
