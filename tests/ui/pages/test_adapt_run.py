"""Fitting a model from the window: what it takes, what came of it, and taking it into use."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clinoscope.ui.pages.adapt_run import AdaptRun
from clinoscope.ui.shell import Shell
from clinoscope.workflow import models
from clinoscope.workflow.models import Installed

TASK = "neutrophil/type"


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done() and time.monotonic() < end:
        QTest.qWait(10)
    assert done()


def said(panel: AdaptRun) -> str:
    QApplication.processEvents()
    return " ".join(words.text() for words in panel.findChildren(QLabel) if words.isVisible())


@pytest.fixture
def panel(host: QWidget, shell: Shell, site: Path) -> AdaptRun:
    made = AdaptRun(host, shell)
    made.open_for(Installed(TASK, models.ready(TASK), Path(), "", (), in_use=True))
    return made


def test_it_opens_with_what_it_takes_and_the_keyboard_on_the_first_button(panel: AdaptRun) -> None:
    assert panel.window().focusWidget() is panel.list
    assert "at least 40, of at least 10 people or slides, and 10 of each label" in said(panel)
    assert not panel.act.isVisible()


def test_a_fit_ends_with_its_figures_and_is_used_when_asked(
    panel: AdaptRun, shell: Shell, labelled_cells: Path, tmp_path: Path
) -> None:
    trained, counting, told = models.ready(TASK), models.ready("neutrophil/cells"), []
    panel.installed.connect(told.append)
    panel.begin(labelled_cells, tmp_path / "out")
    assert panel.cancel.text() == "Stop"
    until(panel.act.isVisible)
    words = said(panel)
    for part in ("It is less surely wrong here", "As trained", "Fitted here", "Right, likeliest label", "Two packages"):
        assert part in words
    assert panel.window().focusWidget() is panel.act
    assert not panel.list.isVisible(), "what came out stands first"
    assert models.ready(TASK) == trained, "nothing is in use that nobody chose"
    panel.act.click()
    until(lambda: bool(told))
    assert models.ready(TASK).sha256 == told[0] != trained.sha256
    assert models.ready("neutrophil/cells").version.startswith(f"{counting.version}+site.")


def test_one_that_is_not_used_is_told_of_when_the_panel_goes(
    panel: AdaptRun, labelled_cells: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    panel.installed.connect(told.append)
    panel.begin(labelled_cells, tmp_path / "out")
    until(panel.act.isVisible)
    panel.close_panel()
    panel.open_panel()
    panel.close_panel()
    assert len(told) == 1, "once is enough"


def test_too_few_pictures_get_their_sentence(panel: AdaptRun, labelled_cells: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("path,label\n" + "".join(f"{labelled_cells.with_name(f'{n}.png')},basophil\n" for n in range(4)))
    panel.begin(few, tmp_path / "out")
    until(panel.problem.isVisible)
    assert "at least 40 pictures" in panel.problem.text()
    assert not (tmp_path / "out").exists()
