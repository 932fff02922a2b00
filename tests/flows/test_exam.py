"""The main job with keyboard and mouse: picture, region, reading, signature, report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hands import PASSWORD, USER
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLineEdit

from clinoscope.domain.reading import CANNOT_JUDGE
from clinoscope.domain.record import ExamState, Patient
from clinoscope.paths import RESOURCES
from clinoscope.records import Vault
from clinoscope.ui.exam import work
from clinoscope.ui.exam.page import ExamPage
from clinoscope.ui.exam.step import Step
from clinoscope.workflow import exams

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
        opened = work.take(vault, ada, "skin/lesion-photo", None, _from(LESION))
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


def test_a_bad_file_is_refused_and_changes_nothing(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    (tmp_path / "letter.jpg").write_text("not a picture", encoding="utf-8")
    page.bench.capture.give(_from(tmp_path / "letter.jpg"))
    hands.settle()
    assert page.step is Step.CAPTURE
    assert page.exam is None
    assert page.bench.capture.sentence
    assert hands.window.shell.vault.exams.of_patient("p1") == ()


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


def forward_to_the_region(hands: Any, page: ExamPage) -> None:
    """From Capture by the stepper."""
    assert page.step is Step.CAPTURE
    page.head.stepper.setFocus()
    hands.press(Qt.Key.Key_Right)
    hands.settle()
    assert page.step is Step.REGION


def test_a_retake_that_is_thought_better_of_keeps_the_picture_there_was(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    before = page.exam
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    forward_to_the_region(hands, page)
    assert page.exam == before


@pytest.mark.parametrize("answered", [True, False])
def test_a_retake_over_what_was_said_asks_first(hands: Any, answered: bool) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    before = hands.read(page)
    if answered:
        hands.press("4")
    hands.click(page.bench.reading.comment)
    hands.type("bleeds")
    hands.settle()
    back_to_capture(hands, page)
    vault = hands.window.shell.vault
    said = vault.exams.get(before.id)
    assert exams.spoken(said) == "bleeds"

    offer(hands, page)
    assert page.acts.panel is not None
    assert (page.step, vault.exams.get(before.id)) == (Step.CAPTURE, said)
    hands.press(Qt.Key.Key_Return)  # the keyboard is on "Keep"
    hands.settle()
    assert (page.step, vault.exams.get(before.id)) == (Step.READING, said)
    assert page.bench.reading.comment.toPlainText() == "bleeds"

    back_to_capture(hands, page)
    offer(hands, page)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert (page.step, vault.exams.get(before.id)) == (Step.READING, said)

    back_to_capture(hands, page)
    offer(hands, page)
    hands.ctrl(Qt.Key.Key_F)  # the page is left with the question open
    hands.on("people")
    assert vault.exams.get(before.id) == said
    hands.window.shell.go("exam", exam=said)
    hands.settle()

    back_to_capture(hands, page)
    offer(hands, page)
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.step is Step.REGION, "the other picture is there")
    hands.settle()
    replaced = vault.exams.get(before.id)
    assert (replaced.review, replaced.comment) == (None, "")
    assert hands.read(page).reading is not None
    assert page.bench.reading.comment.toPlainText() == ""


def back_to_capture(hands: Any, page: ExamPage) -> None:
    if page.bench.reading.comment.hasFocus():
        hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.CAPTURE


def offer(hands: Any, page: ExamPage) -> None:
    """Drop a picture over what was said, and until the question is there."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(LESION))])
    page.bench.capture.offer(mime)
    hands.until(lambda: page.acts.panel is not None, "the question is there")
    hands.wait(200)


def test_the_way_forward_from_a_look_at_the_camera_shows_the_picture_that_was_read(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.read(page)
    back_to_capture(hands, page)
    page.head.stepper.wanted.emit(int(Step.READING))
    hands.settle()
    assert page.step is Step.READING
    assert page.opened is not None
    assert page.bench.canvas.raster is page.opened.raster


def test_the_very_same_picture_is_told_and_taken(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    assert not page.bench.colour.isVisible()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.drop(page, LESION)
    assert "this exam had before" in page.bench.colour.remark.text()
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    hands.press(Qt.Key.Key_Escape)
    hands.on("patient")

    page = hands.begin("4")
    with Image.open(LESION) as image:
        image.save(tmp_path / "packed anew.bmp")
    hands.drop(page, tmp_path / "packed anew.bmp")
    assert page.bench.colour.remark.isVisible()
    assert "This very picture is also in the exam “Spot, camera” of " in page.bench.colour.remark.text()
    hands.read(page)
    assert page.bench.colour.remark.isVisible(), "for whoever reviews it, too"


@pytest.mark.parametrize(("level", "todo"), [(0, "Uncover the lens"), (255, "All white")])
def test_a_picture_that_shows_nothing_is_told_so_and_nothing_is_ticked(
    hands: Any, tmp_path: Path, level: int, todo: str
) -> None:
    page = hands.begin("4")
    Image.new("RGB", (640, 480), (level, level, level)).save(tmp_path / "nothing.jpg")
    capture = page.bench.capture
    capture.give(_from(tmp_path / "nothing.jpg"))
    hands.until(lambda: capture.failed, "it is refused")
    hands.settle()
    (told,) = capture._checks.words()
    assert told.startswith(f"Nothing to see. {todo}")
    hands.press("u")
    hands.settle()
    assert page.step is Step.REGION
    assert page.bench.region._checks.words() == [told]


def test_a_picture_without_colour_is_told(hands: Any, tmp_path: Path) -> None:
    page = hands.begin("4")
    with Image.open(LESION) as image:
        image.convert("L").convert("RGB").save(tmp_path / "grey.png")
    page.bench.capture.give(_from(tmp_path / "grey.png"))
    hands.until(lambda: page.bench.capture.failed, "it is refused")
    hands.settle()
    assert "No colour. Switch the camera to colour, the reading needs it" in page.bench.capture._checks.words()


def test_a_region_changed_just_before_going_back_is_still_to_be_reached(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.press("+")
    hands.press(Qt.Key.Key_Escape)  # takes the change back, which is being saved
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    forward_to_the_region(hands, page)


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


def test_the_region_is_changed_and_given_back_by_keyboard_alone(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    step = page.bench.region
    found = step.region
    hands.press(Qt.Key.Key_Right, SHIFT)
    hands.press("-")
    changed = step.region
    hands.press(Qt.Key.Key_Escape)
    assert page.step is Step.REGION, "the first Esc takes the changes back"
    assert step.region == found
    hands.ctrl(Qt.Key.Key_Z)
    assert step.region == changed
    hands.ctrl(Qt.Key.Key_Z)
    hands.ctrl(Qt.Key.Key_Z)
    assert step.region == found
    hands.ctrl(Qt.Key.Key_Y)
    assert step.region != found
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.settle()
    assert page.step is Step.CAPTURE, "the next one leads back"


def test_the_region_under_the_mouse(hands: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    canvas, before = page.bench.canvas, page.bench.region.region
    assert before is not None
    middle = canvas.view.box(before.box).center().toPoint()
    drag(hands, canvas, middle, middle + QPoint(40, 0))
    after = page.bench.region.region
    assert after is not None
    assert after.box.x - before.box.x == pytest.approx(40 / canvas.zoom, abs=2)
    assert (after.box.w, after.box.h) == (before.box.w, before.box.h)


def look_through(hands: Any, page: ExamPage, stream: Any) -> None:
    """Type the camera's address, and until its picture is there."""
    picker = page.bench.capture.picker
    picker.choose_network()
    hands.click(picker.address.edit)
    hands.type(stream.url)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: page.bench.capture.live, "the live picture is there")


def test_a_camera_that_goes_away_is_told_and_comes_back_by_itself(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    canvas, shutter = page.bench.canvas, page.bench.capture.shutter
    assert shutter.isEnabled()
    stream.gone.set()
    hands.until(lambda: canvas.accessibleDescription().endswith("."), "what is wrong is said on the picture")
    assert not shutter.isEnabled()
    hands.press(Qt.Key.Key_Space)
    hands.settle()
    assert page.exam is None, "a picture that has stopped is not taken"
    stream.gone.clear()
    hands.until(shutter.isEnabled, "the picture is live again")
    assert canvas.accessibleDescription() == ""


def test_locking_lets_go_of_the_camera_and_unlocking_takes_it_again(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.ctrl("l")
    hands.until(hands.window.locked, "the window is locked")
    assert not page.bench.capture.live
    hands.log_in()
    hands.on("exam")
    hands.until(lambda: page.bench.capture.live, "the live picture is back")


def test_a_draft_that_stands_at_its_region_opens_no_camera(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    hands.drop(page, LESION)
    hands.settle()
    draft = page.exam
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.window.shell.go("exam", exam=draft)
    hands.settle()
    assert page.step is Step.REGION
    assert not page.bench.capture.shutter.isVisible()
    assert page.bench.capture.preview is None


def test_a_still_from_a_network_camera(hands: Any, stream: Any) -> None:
    page = hands.begin("4")
    look_through(hands, page, stream)
    hands.wait(1000)
    hands.press(Qt.Key.Key_Space)
    hands.taken(page)
    assert page.exam is not None
    assert page.exam.picture is not None
    assert page.exam.picture.origin == "stream"
    assert (page.exam.picture.width, page.exam.picture.height) == (1920, 1080)
    hands.read(page)
    hands.press("a")
    hands.settle()
    assert hands.sign(page).state is ExamState.SIGNED


@pytest.fixture
def stream(network_camera: Any) -> Any:
    """A network camera that sees the lesion phantom at 1080p."""
    with Image.open(LESION) as image:
        network_camera.sees(image.convert("RGB").resize((1920, 1920)).crop((0, 420, 1920, 1500)))
    return network_camera


def drag(hands: Any, canvas: Any, start: QPoint, end: QPoint) -> None:
    """Press, move, let go."""
    from PySide6.QtTest import QTest

    left = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=start)
    for share in (0.25, 0.5, 0.75, 1.0):
        QTest.mouseMove(canvas, start + (end - start) * share)
        hands.wait(10)
    QTest.mouseRelease(canvas, left, pos=end)
    hands.settle()


def _from(path: Path) -> Any:
    from clinoscope.ui.exam import drops

    return drops.from_file(str(path))
