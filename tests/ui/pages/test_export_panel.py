from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Patient
from clinoscope.ui.pages.export_panel import ExportPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow.export_dataset import Exported

PASSWORD = "three quiet rivers"


@pytest.fixture
def panel(shell: Shell, host: Any, at_once: None) -> ExportPanel:
    made = ExportPanel(host, shell)
    made.open_empty()
    return made


@pytest.fixture
def signed(shell: Shell, ada: Patient, add_exam: Any) -> None:
    """One signed exam that was looked at as a whole: it has no region, so nothing of it can leave."""
    add_exam(ada.id, 3, Reading("skin/rash", "mpox", ModelRef("m", "1.0.0", "0" * 64)), "skin/rash")


def choose(panel: ExportPanel, task: str) -> None:
    panel.task.setCurrentIndex(panel.task.findData(task))


def test_only_tasks_that_give_pictures_a_label_are_offered(panel: ExportPanel) -> None:
    offered = [panel.task.itemData(place) for place in range(panel.task.count())]
    assert "skin/rash" in offered and "anemia/lip" in offered
    assert "neutrophil/type" in offered and "neutrophil/cells" not in offered


def test_where_labels_come_from_is_asked_only_where_there_is_a_choice(panel: ExportPanel) -> None:
    shown = {}
    for task in ("anemia/nail", "skin/rash", "anemia/lip"):
        choose(panel, task)
        shown[task] = (panel.label_by.isVisible(), panel._label_by().value)
    assert shown == {
        "anemia/nail": (True, "review"),
        "skin/rash": (False, "review"),
        "anemia/lip": (False, "hb"),
    }


def test_it_asks_for_a_folder_and_the_password_first(panel: ExportPanel, tmp_path: Path, shell: Shell) -> None:
    panel.start()
    assert "Choose where" in panel.words.text()
    panel.put_into(tmp_path)
    panel.start()
    assert panel.password.error() == "Type your password."
    QTest.keyClicks(panel.password.edit, "wrong")
    QTest.keyClick(panel.password.edit, Qt.Key.Key_Return)
    assert panel.password.error()
    assert not list(tmp_path.glob("training-*"))
    assert "dataset.export" not in [event.act for event in shell.open_vault.events()]


def test_what_cannot_be_exported_is_said_and_nothing_is_left(panel: ExportPanel, tmp_path: Path, signed: None) -> None:
    choose(panel, "skin/rash")
    panel.put_into(tmp_path)
    panel.password.set_text(PASSWORD)
    panel.start()
    assert "no region was found or drawn" in panel.words.text()
    assert panel.words.property("tone") == "danger"
    assert panel.isVisible()
    assert not list(tmp_path.glob("*training-*"))


def test_it_goes_into_a_folder_of_its_own_named_by_task_and_month(panel: ExportPanel, tmp_path: Path) -> None:
    choose(panel, "skin/rash")
    panel.put_into(tmp_path)
    first = panel._out()
    assert first.parent == tmp_path and first.name.startswith("training-skin-rash-20")
    first.mkdir()
    assert panel._out().name == f"{first.name}-2"


def test_a_whole_export_is_told_and_closes_the_panel(
    panel: ExportPanel, tmp_path: Path, signed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinoscope.workflow import export_dataset

    found: list[Exported] = []
    whole = export_dataset.export
    monkeypatch.setattr(export_dataset, "export", lambda *args, **kwargs: whole(*args, whole=True, **kwargs))
    panel.exported.connect(found.append)
    choose(panel, "skin/rash")
    panel.put_into(tmp_path)
    panel.password.set_text(PASSWORD)
    panel.start()
    (done,) = found
    assert (done.pictures, done.folder.parent) == (1, tmp_path)
    assert (done.folder / "labels.csv").is_file()
    assert (panel.bar.value(), panel.bar.maximum()) == (1, 1)
    assert not panel.isVisible()
    assert panel.password.text() == ""


def test_cancel_stops_what_runs(panel: ExportPanel, tmp_path: Path, signed: None) -> None:
    panel.bar.valueChanged.connect(lambda _done: panel.cancel.click())  # while the worker works the button is shut
    choose(panel, "skin/rash")
    panel.put_into(tmp_path)
    panel.password.set_text(PASSWORD)
    panel.start()
    assert panel.words.text() == "Stopped. Nothing was exported."
    assert panel.words.property("tone") == "secondary"
    assert not list(tmp_path.glob("*training-*"))
    panel.cancel.click()
    assert not panel.isVisible()
