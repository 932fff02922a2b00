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
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinoscope.domain.record import Exam, Patient
    from clinoscope.records import Vault
    from clinoscope.ui.window import Window

HERE = Path(__file__).parent
PHANTOMS = HERE.parents[1] / "resources" / "phantoms"
USER, PASSWORD = "Grace Mensah", "three quiet rivers"
CODE = "7K2M9-0QXTB-4WHJD-R8S3V-EP6N1"
"""Not the code of any vault."""

SETS = (
    # theme, width, height, scale, pages ("" for all)
    ("light", 1366, 768, 1, ""),
    ("dark", 1366, 768, 1, "login today patient add-patient exam-reading settings"),
    ("light", 1920, 1080, 1, "people patient exam-reading"),
    ("light", 1366, 768, 2, "patient"),
)
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
    # patient, task, phantom, days ago, how far: "signed", "read" or "taken"
    (0, "anemia/lip", "lips.png", 92, "signed"),
    (0, "anemia/lip", "lips_card.png", 61, "signed"),
    (0, "anemia/lip", "face.png", 30, "signed"),
    (0, "anemia/lip", "lips.png", 1, "signed"),
    (0, "skin/lesion-photo", "lesion.png", 40, "signed"),
    (1, "scalp/disease", "scalp.png", 2, "signed"),
    (3, "skin/rash", "rash.png", 1, "signed"),
    (6, "neutrophil/cells", "smear.png", 3, "signed"),
    (5, "anemia/conjunctiva", "eyelid.png", 5, "signed"),
    (4, "skin/lesion-dermoscopy", "dermoscopy.png", 0, "taken"),
    (0, "skin/lesion-photo", "lesion.png", 0, "read"),
)


@dataclass
class Stage:
    """The window, and what the scenes go to."""

    window: Window
    patients: list[Patient]
    exams: list[Exam]

    def settle(self, milliseconds: int = 900) -> None:
        """Let the window work until it has nothing left to do."""
        from PySide6.QtTest import QTest

        from clinoscope.ui import tasks

        end = time.monotonic() + 20
        QTest.qWait(milliseconds)
        while tasks.running() and time.monotonic() < end:
            QTest.qWait(20)
        QTest.qWait(150)

    def exam(self, state: str, task: str) -> Exam:
        """The newest exam of a task in a state."""
        return [exam for exam in self.exams if exam.task == task and exam.state == state][-1]


def read_lesion(stage: Stage) -> None:
    stage.window.shell.set_context(stage.patients[0])
    stage.window.shell.go("exam", exam=stage.exam("draft", "skin/lesion-photo"))


def signed_lips(stage: Stage) -> None:
    stage.window.shell.set_context(stage.patients[0])
    stage.window.shell.go("exam", exam=stage.exam("signed", "anemia/lip"))


def choose_task(stage: Stage) -> None:
    stage.window.shell.set_context(stage.patients[0])
    stage.window.shell.go("exam", patient_id=stage.patients[0].id, mode=None)


def add_patient(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people", add=True)
    stage.settle(50)
    panel = stage.window.page.panel  # type: ignore[union-attr]  # the page just gone to
    panel.name.edit.setText("Mariam Traoré")
    panel.born.edit.setText("3.6.1988")
    panel.born.edited.emit("3.6.1988")
    panel.sex.take("F")


def people(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("people")


def keys(stage: Stage) -> None:
    stage.window.shell.go("people")
    stage.window.frame.show_keys()


def check_vault(stage: Stage) -> None:
    stage.window.shell.set_context(None)
    stage.window.shell.go("settings")
    stage.window.page.check.click()  # type: ignore[union-attr]  # the page just gone to


SCENES: dict[str, Callable[[Stage], object]] = {
    "today": lambda stage: stage.window.shell.go("today"),
    "people": people,
    "keys": keys,
    "add-patient": add_patient,
    "patient": lambda stage: stage.window.shell.go("patient", patient_id=stage.patients[0].id),
    "exam-choose": choose_task,
    "exam-reading": read_lesion,
    "exam-signed": signed_lips,
    "models": lambda stage: stage.window.shell.go("models"),
    "settings": check_vault,
}


def fill(vault: Vault) -> tuple[list[Patient], list[Exam]]:
    """People and visits, each read by the installed packages; a task without a package is left out."""
    from clinoscope import modes
    from clinoscope.domain.errors import PackageError
    from clinoscope.domain.record import Sex
    from clinoscope.workflow import capture, exams
    from clinoscope.workflow.look import look

    patients = [
        exams.new_patient(vault, name=name, identifier=vault.patients.suggest_identifier(), sex=Sex(sex), born=born)
        for name, sex, born in PEOPLE
    ]
    done = []
    for number, task_id, phantom, days, far in VISITS:
        picture = capture.open_picture(PHANTOMS / phantom)
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
    return patients, done


def take_one(theme_name: str, width: int, height: int, scale: int, pages: str) -> None:
    """One set, in this process."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from clinoscope.ui import app as ui_app
    from clinoscope.ui import theme
    from clinoscope.workflow import session

    app = QApplication([])
    wanted = pages.split() or ["first-start", "recovery-code", "login", *SCENES]
    suffix = f"{theme_name}-{width}x{height}" + (f"-{scale * 100}" if scale != 1 else "")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "vault"
        window = ui_app.build(app, folder, Path(scratch) / "preferences", catch_bugs=False)
        theme.watcher().less_motion = True
        theme.set_appearance(theme.Appearance(theme_name))
        window.resize(width, height)
        window.show()
        stage = Stage(window, [], [])

        def keep(name: str) -> None:
            stage.settle()
            if name in wanted:
                window.grab().save(str(HERE / f"{name}-{suffix}.png"))

        first = window.gate.first
        assert first is not None
        first.name.edit.setText(USER)
        QTest.keyClicks(first.password.field.edit, PASSWORD)
        keep("first-start")
        vault, _code = session.create_vault(folder, USER, PASSWORD)
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
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.only is not None:
        take_one(*SETS[options.only])
        return 0
    for number, (_theme, _width, _height, scale, _pages) in enumerate(SETS):
        # Qt reads the scale once, when it starts.
        environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
        subprocess.run([sys.executable, __file__, "--only", str(number)], check=True, env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
