from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import CANNOT_JUDGE, ModelRef
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.domain.smear_sheet import SmearSheet
from clinoscope.paths import RESOURCES
from clinoscope.records import acceptances
from clinoscope.ui.exam import work
from clinoscope.ui.exam.work import Opened
from clinoscope.ui.shell import Shell
from clinoscope.workflow import acceptance, capture, exams, look, models
from clinoscope.workflow.demo import phantom

LIPS = RESOURCES / "phantoms" / "lips.png"
TASK = "anemia/lip"


def taken(shell: Shell, ada: Patient, path: Path = LIPS) -> Opened:
    return work.take(shell.open_vault, ada, TASK, None, lambda: capture.open_picture(path))


def test_the_task_of_the_exam_saved_last_is_offered_while_it_is_known(
    shell: Shell, ada: Patient, add_exam: Callable[..., Exam]
) -> None:
    vault = shell.open_vault
    assert work.begin(vault, ada.id).last_task is None
    add_exam(ada.id, 2, None, "skin/rash")
    add_exam(ada.id, 3, None)
    before = len(vault.events(100))
    begun = work.begin(vault, ada.id)
    assert begun.patient == ada
    assert begun.last_task is not None
    assert begun.last_task.id == TASK
    smear = replace(add_exam(ada.id, 1, None, "neutrophil/cells"), smear=SmearSheet())
    vault.exams.save_draft(smear)
    assert work.begin(vault, ada.id).last_task == begun.last_task, "a smear begins elsewhere"
    assert len(vault.events(100)) == before + 2, "to look writes nothing"
    add_exam(ada.id, 0, None, "ear/wax")
    assert work.begin(vault, ada.id).last_task is None


def test_what_is_taken_is_a_draft_with_its_region_and_check(shell: Shell, ada: Patient) -> None:
    opened = taken(shell, ada)
    assert opened.exam.state is ExamState.DRAFT
    assert opened.exam.region == opened.automatic
    assert opened.exam.quality is not None
    assert (opened.raster.width, opened.raster.height) == opened.picture.pixels.shape[1::-1]
    assert shell.open_vault.exams.get(opened.exam.id) == opened.exam


def test_another_picture_stays_the_same_exam(shell: Shell, ada: Patient) -> None:
    first = taken(shell, ada)
    face = RESOURCES / "phantoms" / "face.png"
    second = work.take(shell.open_vault, ada, TASK, first.exam, lambda: capture.open_picture(face))
    assert second.exam.id == first.exam.id
    assert second.exam.picture != first.exam.picture
    assert second.exam.reading is None


def test_the_very_same_picture_is_told_and_taken(shell: Shell, ada: Patient, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    with Image.open(LIPS) as image:
        image.save(photo)  # without the mark of a phantom
    vault, first = shell.open_vault, taken(shell, ada, photo)
    assert first.remark == ""
    again = work.take(vault, ada, TASK, first.exam, lambda: capture.open_picture(photo))
    assert again.remark == "This is the very picture that this exam had before: nothing new was taken."
    with Image.open(photo) as image:
        image.save(tmp_path / "saved anew.bmp")
    second = taken(shell, ada, tmp_path / "saved anew.bmp")
    assert second.remark.startswith("This very picture is also in the exam “Lip photo” of ")
    assert second.exam.picture is not None
    assert again.exam.picture is not None
    assert second.exam.picture.sha256 != again.exam.picture.sha256
    assert work.reopen(vault, again.exam).opened.remark == second.remark, "the other one, of the same day"
    other = replace(ada, id="p2", identifier="2-2")
    vault.patients.add(other)
    assert work.take(vault, other, TASK, None, lambda: capture.open_picture(photo)).remark == "", "never of another one"
    assert taken(shell, ada, photo).remark.endswith(", and in 1 more.")


def test_a_phantom_is_used_again_and_again(shell: Shell, ada: Patient) -> None:
    taken(shell, ada)
    assert taken(shell, ada).remark == ""


def test_a_picture_that_cannot_be_opened_leaves_nothing_behind(shell: Shell, ada: Patient, tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_text("not a picture", encoding="utf-8")
    with pytest.raises(PictureError):
        taken(shell, ada, tmp_path / "letter.png")
    assert shell.open_vault.exams.of_patient(ada.id) == ()


def test_a_reading_is_made_once_and_falls_with_its_region(shell: Shell, ada: Patient) -> None:
    vault, opened = shell.open_vault, taken(shell, ada)
    read = work.read(vault, opened.exam, opened.picture)
    assert read.reading is not None
    assert work.read(vault, read, opened.picture) is read
    regions = work.Regions(opened.picture)
    assert regions.keep(vault, read, read.region) is read, "the same region keeps its reading"
    other = Region(Box(300, 300, 200, 120), "drawn", 1.0)
    moved = regions.keep(vault, read, other)
    assert moved.reading is None
    assert moved.region == other
    assert regions.keep(vault, moved, read.region) == read, "taken back, it has its reading again"


def test_a_model_that_passed_the_clinics_test_reads_without_caution(shell: Shell, ada: Patient) -> None:
    vault, task = shell.open_vault, "neutrophil/type"

    def cautious() -> bool:
        opened = work.take(vault, ada, task, None, lambda: capture.open_picture(phantom(task)))
        read = work.read(vault, opened.exam, opened.picture)
        assert read.reading is not None
        return read.reading.cautious

    assert cautious()
    passed = {"at": "2026-11-02T10:00:00+00:00", "by": "Ada", "n": 60, "outcome": "passed"}
    vault.run(acceptances.add(models.ready(task).sha256, passed, {}))
    assert not cautious()


def test_a_word_that_is_kept_already_writes_nothing(shell: Shell, ada: Patient) -> None:
    vault, opened = shell.open_vault, taken(shell, ada)
    read = work.read(vault, opened.exam, opened.picture)
    said = work.review(vault, read, CANNOT_JUDGE, " too blurred ")
    assert said.review is not None
    assert said.review.comment == "too blurred"
    assert work.review(vault, said, CANNOT_JUDGE, "too blurred") is said


def test_a_draft_comes_back_with_what_was_found_and_what_stands_beside_it(shell: Shell, ada: Patient) -> None:
    vault, opened = shell.open_vault, taken(shell, ada)
    signed = work.review(vault, work.read(vault, opened.exam, opened.picture), CANNOT_JUDGE, "")
    signed = exams.sign(vault, signed, "three quiet rivers")
    second = taken(shell, ada)
    drawn = work.Regions(second.picture).keep(vault, second.exam, Region(Box(300, 300, 200, 120), "drawn", 1.0))
    found = work.reopen(vault, drawn)
    assert found.patient == ada
    assert found.opened.automatic == second.automatic
    assert found.opened.exam.region == drawn.region
    beside = work.beside(vault, drawn)
    assert beside.earlier == (signed.reading,)
    assert beside.versions == (drawn,)


def test_the_heatmap_needs_a_label(shell: Shell, ada: Patient) -> None:
    opened = taken(shell, ada)
    read = work.read(shell.open_vault, opened.exam, opened.picture)
    assert work.explain(read, opened.picture) is None


def test_what_stands_beside_the_answer_is_known_of_the_very_package(
    shell: Shell, ada: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, opened = shell.open_vault, taken(shell, ada)
    read = work.read(vault, opened.exam, opened.picture)
    trust = work.trust(vault, read)
    assert "names no disease" in trust.meaning
    assert trust.standing.startswith("Not validated here")
    assert not trust.failed
    about = work.about(vault, read)
    assert about.package is not None
    assert read.reading is not None
    assert about.package.ref == about.in_use == read.reading.model
    assert about.standing == trust.standing
    stands = acceptance.Standing(acceptance.State.FAILED, "Failed here: it did not pass.")
    monkeypatch.setattr(acceptance, "standing", lambda _vault, _model: stands)
    assert work.trust(vault, read).failed


def test_a_reading_of_an_unknown_package_has_no_figures_and_no_map(shell: Shell, ada: Patient) -> None:
    vault, opened = shell.open_vault, taken(shell, ada)
    read = work.read(vault, opened.exam, opened.picture)
    assert read.reading is not None
    other = replace(read, reading=replace(read.reading, model=ModelRef("gone", "0.9", "0" * 64)))
    trust = work.trust(vault, other)
    assert trust.meaning == ""
    assert trust.no_heatmap == look.UNKNOWN
    about = work.about(vault, other)
    assert about.package is None
    assert about.in_use == read.reading.model


def test_a_pasted_picture_is_lossless(app: object) -> None:
    image = QImage(64, 48, QImage.Format.Format_RGB888)
    image.fill(0x336699)
    picture = work.pasted(image)
    assert picture.origin is Origin.CLIPBOARD
    assert picture.pixels.shape == (48, 64, 3)
    assert tuple(int(value) for value in picture.pixels[0, 0]) == (0x33, 0x66, 0x99)
