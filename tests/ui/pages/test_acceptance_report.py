from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.reports.page import build, text
from clinoscope.ui.pages.acceptance_report import ReportPanel
from clinoscope.ui.shell import Shell


def test_it_shows_the_pages_and_escape_leads_back(host: QWidget, shell: Shell, at_once: None) -> None:
    panel = ReportPanel(host, shell)
    panel.open_pdf(build([text("Words")], title="t", head="h", foot=[]), "validation.pdf")
    assert len(panel.view.pages) == 1
    assert panel.view.save.isVisible()
    for part in (panel.view.done, panel.view.whole, panel.view.picture):
        assert not part.isVisible(), "it is no exam and has no picture"
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert not panel.isVisible()
