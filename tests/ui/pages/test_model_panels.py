import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import ModelRef
from clinoscope.inference.install import Added
from clinoscope.ui import tasks
from clinoscope.ui.pages.model_panels import InstallPanel, RemovePanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import models
from clinoscope.workflow.models import Installed

ADDED = Added("skin/rash", ModelRef("rash", "2.0.0", "2" * 64), new=True, in_use=False)


def waited(true: Callable[[], bool]) -> bool:
    for _ in range(500):
        if true():
            return True
        QTest.qWait(10)
    return False


@pytest.fixture
def panel(host: QWidget, shell: Shell) -> InstallPanel:
    made = InstallPanel(host, shell)
    made.open_empty()
    return made


def test_it_closes_when_it_is_done(panel: InstallPanel, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Added] = []
    panel.installed.connect(told.append)
    monkeypatch.setattr(models, "install", lambda source, progress, vault: progress("Copying", 0.4) or ADDED)
    panel.install(Path("a.zip"))
    assert told == [ADDED]
    assert not panel.isVisible()


def test_a_refusal_stays_in_the_panel_and_another_can_be_chosen(
    panel: InstallPanel, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, progress: object, vault: object) -> Added:
        raise PackageError("It is damaged. Copy it again.")

    monkeypatch.setattr(models, "install", refuse)
    panel.install(Path("a.zip"))
    assert panel.problem.text() == "It is damaged. Copy it again."
    assert panel.problem.isVisible()
    assert panel.zip.isEnabled()
    assert not panel.bar.isVisible()
    panel.close_panel()
    panel.open_empty()
    assert not panel.problem.isVisible()


def test_a_refusal_that_comes_after_it_was_closed_is_handed_on(
    host: QWidget, shell: Shell, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, told = InstallPanel(host, shell), []
    panel.refused.connect(told.append)

    def refuse(source: Path, progress: object, vault: object) -> Added:
        raise PackageError("It is damaged.")

    monkeypatch.setattr(models, "install", refuse)
    panel.install(Path("a.zip"))
    assert told == ["It is damaged."]


def test_it_shows_how_far_it_is_and_can_be_stopped(panel: InstallPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def slow(source: Path, progress: models.Progress, vault: object) -> Added:
        progress("Checking every file", 0.7)
        begun.set()
        stopped.wait(5)
        progress("Trying it on a picture", 0.8)
        return ADDED

    monkeypatch.setattr(models, "install", slow)
    panel.install(Path("a.zip"))
    panel.install(Path("b.zip"))  # one at a time
    assert begun.wait(5)
    assert waited(lambda: panel.bar.value() == 70)
    assert panel.doing.text() == "Checking every file"
    assert panel.cancel.text() == "Stop"
    panel.cancel.click()
    stopped.set()
    assert waited(lambda: tasks.running() == 0)
    assert panel.problem.text() == "Stopped. Nothing was installed."


def test_removing_is_asked_of_the_right_one(host: QWidget) -> None:
    entry = Installed("skin/rash", ADDED.model, Path(), "", (), shipped=False)
    panel, told = RemovePanel(host), []
    panel.wanted.connect(told.append)
    panel.open_for(entry)
    assert panel.what.text() == "rash 2.0.0"
    panel.button.click()
    assert told == [entry]
    assert not panel.isVisible()
