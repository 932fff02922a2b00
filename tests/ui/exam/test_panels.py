from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from clinoscope import modes
from clinoscope.domain.errors import VaultError, WrongPassword
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import UNSURE, Flag, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, Review
from clinoscope.ui.exam.panels import AboutPanel, AmendPanel, DiscardPanel, ReplacePanel, SignPanel
from clinoscope.ui.exam.work import About
from clinoscope.workflow import models

SPOT = modes.task("skin/lesion-photo")
ADA = Patient(id="p1", identifier="2187-4", name="Ada Okafor")
MODEL = ModelRef("m", "1.0.0", "0123456789abcdef" * 4)
EXAM = Exam(
    id="e",
    version=1,
    patient_id="p1",
    task=SPOT.id,
    state=ExamState.DRAFT,
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
    program="test",
    reading=Reading(SPOT.id, UNSURE, MODEL, ("melanoma", "melanocytic_nevus")),
    review=Review(answer="melanoma", agrees=False, comment="bleeds"),
)


def told(panel: QWidget) -> str:
    return "\n".join(part.text() for part in panel.findChildren(QLabel))


@pytest.fixture
def sign(host: QWidget) -> Callable[[Exam], SignPanel]:
    def opened(exam: Exam) -> SignPanel:
        panel = SignPanel(host, SPOT, exam, ADA, "Grace Mensah")
        panel.open_panel(panel.password)
        return panel

    return opened


def test_what_is_signed_stands_there_in_words(sign: Callable[[Exam], SignPanel]) -> None:
    dark = Quality((Finding(Check.DARK, False, 0.1, 0.5, "Too dark: face the window"),))
    words = told(sign(replace(EXAM, quality=dark)))
    for part in ("Ada Okafor · 2187-4", "Spot, camera", "Unsure · Melanoma or melanocytic nevus", "bleeds"):
        assert part in words
    assert "Used although it failed: too dark" in words
    assert "Password of Grace Mensah" in words
    assert "m 1.0.0" in words
    assert "Research use only; not a diagnosis." in words
    assert "Flagged" not in words


def test_what_was_flagged_and_how_likely_it_is_is_signed_in_sight(sign: Callable[[Exam], SignPanel]) -> None:
    flags = (Flag("a", "Anemia cannot be excluded", 0.4, True), Flag("b", "Odd", 0.1, False))
    reading = Reading(SPOT.id, "melanoma", MODEL, ("melanoma",), {"melanoma": 0.84}, flags=flags)
    words = told(sign(replace(EXAM, reading=reading)))
    assert "Melanoma · 84 %" in words
    assert "Anemia cannot be excluded" in words
    assert "Odd" not in words


def test_the_password_is_in_sight_however_much_is_signed(sign: Callable[[Exam], SignPanel]) -> None:
    exam = replace(EXAM, review=replace(EXAM.review, comment="It has grown since the last visit. " * 20))
    panel = sign(exam)
    panel.parentWidget().resize(900, 500)
    panel.open_panel(panel.password)
    field = panel.password.edit
    assert panel.rect().contains(field.mapTo(panel, field.rect().bottomRight()))
    assert not field.visibleRegion().isEmpty()
    assert field.visibleRegion().boundingRect() == field.rect()


def test_nothing_is_handed_out_without_a_password_and_once_with_one(sign: Callable[[Exam], SignPanel]) -> None:
    panel, wanted = sign(EXAM), []
    panel.wanted.connect(wanted.append)
    panel.ask()
    assert wanted == []
    assert panel.password.error() == "Type your password."
    panel.password.edit.setText("three quiet rivers")
    panel.ask()
    panel.ask()
    assert wanted == ["three quiet rivers"], "a second Enter while it is being signed signs nothing"


def test_a_password_half_typed_does_not_outlive_the_lock(sign: Callable[[Exam], SignPanel]) -> None:
    panel = sign(EXAM)
    panel.password.edit.setText("three quiet")
    panel.parentWidget().hide()
    panel.parentWidget().show()
    assert panel.isVisible()
    assert panel.password.text() == ""


def test_a_refusal_is_told_and_leads_back(sign: Callable[[Exam], SignPanel]) -> None:
    panel = sign(EXAM)
    panel.password.edit.setText("not it")
    panel.ask()
    panel.refuse(VaultError("The disk is full."))
    assert panel.password.error() == "The disk is full."
    assert panel.button.isEnabled()
    assert panel.button.text() == "Sign exam"


def test_after_a_wrong_password_there_is_a_wait(sign: Callable[[Exam], SignPanel]) -> None:
    panel = sign(EXAM)
    panel.password.edit.setText("not it")
    panel.ask()
    panel.refuse(WrongPassword("The password is not right.", retry_after=30.0))
    assert "Next try in" in panel.password.error()
    assert not panel.button.isEnabled()


def test_an_amendment_needs_its_reason(host: QWidget) -> None:
    panel, wanted = AmendPanel(host), []
    panel.wanted.connect(wanted.append)
    panel.reason.edit.setText("   ")
    panel.ask()
    assert wanted == []
    assert panel.reason.error() == "Say why in a few words."
    panel.reason.edit.setText(" seen again ")
    panel.ask()
    panel.ask()
    assert wanted == ["seen again"]


def test_discarding_is_asked_and_keeping_is_first(host: QWidget) -> None:
    panel, wanted = DiscardPanel(host), []
    panel.wanted.connect(lambda: wanted.append(True))
    panel.open_panel(panel.keep)
    panel.keep.click()
    assert wanted == []
    panel.button.click()
    assert wanted == [True]


def test_about_names_the_very_file_also_without_its_package(host: QWidget) -> None:
    words = told(AboutPanel(host, SPOT, EXAM, About(None, "Not validated here: nobody tried.", None)))
    assert "Not validated here: nobody tried." in words
    assert "m 1.0.0" in words
    assert "01234567 89abcdef" in words
    assert SPOT.cannot_see in words


def test_about_says_when_another_package_is_installed_now(host: QWidget) -> None:
    package = models.of_task("anemia/lip")
    assert "In use now" in told(AboutPanel(host, SPOT, EXAM, About(package, "", package.ref)))
    assert "In use now" not in told(AboutPanel(host, SPOT, EXAM, About(package, "", MODEL)))
    own = replace(EXAM, reading=replace(EXAM.reading, model=package.ref))
    assert "In use now" not in told(AboutPanel(host, SPOT, own, About(package, "", package.ref)))


def test_what_goes_with_a_picture_is_said_before_it_is_replaced(host: QWidget) -> None:
    assert "goes, and with it the assessment (melanoma) and the comment." in told(ReplacePanel(host, SPOT, EXAM))
    agreed = replace(EXAM, review=Review(answer=UNSURE, agrees=True))
    assert "with it the assessment (agrees with the reading)." in told(ReplacePanel(host, SPOT, agreed))
    typed = replace(EXAM, review=None, comment="bleeds")
    assert "The picture that was read goes, and with it the comment." in told(ReplacePanel(host, SPOT, typed))
