from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from clinoscope.domain.record import Exam, Patient
from clinoscope.paths import RESOURCES
from clinoscope.ui.shell import Shell
from clinoscope.ui.smear.page import SmearPage
from clinoscope.workflow.smear.second import Comparison, Difference


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


def test_what_was_opened_for_another_visit_is_dropped(
    shell: Shell, smear: Exam, ada: Patient, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    made = SmearPage(shell)
    made.show()
    made.enter(exam=smear)
    made.enter(patient_id=ada.id)
    assert wait_for(lambda: made.bench is not None)
    assert wait_for(lambda: not made.busy)
    assert made.bench is not None
    assert made.bench.exam.id != smear.id
    assert made.gallery.cells() == ()
    made.leave()


def test_the_cells_two_readers_differ_on_one_after_the_other(page: SmearPage) -> None:
    assert page.state is not None
    apart = tuple(Difference(number, "band", "segmented") for number in (2, 4, 5))
    page.state = replace(page.state, comparison=Comparison(5, 2, {}, apart))
    seen = []
    for _ in range(4):
        page.desk.side.differences_wanted.emit()
        assert {cell.number for cell in page.gallery.chosen} == {2, 4, 5}
        assert page.gallery.current is not None
        seen.append(page.gallery.current.number)
    assert seen == [2, 4, 5, 2]


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
