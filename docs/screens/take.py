"""Take the pictures of every page: ``python docs/screens/take.py`` writes ``docs/screens/*.png``.

It opens the real window on a throw-away vault, fills that through ``workflow`` with people who do
not exist and with phantoms read by the installed model packages, goes to each page and keeps what
is on the screen. Nothing of it is a patient; what a model says about a drawing says nothing about
the model. A new page needs a line in ``SCENES``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from phantom_camera import camera  # type: ignore[import-not-found]  # beside this file
from PIL import Image

from clinoscope import modes
from clinoscope.ui import theme
from clinoscope.ui.exam import drops

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from clinoscope.domain.record import Exam, Patient
    from clinoscope.records import Vault
    from clinoscope.ui.compare.page import ComparePage
    from clinoscope.ui.exam.page import ExamPage
    from clinoscope.ui.pages.models import ModelsPage
    from clinoscope.ui.window import Window

HERE = Path(__file__).parent
PHANTOMS = HERE.parents[1] / "resources" / "phantoms"
sys.path.insert(0, str(PHANTOMS))  # for what draws them
USER, PASSWORD = "Grace Mensah", "three quiet rivers"
CODE = "7K2M9-0QXTB-4WHJD-R8S3V-EP6N1"
"""Not the code of any vault."""

SETS = (
    # theme, width, height, scale, pages ("" for all)
    ("light", 1366, 768, 1, ""),
    (
        "dark",
        1366,
        768,
        1,
        "login patient compare capture reading reading-flag reading-lips sign"
        " models models-tested models-over-time settings settings-privacy consent smear smear-field",
    ),
    ("light", 1920, 1080, 1, "patient reading"),
    ("light", 1366, 768, 2, "reading-smear models smear settings-keeping"),
)
COLOURS = 256
"""In each picture that is kept, those of the theme among them: a third of the bytes, hardly to be told apart."""
PEOPLE = (
    ("Ada Okafor", "F", date(1990, 1, 3)),
    ("Béla Szőke", "M", date(1986, 2, 4)),
    ("Chidi Nwosu", "M", date(1982, 3, 5)),
    ("Dilnoza Karimova", "F", date(1978, 4, 6)),
    ("Emre Yıldız", "M", date(1974, 5, 7)),
    ("Fatou Diallo", "F", date(2009, 6, 8)),
    ("Hanna Lindqvist", "F", date(1962, 8, 10)),
    ("Joana Ferreira da Silva", "F", date(1954, 10, 12)),
    ("Kofi Mensah", "M", None),
)
VISITS = (
    # patient, task, phantom, days ago, how far: "signed", "read", "taken" or "refused": see fill
    (0, "anemia/lip", "lips.png", 92, "signed"),
    (0, "anemia/lip", "lips_card.png", 61, "signed"),
    (0, "anemia/lip", "face.png", 30, "signed"),
    (0, "anemia/lip", "lips.png", 1, "signed"),
    (0, "skin/lesion-photo", "lesion.png", 40, "signed"),
    (1, "scalp/disease", "scalp.png", 2, "signed"),
    (3, "skin/rash", "rash.png", 1, "signed"),
    (6, "neutrophil/cells", "smear.png", 3, "read"),
    (3, "scalp/hair-loss", "vertex.png", 1, "read"),
    (7, "scalp/disease", "scalp.png", 6, "refused"),
    (6, "anemia/nail", "nails.png", 3, "read"),
    (8, "skin/lesion-photo", "rash.png", 2, "signed"),
    (8, "anemia/nail", "lesion.png", 2, "taken"),
    (2, "anemia/conjunctiva", "eyelid.png", 4, "signed"),
    (5, "anemia/conjunctiva", "eyelid.png", 5, "signed"),
    (4, "skin/lesion-dermoscopy", "dermoscopy.png", 0, "taken"),
    (0, "anemia/lip", "lips_card.png", 0, "read"),
    (0, "skin/lesion-photo", "lesion.png", 0, "read"),
)

SMEAR_OF = 6
"""The patient of the drawn smear."""
LABS = (
    # of the first patient: value, unit, days ago, the time of day, why it is void
    ("9.1", "g/dL", 92, time(9, 40), ""),
    ("104", "g/L", 61, None, ""),
    ("21", "g/dL", 30, None, "Typed from another patient's sheet."),
    ("11.2", "g/dL", 30, time(8, 15), ""),
)
LONG_AGO = (
    # name, sex, born, seen last
    ("Mbali Dube", "F", date(1951, 2, 11), date(2009, 5, 12)),
    ("Nils Andersson", "M", date(1948, 9, 30), date(2012, 10, 2)),
    ("Oriol Puig", "M", date(2001, 4, 8), date(2013, 3, 21)),
)
REVIEWED = 180
"""Reviewed readings in the picture of a model over time, with a drop after the first 130."""


@dataclass
class Stage:
    """The window, and what the scenes go to."""

    window: Window
    patients: list[Patient]
    exams: list[Exam]
    camera: str
    """The address of a network camera."""
    scratch: Path
    smears: list[Exam] = field(default_factory=list)
    """The drawn smear, once it is made."""

    def settle(self, milliseconds: int = 900) -> None:
        """Let the window work until it has nothing left to do."""
        from PySide6.QtTest import QTest

        from clinoscope.ui import tasks

        def wait(least: float) -> None:
            begun = clock.monotonic()
            while clock.monotonic() < begun + least or (tasks.running() and clock.monotonic() < begun + 20):
                QTest.qWait(5)  # in short turns: it lets no other thread work meanwhile

        wait(milliseconds / 1000)
        wait(0.15)

    def exam(self, state: str, task: str, place: int = -1) -> Exam:
        """An exam of a task in a state: the newest unless told which."""
        return [exam for exam in self.exams if exam.task == task and exam.state == state][place]


Scene = Callable[[Stage], object]


def exam_page(stage: Stage) -> ExamPage:
    """The page that is up."""
    from clinoscope.ui.exam.page import ExamPage

    page = stage.window.page
    assert isinstance(page, ExamPage)
    return page


def show_exam(state: str, task: str, place: int = -1) -> Scene:
    """Goes to an exam of a task in a state, the newest unless told which."""

    def scene(stage: Stage) -> None:
        exam = stage.exam(state, task, place)
        stage.window.shell.set_context(next(one for one in stage.patients if one.id == exam.patient_id))
        stage.window.shell.go("exam", exam=exam)

    return scene


def choose_task(stage: Stage, patient: int = 0) -> None:
    stage.window.shell.set_context(stage.patients[patient])
    stage.window.shell.go("exam", patient_id=stage.patients[patient].id, mode=None)


def begin(stage: Stage, task: str, patient: int = 0) -> ExamPage:
    choose_task(stage, patient)
    stage.settle(50)
    page = exam_page(stage)
    page.choose.chosen.emit(modes.task(task))
    stage.settle(50)
    return page


def live(stage: Stage, patient: int = 1) -> None:
    """A network camera that sees a face; the second patient's first lip photo, the first one's fifth."""
    page = begin(stage, "anemia/lip", patient)
    page.bench.capture.picker.choose_network()
    page.bench.capture.picker.address.set_text(stage.camera)
    page.bench.capture.picker.wanted.emit(stage.camera)
    stage.settle(3000)


def follow_up(stage: Stage) -> None:
    """The same camera, nearer than at an earlier visit: that picture over the live one, and what to do."""
    live(stage, 0)
    visits = exam_page(stage).bench.follow.block.visits
    visits.setCurrentIndex(1)
    visits.activated.emit(1)
    stage.settle(1500)


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


def failed_check(stage: Stage) -> None:
    """A picture too dark to be read."""
    page = begin(stage, "skin/lesion-photo")
    dark = stage.scratch / "dark.png"
    with Image.open(PHANTOMS / "lesion.png") as image:
        image.convert("RGB").point(lambda value: value // 5).save(dark)
    page.bench.capture.give(drops.from_file(str(dark)))
    stage.settle(2000)


def watched_folder(stage: Stage) -> None:
    """Nothing has been saved into it yet."""
    shots = stage.scratch / "Microscope"
    shots.mkdir(exist_ok=True)
    page = begin(stage, "neutrophil/cells")
    page.bench.capture.picker._choose(f"folder:{shots}")  # noqa: SLF001 - the dialog before it is the system's
    stage.settle(1500)


def choose_page(stage: Stage) -> None:
    """A TIFF of three pictures."""
    path = stage.scratch / "three.tif"
    pages = []
    for name in ("smear", "rash", "lesion"):
        with Image.open(PHANTOMS / f"{name}.png") as image:
            pages.append(image.convert("RGB").resize((1280, 960)))
    pages[0].save(path, save_all=True, append_images=pages[1:])
    page = begin(stage, "neutrophil/cells")
    page.bench.capture.give(drops.from_file(str(path)))
    stage.settle(1500)


def camera_settings(stage: Stage) -> None:
    """The settings of a camera that there is not: what one with four sizes, an exposure and a focus would show."""
    from clinoscope.ui.exam.camera_panel import CameraPanel
    from clinoscope.workflow.capture import Abilities, CameraSettings, Knob, Range

    live(stage)
    page = exam_page(stage)
    panel = CameraPanel(page, "Microscope HD", CameraSettings(by_hand={Knob.EXPOSURE: 300}))
    sizes = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))
    ranges = {
        Knob.EXPOSURE: Range(3, 2047, 157, True),
        Knob.WHITE_BALANCE: Range(2800, 6500, 4600, True),
        Knob.FOCUS: Range(0, 250, 60, True),
    }
    panel.show_abilities(Abilities(sizes, (1920, 1080), ranges))
    page.acts.open_panel(panel, panel.close_it)  # opened by a camera otherwise


def heatmap(stage: Stage) -> None:
    show_exam("draft", "skin/lesion-photo")(stage)
    stage.settle()
    exam_page(stage).bench.reading.toggle_heat()
    stage.settle(3000)


def sign(stage: Stage) -> None:
    show_exam("draft", "skin/lesion-photo")(stage)
    stage.settle()
    page = exam_page(stage)
    page.bench.reading.overrule("melanocytic_nevus")
    page.bench.reading.comment.setPlainText("Unchanged since last visit. Seen again in three months.")
    stage.settle()
    page.acts.ask_sign()
    stage.settle()
    assert page.acts.panel is not None
    page.acts.panel.password.setFocus()  # type: ignore[attr-defined]  # the signing panel's


def report(stage: Stage) -> None:
    exam_page(stage).acts.close_panel()
    show_exam("signed", "anemia/lip")(stage)
    stage.settle()
    exam_page(stage).acts.show_report()
    stage.settle(2000)


def amended(stage: Stage) -> None:
    """The first of two signed versions."""
    from clinoscope.workflow import exams

    vault = stage.window.shell.open_vault
    first = stage.exam("signed", "skin/lesion-photo")
    draft = exams.amend(vault, first, "Seen again by daylight.")
    exams.sign(vault, exams.review(vault, draft, "melanocytic_nevus", ""), PASSWORD)
    show_exam("signed", "skin/lesion-photo")(stage)


def about_model(stage: Stage) -> None:
    show_exam("draft", "scalp/hair-loss")(stage)
    stage.settle()
    exam_page(stage).acts.show_about()


def add_patient(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people", add=True)
    stage.settle(50)
    panel = stage.window.page.panel  # type: ignore[union-attr]  # the page just gone to
    panel.name.edit.setText("Mariam Traoré")
    panel.born.edit.setText("3.6.1988")
    panel.born.edited.emit("3.6.1988")
    panel.sex.take("F")


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


def settings(stage: Stage) -> None:
    """The page, with its lower half, which is built a turn later."""
    stage.window.shell.set_context(None)
    stage.window.shell.go("settings")
    stage.settle()


def numbering(stage: Stage) -> None:
    settings(stage)
    stage.window.page.numbers.change.click()  # type: ignore[union-attr]  # the page just gone to
    stage.settle()
    panel = stage.window.page.numbers.panel  # type: ignore[union-attr]
    panel.whose.take("own")
    panel.pattern.set_text("### ### ####")
    panel.scheme.setCurrentIndex(2)
    panel._follow()  # noqa: SLF001 - as a click does


def lab_form(stage: Stage) -> None:
    """A value on its way into the list."""
    stage.window.shell.go("patient", patient_id=stage.patients[0].id)
    stage.settle()
    block = stage.window.page.labs  # type: ignore[union-attr]  # the page just gone to
    block.add.click()
    block.form.value.edit.setText("118")
    block.form.unit.setCurrentText("g/L")


def models_page(stage: Stage, title: str = "Skin · Spot, camera", part: str = "Card") -> ModelsPage:
    """The page of the models, at the package in use for a task."""
    from PySide6.QtWidgets import QAbstractButton

    from clinoscope.ui.pages.models import ModelsPage

    stage.window.shell.set_context(None)
    stage.window.shell.go("models")
    stage.settle()
    page = stage.window.page
    assert isinstance(page, ModelsPage)
    page.rows.select([row.texts[0] for row in page.rows.rows()].index(title))
    shown = next(one for one in page.part.findChildren(QAbstractButton) if one.text() == part)
    shown.click()
    stage.settle()
    return page


def models_test(stage: Stage) -> None:
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel

    page = models_page(stage, part="Tested here")
    page.findChildren(AcceptancePanel)[0].test.click()


def models_fit(stage: Stage) -> None:
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel

    page = models_page(stage, "Blood smear · Single white cell", part="Tested here")
    page.findChildren(AcceptancePanel)[0].fit.click()


def over_time(stage: Stage) -> None:
    """A drop in agreement; the last scenes only, because the people have many exams now."""
    reviewed(stage)
    models_page(stage, part="Over time")


def reviewed(stage: Stage) -> None:
    """Signed reviews of one model, drawn up here: signed one by one their keys would take minutes."""
    from clinoscope.domain.record import ExamState, Review
    from clinoscope.records import signing
    from clinoscope.records.exams import as_row

    vault = stage.window.shell.open_vault
    first = stage.exam("draft", "skin/lesion-photo")
    assert first.reading is not None
    assert first.picture is not None
    keys = vault.custody.unlock(PASSWORD)
    rows = []
    for place in range(REVIEWED):
        agrees = place % 10 > 0 if place < 130 else place % 2 > 0
        at = datetime.now(UTC) - timedelta(days=REVIEWED - place)
        answer = "melanocytic_nevus"
        exam = replace(
            first,
            id=f"{place:032x}",
            patient_id=stage.patients[-1].id,
            created_at=at,
            picture=replace(first.picture, phantom=False),  # of a phantom nobody's agreement is counted
            reading=replace(first.reading, answer=answer, labels=(answer,), reason=""),
            review=Review(answer=answer if agrees else "melanoma", agrees=agrees),
        )
        done = signing.signed(exam, vault.user, keys)
        assert done.state is ExamState.SIGNED
        assert done.signature is not None
        rows.append(as_row(replace(done, signature=replace(done.signature, at=at))))
    store = vault._store  # noqa: SLF001
    with store._lock:  # noqa: SLF001
        db = store._db  # noqa: SLF001
        db.execute("PRAGMA query_only = OFF")
        db.table("exams").insert_all(rows)
        db.execute("PRAGMA query_only = ON")


def export_panel(stage: Stage) -> None:
    settings(stage)
    stage.window.page.export.click()  # type: ignore[union-attr]  # the page just gone to


def smear(stage: Stage) -> None:
    """Six drawn fields that overlap, half of the cells reviewed."""
    import numpy as np
    from drawing.smear import scan  # type: ignore[import-not-found]  # of resources/phantoms
    from PIL import PngImagePlugin

    from clinoscope.workflow import capture
    from clinoscope.workflow.smear import collect
    from clinoscope.workflow.smear.bench import Bench

    vault, patient = stage.window.shell.open_vault, stage.patients[SMEAR_OF]
    if not stage.smears:
        bench = Bench(vault, collect.begin(vault, patient))
        big, _truth = scan(1700, 4000, 70, 3)
        note = PngImagePlugin.PngInfo()
        note.add_text("clinoscope-phantom", "smear")
        for number, (x, y) in enumerate(((0, 0), (1280, 0), (2560, 0), (0, 800), (1280, 800), (2560, 800))):
            path = stage.scratch / f"field-{number}.png"
            Image.fromarray(np.ascontiguousarray(big[y : y + 900, x : x + 1440])).save(path, pnginfo=note)
            bench.add_field(capture.open_picture(path))
        while bench.read_next() is not None:
            pass
        bench.confirm(cell.number for cell in bench.cells[::2])
        bench.edit(white_cells=11.8, comments=("toxic_granulation:2",))
        stage.smears.append(bench.exam)
    stage.window.shell.set_context(patient)
    stage.window.shell.go("smear", exam=stage.smears[0])
    stage.settle(1500)


def smear_field(stage: Stage) -> None:
    """One cell in its field."""
    smear(stage)
    page = stage.window.page
    page.gallery.go_to(page.gallery.cells()[3].number)  # type: ignore[union-attr]  # the bench just gone to
    page.desk.toggle_close()  # type: ignore[union-attr]


def smear_panel(show: str) -> Scene:
    """The bench with a panel open."""

    def scene(stage: Stage) -> None:
        smear(stage)
        getattr(stage.window.page, show)()
        stage.settle()

    return scene


def ranges(stage: Stage) -> None:
    settings(stage)
    stage.window.page.smears.ranges.click()  # type: ignore[union-attr]  # the page just gone to


def consents(stage: Stage) -> None:
    """An agreement that was taken back for training, on its way to being noted."""
    from clinoscope.domain.consent import Consented, Purpose
    from clinoscope.workflow import consent

    vault, patient = stage.window.shell.open_vault, stage.patients[0]
    first = date.today() - timedelta(days=92)  # noqa: DTZ011 - the day on the wall, as a nurse would write it
    for purpose in Purpose:
        consent.note(vault, patient, purpose, Consented.GIVEN, first, "form 17")
    stage.window.shell.go("patient", patient_id=patient.id)
    stage.settle()
    page = stage.window.page
    page.consent.change.click()  # type: ignore[union-attr]  # the page just gone to
    page.consent.panel.choices[Purpose.TRAINING].take("refused")  # type: ignore[union-attr]
    page.consent.panel.note.set_text("form 22")  # type: ignore[union-attr]


def erasing(stage: Stage) -> None:
    """What erasing somebody would take, before the number and the password are typed."""
    stage.window.shell.go("patient", patient_id=stage.patients[0].id)
    stage.settle()
    stage.window.page.consent.erase.click()  # type: ignore[union-attr]  # the page just gone to


def privacy(stage: Stage) -> None:
    """The clinic's rule on how long patients are kept, and that some are past it."""
    from PySide6.QtWidgets import QScrollArea

    from clinoscope.domain.record import Sex
    from clinoscope.workflow import exams, labs, retention

    vault = stage.window.shell.open_vault
    for name, sex, born, seen in LONG_AGO if not retention.rule(vault) else ():
        number = vault.patients.suggest_identifier()
        patient = exams.new_patient(vault, name=name, identifier=number, sex=Sex(sex), born=born)
        labs.add(vault, patient, "haemoglobin", "12.1", "g/dL", seen, None)
        if patient.born and patient.born.year > 2000:
            retention.keep(vault, patient.id, "Treatment goes on elsewhere; records asked for")
    retention.set_rule(vault, retention.Rule(10, 5))
    settings(stage)
    section = stage.window.page.privacy  # type: ignore[union-attr]  # the page just gone to
    scroll = section
    while not isinstance(scroll, QScrollArea):
        scroll = scroll.parentWidget()
    scroll.ensureWidgetVisible(section)


def keeping(stage: Stage) -> None:
    """Who is past the rule, one of them about to be kept."""
    privacy(stage)
    stage.settle()
    section = stage.window.page.privacy  # type: ignore[union-attr]  # the page just gone to
    section.list_due.click()
    stage.settle()
    section.panels[0].rows[0].keep.click()


def people(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people")


def keys(stage: Stage) -> None:
    stage.window.shell.go("people")
    stage.window.frame.show_keys()


def check_vault(stage: Stage) -> None:
    settings(stage)
    stage.window.page.health.check.click()  # type: ignore[union-attr]  # the page just gone to


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
    "settings-numbers": numbering,
    "compare-wipe": lambda stage: compare(stage, "wipe"),
    "choose": choose_task,
    "capture": live,
    "follow-up": follow_up,
    "capture-failed": failed_check,
    "capture-folder": watched_folder,
    "capture-page": choose_page,
    "capture-settings": camera_settings,
    "region": show_exam("draft", "skin/lesion-dermoscopy"),
    "region-missing": show_exam("draft", "anemia/nail"),
    "reading": show_exam("draft", "skin/lesion-photo"),
    "reading-flag": show_exam("draft", "anemia/nail", 0),
    "reading-cannot-judge": show_exam("draft", "scalp/disease"),
    "reading-lips": show_exam("draft", "anemia/lip"),
    "reading-smear": show_exam("draft", "neutrophil/cells"),
    "heatmap": heatmap,
    "smear": smear,
    "smear-field": smear_field,
    "smear-sheet": smear_panel("show_sheet"),
    "smear-reference": smear_panel("show_reference"),
    "smears": lambda stage: stage.window.shell.go("smears"),
    "settings-ranges": ranges,
    "about-model": about_model,
    "sign": sign,
    "report": report,
    "signed": show_exam("signed", "anemia/lip"),
    "amended": amended,
    "models": models_page,
    "models-not-trained": lambda stage: models_page(stage, "Blood smear · Neutrophil inclusions"),
    "models-install": lambda stage: models_page(stage).install.click(),
    "models-tested": lambda stage: models_page(stage, part="Tested here"),
    "models-test": models_test,
    "models-fit": models_fit,
    "settings": check_vault,
    "settings-export": export_panel,
    "consent": consents,
    "erase": erasing,
    "settings-privacy": privacy,
    "settings-keeping": keeping,
    "users": lambda stage: stage.window.shell.go("users"),
    "log": lambda stage: stage.window.shell.go("audit"),
    "models-over-time": over_time,
    "today-dropped": lambda stage: stage.window.shell.go("today"),
    "locked": lambda stage: stage.window.shell.lock(),
}


def fill(vault: Vault) -> tuple[list[Patient], list[Exam]]:
    """People, visits and lab values, each visit read by the installed packages; a task without one is left out.

    No phantom is refused: to show what that looks like, one is read as if it were a photograph.
    """
    from clinoscope.domain.errors import PackageError
    from clinoscope.domain.record import Sex
    from clinoscope.workflow import capture, exams, labs
    from clinoscope.workflow.look import look

    patients = [
        exams.new_patient(vault, name=name, identifier=vault.patients.suggest_identifier(), sex=Sex(sex), born=born)
        for name, sex, born in PEOPLE
    ]
    done = []
    for number, task_id, phantom, days, far in VISITS:
        picture = capture.open_picture(PHANTOMS / phantom)
        if far == "refused":
            picture = replace(picture, phantom=False)
        at = datetime.now(UTC) - timedelta(days=days, hours=2)
        try:
            earlier = exams.earlier(vault, patients[number].id, task_id)
            seen = look(modes.task(task_id), picture, earlier=earlier)
        except PackageError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        exam = replace(exams.take(vault, patients[number], task_id, picture), created_at=at)
        exam = exams.set_region(vault, exam, seen.region, seen.quality)
        if far != "taken":
            exam = exams.set_reading(vault, exam, seen.reading)
        if far == "signed":
            exam = exams.sign(vault, exams.review(vault, exam, seen.reading.answer), PASSWORD)
        done.append(exam)
    for value, unit, days, at_time, wrong in LABS:
        drawn = datetime.now().astimezone().date() - timedelta(days=days)
        lab = labs.add(vault, patients[0], "haemoglobin", value, unit, drawn, at_time)
        if wrong:
            labs.void(vault, lab, wrong)
    return patients, done


def keep_picture(pixmap: QPixmap, path: Path) -> None:
    """Save what was on the screen, in few colours."""
    pixmap.save(str(path))
    tokens = theme.DARK if theme.is_dark() else theme.LIGHT
    fixed = [channel for name in tokens for channel in theme.color(name).getRgb()[:3]]  # type: ignore[index]
    with Image.open(path) as image:
        whole = image.convert("RGB")
    free = whole.quantize(COLOURS - len(tokens), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette(fixed + (free.getpalette() or [])[: 3 * (COLOURS - len(tokens))])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def take_one(theme_name: str, width: int, height: int, scale: int, pages: str, folder: Path) -> None:
    """One set, in this process."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from clinoscope.ui import app as ui_app
    from clinoscope.workflow import session

    app = QApplication([])
    wanted = pages.split() or ["first-start", "recovery-code", "login", *SCENES]
    suffix = theme_name + (f"-{width}x{height}" if width != 1366 else "") + (f"-{scale * 100}" if scale != 1 else "")
    with tempfile.TemporaryDirectory() as made, camera(PHANTOMS / "face.png", down=95) as address:
        scratch = Path(made)
        window = ui_app.build(app, scratch / "vault", scratch / "preferences", catch_bugs=False)
        theme.watcher().less_motion = True
        theme.set_appearance(theme.Appearance(theme_name))
        window.resize(width, height)
        window.show()
        window.activateWindow()
        stage = Stage(window, [], [], address, scratch)

        def keep(name: str) -> None:
            stage.settle()
            if name in wanted:
                keep_picture(window.grab(), folder / f"{name}-{suffix}.png")

        first = window.gate.first
        assert first is not None
        first.name.edit.setText(USER)
        QTest.keyClicks(first.password.field.edit, PASSWORD)
        keep("first-start")
        vault, _code = session.create_vault(scratch / "vault", USER, PASSWORD)
        stage.patients, stage.exams = fill(vault)
        window.gate.show_code(vault, CODE)
        keep("recovery-code")
        window.gate.ask()
        login = window.gate.login
        assert login is not None
        login.name.edit.setText(USER)
        login.password.edit.setText(PASSWORD)
        keep("login")
        window.shell.enter_vault(vault)
        stage.settle()
        for name, scene in SCENES.items():
            if name in wanted:
                scene(stage)
                keep(name)
                window.frame.hints.put_away()
        window.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=int, help="take this set of SETS, in this process")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for the pictures")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.only is not None:
        take_one(*SETS[options.only], options.out)
        return 0
    for number, (_theme, _width, _height, scale, _pages) in enumerate(SETS):
        # Qt reads the scale once, when it starts.
        environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
        command = [sys.executable, __file__, "--only", str(number), "--out", str(options.out)]
        subprocess.run(command, check=True, env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
