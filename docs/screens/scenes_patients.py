"""Scenes of Today, of the list of people, and of a patient's page: who it is, what was measured, then and now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from stage import Scene, Stage

if TYPE_CHECKING:
    from clinoscope.ui.compare.page import ComparePage


def people(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people")


def keys(stage: Stage) -> None:
    stage.window.shell.go("people")
    stage.window.frame.show_keys()


def add_patient(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people", add=True)
    stage.settle(50)
    panel = stage.window.page.panel  # type: ignore[union-attr]  # the page just gone to
    panel.name.edit.setText("Mariam Traoré")
    panel.born.edit.setText("3.6.1988")
    panel.born.edited.emit("3.6.1988")
    panel.sex.take("F")


def lab_form(stage: Stage) -> None:
    """A value on its way into the list."""
    stage.window.shell.go("patient", patient_id=stage.patients[0].id)
    stage.settle()
    block = stage.window.page.labs  # type: ignore[union-attr]  # the page just gone to
    block.add.click()
    block.form.value.edit.setText("118")
    block.form.unit.setCurrentText("g/L")


def compare(stage: Stage, mode: str = "side") -> ComparePage:
    """The first and the last signed lip photo of the first patient."""
    from clinoscope.ui.compare.canvas import Mode
    from clinoscope.ui.compare.page import ComparePage

    stage.window.shell.set_context(stage.patients[0])
    exams = (stage.exam("signed", "anemia/lip", 0), stage.exam("signed", "anemia/lip"))
    stage.window.shell.go("compare", exams=exams)
    stage.settle()
    page = stage.window.page
    assert isinstance(page, ComparePage)
    page.controls.set_mode(Mode(mode))
    return page


def likely(stage: Stage) -> None:
    """Somebody who is here already is typed in again, with the names turned and a slip in the birth date."""
    add_patient(stage)
    panel = stage.window.page.panel  # type: ignore[union-attr]  # the page just gone to
    panel.name.edit.setText("Karimowa Dilnosa")
    panel.born.edit.setText("6.4.1978")
    panel.born.edited.emit("6.4.1978")


def merging(stage: Stage) -> None:
    """Two records of one person side by side."""
    from clinoscope.workflow import exams

    vault = stage.window.shell.open_vault
    twin = exams.new_patient(vault, name="Okafor Ada Chiamaka", identifier="K-2231", born=date(1990, 3, 1))
    stage.window.shell.go("patient", patient_id=stage.patients[0].id)
    stage.settle()
    stage.window.page.merged.merge.click()  # type: ignore[union-attr]  # the page just gone to
    stage.settle()
    panel = stage.window.page.merged.panel  # type: ignore[union-attr]
    panel._choose(twin)  # noqa: SLF001 - by the list otherwise
    panel.reason.edit.setText("Same passport, shown today")


def merged(stage: Stage) -> None:
    """The page of a patient that another record was merged into, and apart again for the scenes that follow."""
    panel = stage.window.page.merged.panel  # type: ignore[union-attr]  # of the scene before
    panel.facts.options["identifier"][1].radio.setChecked(True)
    panel.merge()
    stage.settle(2000)


def separated(stage: Stage) -> None:
    """As the patients page before merging, so that the scenes that follow have their patient."""
    stage.window.page.merged.separate[0].click()  # type: ignore[union-attr]  # of the scene before
    stage.settle()


def importing(stage: Stage) -> None:
    """A list with a line of every kind."""
    path = stage.scratch / "patients.csv"
    lines = (
        "number,name,born,sex,phone",
        f"{stage.patients[1].identifier},Béla Szőke,1986-02-04,M,1",
        "17,Mariam Traoré,1988-06-03,F,2",
        "18,Сергей Иванов,1971-07-01,M,3",
        ",Diallo Fatou,2009-06-08,F,4",
        "19,Thanh Nguyen,03/04/1990,,5",
        "20,Rahul Sharma,31.2.1990,M,6",
        "21,Linh Tran,1999-12-24,F,7",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    stage.window.shell.set_context(None)
    stage.window.shell.go("people")
    stage.settle()
    stage.window.page.take_in.click()  # type: ignore[union-attr]  # the page just gone to
    stage.window.page.import_panel.read(path)  # type: ignore[union-attr]


SCENES: dict[str, Scene] = {
    "today": lambda stage: stage.window.shell.go("today"),
    "people": people,
    "keys": keys,
    "add-patient": add_patient,
    "patient": lambda stage: stage.window.shell.go("patient", patient_id=stage.patients[0].id),
    "lab-values": lab_form,
    "compare": compare,
    "patient-likely": likely,
    "patient-merge": merging,
    "patient-merged": merged,
    "patient-separated": separated,
    "people-import": importing,
    "compare-wipe": lambda stage: compare(stage, "wipe"),
}
