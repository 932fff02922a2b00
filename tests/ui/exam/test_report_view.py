from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from reportlab.pdfgen.canvas import Canvas

from clinoscope.ui import tasks
from clinoscope.ui.exam.report_view import PAGE_WIDTH, ReportView, print_pdf


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Two pages, the second one black."""
    file = io.BytesIO()
    paper = Canvas(file)
    paper.drawString(100, 700, "one")
    paper.showPage()
    paper.rect(0, 0, 600, 850, fill=1)
    paper.save()
    return file.getvalue()


@pytest.fixture
def view(host: QWidget, pdf: bytes, wait_for: Callable[[Callable[[], object]], bool]) -> ReportView:
    made = ReportView(host)
    made.resize(800, 600)
    made.show()
    made.show_pdf(pdf, "report.pdf", "Report")
    assert wait_for(lambda: len(made.pages) == 2 and all(sheet.shown for sheet in made.pages))
    return made


def test_every_page_is_shown(view: ReportView) -> None:
    assert [sheet.width() for sheet in view.pages] == [PAGE_WIDTH, PAGE_WIDTH]
    assert view.pages[1].grab().toImage().pixelColor(300, 300).lightness() < 10
    assert view.pages[0].grab().toImage().pixelColor(5, 5).lightness() > 250


@pytest.mark.parametrize(("width", "rows"), [(936, 2), (1278, 1)])
def test_no_word_of_the_bar_is_cut(view: ReportView, width: int, rows: int) -> None:
    view.resize(width, 600)
    QTest.qWait(10)
    buttons = (view.whole, view.picture, view.save, view.print, view.done)
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
    assert view._title.width() >= view._title.sizeHint().width()
    assert len({view._title.geometry().center().y() // 20, view.done.geometry().center().y() // 20}) == rows


def test_zoom_by_keys(view: ReportView) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view, Qt.Key.Key_Plus, control)
    assert view.pages[0].width() == round(PAGE_WIDTH * 1.25)
    QTest.keyClick(view, Qt.Key.Key_0, control)
    assert view.pages[0].width() == PAGE_WIDTH
    QTest.qWait(200)
    assert tasks.wait_for_all()


def test_a_folder_that_cannot_be_written_is_a_sentence(
    view: ReportView, tmp_path: Path, wait_for: Callable[[Callable[[], object]], bool]
) -> None:
    said: list[str] = []
    view.warned.connect(said.append)
    view.save_to(tmp_path / "nowhere" / "report.pdf")
    assert wait_for(lambda: bool(said))
    assert said[0].startswith("The report could not be saved there.")


def test_printing_puts_every_page_on_paper(view: ReportView, pdf: bytes, tmp_path: Path) -> None:
    from clinoscope.workflow import reports

    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    print_pdf(pdf, printer)
    paper = (tmp_path / "paper.pdf").read_bytes()
    assert reports.page_count(paper) == 2
    assert reports.render(paper, 1, 200)[140, 100].max() < 30
