import importlib
import threading

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinoscope.domain.record import Patient
from clinoscope.ui.page import Page
from clinoscope.ui.shell import PLACES, Shell
from clinoscope.workflow.smear import collect

ADA = Patient(id="p1", identifier="1001-7", name="Ada Okafor")


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_a_page(place: str, app: object) -> None:
    module, name = PLACES[place]
    page = getattr(importlib.import_module(module), name)
    assert issubclass(page, Page)
    assert issubclass(page, QWidget)


def test_go_tells_where_and_what(shell: Shell) -> None:
    went: list[tuple[str, dict]] = []
    shell.went.connect(lambda place, what: went.append((place, what)))
    shell.go("patient", patient_id="p1")
    assert went == [("patient", {"patient_id": "p1"})]
    assert shell.place == "patient"
    with pytest.raises(KeyError):
        shell.go("nowhere")


def test_an_exam_that_is_a_smear_opens_on_the_bench(shell: Shell, ada: Patient) -> None:
    exam = collect.begin(shell.open_vault, ada)
    shell.go("exam", exam=exam)
    assert shell.place == "smear"
    shell.go("exam", patient_id=ada.id, mode=None)
    assert shell.place == "exam"


def test_a_write_on_any_thread_is_announced_on_this_one(shell: Shell) -> None:
    told: list[tuple[str, int]] = []
    shell.changed.connect(lambda kind: told.append((kind, threading.get_ident())))
    worker = threading.Thread(target=shell.open_vault.patients.add, args=(ADA,))
    worker.start()
    worker.join()
    QTest.qWait(10)
    assert told == [("patients", threading.get_ident())]


def test_closing_forgets_the_patient_and_the_user(shell: Shell) -> None:
    shell.set_context(ADA)
    assert shell.user is not None
    assert shell.user.name == "Grace Mensah"
    shell.close_vault()
    assert shell.user is None
    assert shell.patient is None
    shell.close_vault()


def test_the_name_is_remembered_and_nothing_of_patients(shell: Shell) -> None:
    shell.set_context(ADA)
    kept = (shell.preferences.folder / "window.json").read_text(encoding="utf-8")
    assert "Grace Mensah" in kept
    assert "Ada" not in kept


def test_lock_needs_someone_logged_in(shell: Shell) -> None:
    told: list[bool] = []
    shell.locked.connect(lambda: told.append(True))
    shell.lock()
    shell.close_vault()
    shell.lock()
    assert told == [True]
