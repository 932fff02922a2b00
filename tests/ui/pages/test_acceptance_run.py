"""Testing a model from the window: what it takes, how far it is, how it ended, and stopping it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clinoscope import modes
from clinoscope.capture.files import open_picture
from clinoscope.records import acceptances
from clinoscope.ui import tasks
from clinoscope.ui.pages.acceptance_run import AcceptanceRun
from clinoscope.ui.shell import Shell
from clinoscope.workflow import models
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.models import Installed

TASK = "skin/lesion-photo"


def entry(task: str = TASK) -> Installed:
    return Installed(task, models.of_task(task).ref, Path(), "", ())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Four pictures under one label: too few to say."""
    pixels = open_picture(phantom(TASK)).pixels
    rows = ["path,label"]
    for index in range(4):
        cv2.imwrite(str(tmp_path / f"{index}.png"), cv2.convertScaleAbs(pixels, alpha=1 - index / 20)[:, :, ::-1])
        rows.append(f"{index}.png,melanoma")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    return tmp_path / "labels.csv"


@pytest.fixture
def panel(host: QWidget, shell: Shell) -> AcceptanceRun:
    made = AcceptanceRun(host, shell)
    made.open_for(entry())
    return made


def said(panel: AcceptanceRun) -> str:
    QApplication.processEvents()  # what was put into a layout comes up with the next events
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return " ".join(words.text() for words in panel.findChildren(QLabel) if words.isVisible())


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done() and time.monotonic() < end:
        QTest.qWait(10)
    assert done()


def test_it_opens_with_what_it_takes_and_the_keyboard_on_the_first_button(panel: AcceptanceRun) -> None:
    assert "at least 50" in said(panel)
    assert "Rash" not in said(panel)
    assert modes.task(TASK).name in panel.name.text()
    assert panel.window().focusWidget() is panel.list
    assert not panel.bar.isVisible()
    assert not panel.act.isVisible()


def test_a_task_that_measures_takes_a_list_only_and_a_count_none(panel: AcceptanceRun) -> None:
    panel.open_for(entry("anemia/lip"))
    assert "path, value and unit" in said(panel)
    assert not panel.folder.isVisible()
    panel.open_for(entry("neutrophil/cells"))
    assert "Test the model that tells the types" in said(panel)
    assert not panel.list.isVisible()
    panel.open_for(entry())
    assert panel.list.isVisible()
    assert panel.folder.isVisible()


def test_a_test_ends_with_its_outcome_recorded_and_its_report(
    panel: AcceptanceRun, shell: Shell, labels: Path, tmp_path: Path, at_once: None
) -> None:
    shown: list[bytes] = []
    panel.report_wanted.connect(shown.append)
    panel.begin(labels, tmp_path / "out")
    assert panel.outcome.text() == "Too few pictures to say"
    assert "Too few to say: Enough pictures. 4 pictures of 4 groups" in said(panel)
    assert "recorded in the vault" in panel.place.text()
    assert str(tmp_path / "out") in panel.place.text()
    panel.act.click()
    assert shown == [(tmp_path / "out" / "validation.pdf").read_bytes()]
    assert len(acceptances.tests(shell.open_vault.settings, models.of_task(TASK).ref.sha256)) == 1
    panel.begin(labels, tmp_path / "out")  # again: the old findings are gone
    assert said(panel).count("Enough pictures") == 1


def test_pictures_that_could_not_be_opened_are_named(
    panel: AcceptanceRun, labels: Path, tmp_path: Path, at_once: None
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    lines = labels.read_text()
    labels.write_text(lines + "\ntext.png,melanoma" + "".join(f"\ngone {n}.png,melanoma" for n in range(5)))
    panel.begin(labels, tmp_path / "out")
    assert panel.outcome.text() == "Too few pictures to say"
    assert "Could not be opened:\ntext.png: This file is not a JPEG" in said(panel)
    assert "gone 2.png" in said(panel)
    assert "And 2 more." in said(panel)
    labels.write_text("path,label\ngone.png,melanoma")
    panel.begin(labels, tmp_path / "out")
    assert "Not one picture" in panel.problem.text()
    assert "Could not be opened:\ngone.png" in said(panel)
    labels.write_text(lines)
    panel.begin(labels, tmp_path / "out")
    assert "Could not be opened" not in said(panel), "what was said of the last list is gone"


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick that is pulled out when the first picture is read."""
    from clinoscope.workflow import labelled

    made, real = tmp_path / "stick", labelled._seen
    made.mkdir()

    def pulled_out(*arguments: object) -> object:
        if made.exists():
            made.rmdir()
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(labelled, "_seen", pulled_out)
    return made


def test_a_result_that_could_not_be_written_is_kept_for_another_place(
    panel: AcceptanceRun, shell: Shell, labels: Path, stick: Path, tmp_path: Path
) -> None:
    model, shown = models.of_task(TASK).ref, list[bytes]()
    panel.report_wanted.connect(shown.append)
    panel.begin(labels, stick / "test")
    until(lambda: panel.problem.isVisible())
    assert "disk is not there any more" in panel.problem.text()
    assert "The result is kept" in panel.problem.text()
    assert panel.window().focusWidget() is panel.again
    assert acceptances.tests(shell.open_vault.settings, model.sha256) == ()

    panel.close_panel()
    panel.open_for(entry("anemia/lip"))
    assert not panel.again.isVisible(), "another package has no result that waits"
    panel.open_for(entry())
    assert panel.again.isVisible()
    assert "The result is kept" in panel.problem.text()

    (tmp_path / "file").write_text("no folder")
    panel.keep(tmp_path / "file")
    until(lambda: panel.problem.isVisible())
    assert "cannot be written to" in panel.problem.text()
    assert panel.again.isVisible()

    panel.keep(tmp_path / "out")
    until(lambda: panel.outcome.isVisible())
    assert not panel.again.isVisible()
    assert not panel.problem.isVisible()
    assert "recorded in the vault" in panel.place.text()
    panel.act.click()
    assert shown == [(tmp_path / "out" / "validation.pdf").read_bytes()]
    assert len(acceptances.tests(shell.open_vault.settings, model.sha256)) == 1

    panel.open_for(entry())
    assert not panel.again.isVisible()
    panel.keep(tmp_path / "twice")
    assert tasks.running() == 0, "nothing waits any more"


def test_the_next_test_of_a_package_takes_the_place_of_a_result_that_waits(
    panel: AcceptanceRun, labels: Path, stick: Path, tmp_path: Path, at_once: None
) -> None:
    panel.begin(labels, stick / "test")
    assert panel.again.isVisible()
    panel.begin(tmp_path / "gone.csv", tmp_path / "out")
    assert panel.problem.isVisible()
    assert not panel.again.isVisible()
    assert panel.unkept == {}


def test_a_bad_list_gets_its_sentence(panel: AcceptanceRun, tmp_path: Path, at_once: None) -> None:
    (tmp_path / "bad.csv").write_text("file\na.png\n")
    panel.begin(tmp_path / "bad.csv", tmp_path / "out")
    assert "needs the columns path and label" in panel.problem.text()
    assert panel.list.isEnabled()
    assert not panel.bar.isVisible()
    panel.open_for(entry())
    assert not panel.problem.isVisible()


def test_nobody_logged_in_nothing_begins(panel: AcceptanceRun, shell: Shell, labels: Path, tmp_path: Path) -> None:
    vault, shell.vault = shell.vault, None
    panel.begin(labels, tmp_path / "out")
    shell.vault = vault
    assert panel.list.isEnabled()
    assert tasks.running() == 0


def test_it_can_be_stopped_and_says_so(
    panel: AcceptanceRun, labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinoscope.workflow import labelled

    going, on, real = threading.Event(), threading.Event(), labelled._seen

    def slow(*arguments: object) -> object:
        going.set()
        assert on.wait(20)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(labelled, "_seen", slow)
    panel.begin(labels, tmp_path / "out")
    assert panel.cancel.text() == "Stop"
    assert not panel.list.isEnabled()
    panel.begin(labels, tmp_path / "out")  # one at a time
    assert tasks.running() == 1
    until(going.is_set)
    panel.cancel.click()
    assert panel.doing.text() == "Stopping…"
    on.set()
    until(lambda: panel.problem.isVisible())
    assert panel.problem.text() == "Stopped. Nothing was written or recorded."
    assert not (tmp_path / "out").exists()
    assert panel.cancel.text() == "Close"


def test_while_it_runs_it_tells_how_far_it_is(panel: AcceptanceRun, labels: Path, tmp_path: Path) -> None:
    told: list[str] = []
    panel.begin(labels, tmp_path / "out")
    end = time.monotonic() + 30
    while panel.outcome.isHidden() and time.monotonic() < end:
        QTest.qWait(1)
        told.append(panel.doing.text())
    assert any("of 4 pictures read" in words for words in told)
    assert panel.bar.isHidden()
