"""Where a model stands at this site, on the page of the models."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout

from clinoscope.domain.reading import ModelRef
from clinoscope.records import acceptances
from clinoscope.ui.page import Page
from clinoscope.ui.pages.acceptance_panel import AcceptancePanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import acceptance, models
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.models import Installed

TASK = "skin/lesion-photo"


@pytest.fixture
def page(shell: Shell, at_once: None) -> Page:
    made = Page(shell)
    made.resize(1200, 700)
    QVBoxLayout(made)
    made.show()
    return made


@pytest.fixture
def panel(page: Page, shell: Shell) -> AcceptancePanel:
    made = AcceptancePanel(shell)
    layout = page.layout()
    assert layout is not None
    layout.addWidget(made)
    return made


def said(panel: AcceptancePanel) -> str:
    QApplication.processEvents()
    return " ".join(words.text() for words in panel.findChildren(QLabel) if words.isVisible())


def entry() -> Installed:
    return Installed(TASK, models.of_task(TASK).ref, Path(), "", ())


def test_untested_it_says_so_and_offers_the_test(panel: AcceptancePanel) -> None:
    panel.show_for(entry())
    assert panel.chip.text() == "Not validated here"
    assert "nobody has tested it" in panel.words.text()
    assert panel.test.isVisible()
    assert not panel.report.isVisible()
    assert "at least 50" in said(panel)


@pytest.mark.parametrize(("outcome", "chip"), [("passed", "Validated here"), ("not passed", "Failed here")])
def test_a_recorded_test_shows_at_once(panel: AcceptancePanel, shell: Shell, outcome: str, chip: str) -> None:
    panel.show_for(entry())
    criterion = {"name": "Agreement", "asked": "", "found": "0.7", "met": "met", "reason": ""}
    figures = {"criteria": [criterion]}
    test = {"outcome": outcome, "at": "2026-11-20T08:00:00+00:00", "by": "Ada", "n": 120, "figures": figures}
    shell.open_vault.run(acceptances.add(models.of_task(TASK).ref.sha256, test, {}))
    assert panel.chip.text() == chip
    assert "120 pictures, 2026-11-20, Ada" in panel.words.text()
    assert panel.report.isVisible()
    assert "Met: Agreement. 0.7." in said(panel)
    assert "at least 50" not in said(panel)


def test_only_the_intact_package_in_use_can_be_tested(panel: AcceptancePanel) -> None:
    for other, why in (
        (replace(entry(), in_use=False), "take it into use first"),
        (replace(entry(), problems=("altered",)), "as it was made"),
        (replace(entry(), model=None), "take it into use first"),
    ):
        panel.show_for(other)
        assert not panel.test.isVisible()
        assert why in panel.words.text()


def test_another_package_has_its_own_standing(panel: AcceptancePanel, shell: Shell) -> None:
    test = {"outcome": "passed", "at": "2026-11-20T08:00:00+00:00", "by": "Ada", "n": 120}
    shell.open_vault.run(acceptances.add(models.of_task(TASK).ref.sha256, test, {}))
    panel.show_for(entry())
    panel.show_for(replace(entry(), model=ModelRef("new", "2.0.0", "b" * 64)))
    assert panel.chip.text() == "Not validated here"


def test_the_test_opens_over_the_page_and_goes_with_it(panel: AcceptancePanel, page: Page) -> None:
    panel.show_for(entry())
    panel.test.click()
    run = panel._run
    assert run is not None
    assert run.parentWidget() is page
    assert run.isVisible()
    page.hide_panels()  # as the page does when it is left
    assert not run.isVisible()


def test_the_report_is_drawn_again_from_the_vault(panel: AcceptancePanel, shell: Shell, tmp_path: Path) -> None:
    from clinoscope import modes

    (tmp_path / "l.csv").write_text(f"path,label\n{phantom(TASK)},melanoma\n")
    done = acceptance.run(
        modes.task(TASK), tmp_path / "l.csv", tmp_path / "out", lambda *_: None, vault=shell.open_vault
    )
    panel.show_for(entry())
    panel.report.click()
    assert panel._report is not None
    assert panel._report.isVisible()
    assert len(panel._report.view.pages) >= 1
    assert panel._report.view.pdf.startswith(b"%PDF")
    assert len(panel._report.view.pdf) == pytest.approx(done.report.stat().st_size, rel=0.2)
