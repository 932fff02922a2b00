"""The main job with keyboard and mouse: picture, region, reading, signature, report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hands import PASSWORD, USER
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.domain.record import ExamState, Patient
from clinoscope.paths import RESOURCES
from clinoscope.records import Vault
from clinoscope.ui.exam import drops, work
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step

LESION = RESOURCES / "phantoms" / "lesion.png"
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(with_ada: Any) -> Any:
    """Logged in, at the patient page of Ada Okafor."""
    return with_ada


def test_from_a_dropped_file_to_the_signed_report(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    found = page.bench.region.region
    assert found is not None

    hands.press(Qt.Key.Key_Tab)  # the top left corner
    hands.press(Qt.Key.Key_Left, SHIFT)
    hands.press(Qt.Key.Key_Up)
    moved = page.bench.region.region
    assert moved is not None
    assert (moved.box.x, moved.box.y) == (found.box.x - 10, found.box.y - 1)
    assert (moved.box.right, moved.box.bottom) == (found.box.right, found.box.bottom)
    assert moved.how == "drawn"
    hands.press("r")
    assert page.bench.region.region == found
    hands.press("+")
    grown = page.bench.region.region

    exam = hands.read(page)
    assert exam.region == grown, "what is read is what was drawn"
    assert page.bench.reading.answer.words
    hands.press("a")
    hands.settle()
    assert page.exam is not None
    assert page.exam.review is not None
    assert page.exam.review.agrees

    signed = hands.sign(page)
    assert signed.state is ExamState.SIGNED
    hands.until(lambda: page.report.pages and all(sheet.shown for sheet in page.report.pages), "the pages are painted")
    assert page.report.pdf.startswith(b"%PDF-")
    hands.ctrl(Qt.Key.Key_S)
    save_in_dialog(hands, page, tmp_path / "report.pdf")
    hands.until(lambda: (tmp_path / "report.pdf").is_file(), "the report is saved")
    hands.settle()
    assert (tmp_path / "report.pdf").read_bytes() == page.report.pdf

    hands.click(page.report.done)
    hands.on("patient")
    vault = hands.window.shell.vault
    (kept,) = vault.exams.of_patient("p1")
    assert kept == signed


def save_in_dialog(hands: Any, page: ExamPage, path: Path) -> None:
    """Type a path into the file dialog and press Enter."""
    dialog = next(one for one in page.report.findChildren(QFileDialog) if one.isVisible())
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.setText(str(path))
    dialog.accept()
    hands.wait(50)


def test_overrule_comment_and_come_back_to_the_draft(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    exam = hands.read(page)
    hands.press("4")
    hands.click(page.bench.reading.comment)
    hands.type("a4 bleeds")
    hands.settle()
    hands.ctrl(Qt.Key.Key_F)  # leaves the page in the middle of a sentence
    hands.on("people")
    vault = hands.window.shell.vault
    kept = vault.exams.get(exam.id)
    assert kept.state is ExamState.DRAFT
    assert (kept.review.answer, kept.review.agrees, kept.review.comment) == ("melanoma", False, "a4 bleeds")

    hands.window.shell.go("exam", exam=kept)
    hands.settle()
    assert page.step is Step.READING
    assert page.bench.reading.comment.toPlainText() == "a4 bleeds"
    assert page.bench.reading.rows is not None
    assert page.bench.reading.rows.rows["melanoma"].isChecked()


def test_a_comment_without_an_answer_is_there_again_after_leaving_and_locking(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    exam = hands.read(page)
    hands.click(page.bench.reading.comment)
    hands.type("a4 bleeds")
    vault = hands.window.shell.vault
    hands.until(lambda: vault.exams.get(exam.id).comment == "a4 bleeds", "it is on the disk with nothing pressed")

    hands.type(" now")
    hands.ctrl(Qt.Key.Key_F)  # leaves the page in the middle of a sentence
    hands.on("people")
    kept = vault.exams.get(exam.id)
    assert (kept.review, kept.comment) == (None, "a4 bleeds now")
    hands.window.shell.go("exam", exam=kept)
    hands.settle()
    assert page.bench.reading.comment.toPlainText() == "a4 bleeds now"
    assert not page.bench.reading.sign.isEnabled()

    hands.click(page.bench.reading.comment)
    hands.type("!")
    hands.ctrl(Qt.Key.Key_L)
    hands.settle()
    assert vault.exams.get(exam.id).comment.count("!") == 1, "locked within the second, and kept"
    hands.log_in()
    hands.until(lambda: not hands.window.locked(), "unlocked")
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.press("a")
    hands.settle()
    agreed = vault.exams.get(exam.id)
    assert agreed.review is not None
    assert (agreed.comment, agreed.review.comment.count("bleeds now")) == ("", 1)


def test_a_comment_without_an_answer_is_there_after_a_kill(
    open_window: Any, vault_folder: Path, tmp_path: Path
) -> None:
    with Vault.open(vault_folder, USER, PASSWORD) as vault:
        ada = Patient(id="p1", identifier="1001-7", name="Ada Okafor")
        vault.patients.add(ada)
        opened = work.take(vault, ada, "skin/lesion-photo", None, drops.from_file(str(LESION)))
        draft = work.read(vault, opened.exam, opened.picture)
    script = Path(__file__).with_name("killed_while_typing.py")
    command = [sys.executable, str(script), str(vault_folder), str(tmp_path / "killed"), "bleeds since may", "2"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert ran.returncode not in (0, 1), ran.stderr

    hands = open_window(vault_folder)
    hands.log_in()
    hands.on("today")
    kept = hands.window.shell.open_vault.exams.get(draft.id)
    hands.window.shell.go("exam", exam=kept)
    hands.on("exam")
    assert (kept.review, kept.comment) == (None, "bleeds since may")
    assert hands.window.page.bench.reading.comment.toPlainText() == "bleeds since may"


def test_a_wrong_password_signs_nothing(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    hands.press("0")
    hands.settle()
    assert page.exam is not None
    assert page.exam.review is not None
    assert page.exam.review.answer == CANNOT_JUDGE
    hands.ctrl(Qt.Key.Key_Return)
    hands.until(lambda: page.acts.panel is not None, "the signing panel is open")
    hands.wait(200)
    hands.type("not it")
    hands.press(Qt.Key.Key_Return)
    panel = page.acts.panel
    hands.until(lambda: panel.password.error(), "what is wrong is said")
    hands.press(Qt.Key.Key_Escape)
    hands.wait(200)
    hands.settle()
    assert page.step is Step.READING
    assert page.exam.state is ExamState.DRAFT


def test_amending_keeps_the_signed_version(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    hands.press("a")
    hands.settle()
    first = hands.sign(page)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.READING
    hands.press("1")
    hands.settle()
    assert page.exam == first, "a signed exam takes no answer"

    hands.click(page.bench.reading.amend)
    hands.wait(200)
    hands.type("Seen again by daylight")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.exam is not None and page.exam.version == 2, "the next version is open")
    hands.settle()
    assert page.step is Step.READING
    hands.press("3")
    hands.settle()
    second = hands.sign(page)
    assert second.amendment == "Seen again by daylight"
    vault = hands.window.shell.vault
    assert vault.exams.versions(first.id)[0] == first

    hands.window.shell.go("exam", exam=first)
    hands.settle()
    assert "replaced by version 2" in page.bench.reading.signed.text
    assert not page.bench.reading.amend.isVisible(), "only the newest version can be amended"


def test_esc_leads_back_step_by_step(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    places = []
    for _ in range(2):
        hands.press(Qt.Key.Key_Escape)
        hands.settle()
        places.append(page.step)
    assert places == [Step.REGION, Step.CAPTURE]
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")
    hands.press(Qt.Key.Key_Escape)
    hands.wait(200)
    hands.on("patient")
    (kept,) = hands.window.shell.vault.exams.of_patient("p1")
    assert kept.picture is not None
    assert kept.reading is not None, "a draft loses nothing on the way back"


def test_a_draft_is_discarded_after_asking_once(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.click(page.head.discard)
    hands.wait(200)
    hands.press(Qt.Key.Key_Escape)
    hands.wait(200)
    vault = hands.window.shell.vault
    assert len(vault.exams.of_patient("p1")) == 1
    hands.click(page.head.discard)
    hands.wait(200)
    assert page.acts.panel is not None
    hands.click(page.acts.panel.button)
    hands.on("patient")
    assert vault.exams.of_patient("p1") == ()


def test_a_draft_goes_on_where_it_stood(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.press("+")
    grown = page.bench.region.region
    hands.ctrl(Qt.Key.Key_F)  # at once: the changed region is not saved yet
    hands.on("people")
    (kept,) = hands.window.shell.vault.exams.of_patient("p1")
    assert kept.region == grown
    hands.window.shell.go("exam", exam=kept)
    hands.settle()
    assert page.step is Step.REGION
    assert page.bench.region.region == grown
    hands.press("r")
    assert page.bench.region.region != grown, "what was found is found again"
