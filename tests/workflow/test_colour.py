"""Where the colour of the light comes from, and that it is kept with the exam."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from clinoscope import modes
from clinoscope.capture.files import from_frame, open_picture
from clinoscope.domain.correction import Profile, Reference
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.record import ExamState, Patient
from clinoscope.paths import RESOURCES
from clinoscope.records import Vault
from clinoscope.regions.light import encoded, linear
from clinoscope.workflow import colour, exams
from clinoscope.workflow.look import look

LIP = modes.task("anemia/lip")
SMEAR = modes.task("neutrophil/cells")
PHANTOMS = RESOURCES / "phantoms"
PASSWORD = "a long enough one"
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def carded() -> Picture:
    """A face under a warm lamp with the card, as a camera would give it."""
    return from_frame(open_picture(PHANTOMS / "face_card.png").pixels, Origin.CAMERA, "Webcam HD")


@pytest.fixture(scope="module")
def plain() -> Picture:
    return from_frame(open_picture(PHANTOMS / "face.png").pixels, Origin.CAMERA, "Webcam HD")


def empty_field(device: str = "Scope", lamp: tuple[float, float, float] = (0.8, 0.7, 0.5)) -> Picture:
    x = np.linspace(-1, 1, 640)[None, :, None]
    light = np.full((480, 640, 3), lamp) * (1 - 0.2 * x**2)
    return from_frame(encoded(light), Origin.CAMERA, device)


def test_the_card_in_the_picture_tells(carded: Picture, vault: Vault) -> None:
    light = colour.of_picture(LIP, carded, vault)
    assert light.remark == ""
    assert light.correction is not None
    assert light.correction.reference is Reference.CARD
    assert light.correction.gains == pytest.approx((1 / 0.92, 1 / 0.72, 1 / 0.46), rel=0.02)
    assert len(light.correction.corners) == 4
    assert light == colour.of_picture(LIP, carded, vault), "the same numbers again"


def test_without_card_and_profile_nothing_is_assumed(plain: Picture, vault: Vault) -> None:
    assert colour.of_picture(LIP, plain, vault) == colour.Light()
    assert colour.working(plain, None) is plain


def test_where_the_task_has_no_card_none_is_looked_for(carded: Picture) -> None:
    assert colour.of_picture(SMEAR, carded) == colour.Light()


def test_a_card_that_cannot_be_used_is_said_and_not_used(carded: Picture) -> None:
    burnt = from_frame(cv2.convertScaleAbs(carded.pixels, alpha=1.6), Origin.CAMERA, "Webcam HD")
    light = colour.of_picture(LIP, burnt)
    assert light.correction is None
    assert "burnt out" in light.remark
    assert light.remark.endswith("The colours are not corrected.")


def test_the_lips_are_the_same_under_the_lamp_and_without_it(carded: Picture, plain: Picture) -> None:
    under, daylight = look(LIP, carded), look(LIP, plain)
    assert under.light.correction is not None
    for one, other in zip(under.reading.measures, daylight.reading.measures, strict=True):
        assert one.value == pytest.approx(other.value, abs=1.0), one.name
    raw = look(LIP, carded, region=daylight.region)
    assert raw.reading == look(LIP, carded, region=daylight.region).reading
    assert any("against the white card" in measure.name for measure in under.reading.measures)


def test_a_profile_of_the_device_is_used_where_no_card_is(plain: Picture, carded: Picture, vault: Vault) -> None:
    profile = colour.make_profile(carded, colour.CARD, NOW)
    assert profile.gains[2] / profile.gains[0] == pytest.approx(0.92 / 0.46, rel=0.02)
    colour.keep_profile(vault, profile)
    assert colour.profiles(vault) == (profile,)
    light = colour.of_picture(LIP, plain, vault)
    assert light.correction is not None
    assert light.correction.reference is Reference.PROFILE
    assert light.correction.profile == "Webcam HD"
    assert light.correction.made_at == NOW
    other = replace(plain, device="Another")
    assert colour.of_picture(LIP, other, vault) == colour.Light()
    unnamed = replace(plain, device="")
    assert colour.of_picture(LIP, unnamed, vault) == colour.Light()
    colour.remove_profile(vault, "Webcam HD")
    assert colour.profiles(vault) == ()
    assert colour.of_picture(LIP, plain, vault) == colour.Light()


def test_a_field_profile_makes_fields_neutral_and_even(vault: Vault) -> None:
    profile = colour.make_profile(empty_field(), colour.FIELD)
    colour.keep_profile(vault, profile)
    light = colour.of_picture(SMEAR, empty_field(), vault)
    shown = linear(colour.working(empty_field(), light.correction).pixels)
    assert np.ptp(shown.mean(axis=(0, 1))) / shown.mean() < 0.02
    assert shown[..., 1].std() / shown[..., 1].mean() < 0.02


def test_a_field_of_another_shape_is_not_corrected(vault: Vault) -> None:
    colour.keep_profile(vault, colour.make_profile(empty_field(), colour.FIELD))
    wide = from_frame(np.ascontiguousarray(empty_field().pixels[:360]), Origin.CAMERA, "Scope")
    light = colour.of_picture(SMEAR, wide, vault)
    assert light.correction is None
    assert "another picture format" in light.remark


def test_an_old_profile_is_said(carded: Picture, plain: Picture, vault: Vault) -> None:
    old = colour.make_profile(carded, colour.CARD, datetime.now(UTC) - timedelta(days=91))
    colour.keep_profile(vault, old)
    assert "91 days old" in colour.of_picture(LIP, plain, vault).remark
    colour.set_days(vault, 180)
    assert colour.of_picture(LIP, plain, vault).remark == ""
    assert colour.too_old(old, 0) == ""


def test_a_card_that_disagrees_with_the_profile_is_used_and_said(carded: Picture, vault: Vault) -> None:
    colour.keep_profile(vault, colour.make_profile(carded, colour.CARD))
    assert colour.of_picture(LIP, carded, vault).remark == ""
    kept = colour.profiles(vault)[0]
    red, green, blue = kept.gains
    colour.keep_profile(vault, replace(kept, gains=(red * 1.1, green, blue)))
    light = colour.of_picture(LIP, carded, vault)
    assert light.correction is not None
    assert light.correction.reference is Reference.CARD
    assert "shows other colours than the colour profile of Webcam HD" in light.remark


@pytest.mark.parametrize(
    ("made_from", "words"), [(colour.CARD, "No colour card was found"), (colour.FIELD, "The field is")]
)
def test_a_picture_that_gives_no_profile_says_why(plain: Picture, made_from: str, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        colour.make_profile(plain, made_from)


def test_a_picture_of_no_device_gives_no_profile(carded: Picture) -> None:
    with pytest.raises(PictureError, match="which camera"):
        colour.make_profile(replace(carded, device=""), colour.CARD)


def test_what_was_applied_is_kept_signed_and_gives_the_same_copy(
    vault: Vault, patient: Patient, carded: Picture
) -> None:
    light = colour.of_picture(LIP, carded, vault)
    exam = exams.take(vault, patient, LIP.id, carded, light.correction)
    seen = look(LIP, carded)
    exam = exams.set_region(vault, exam, seen.region, seen.quality)
    exam = exams.set_reading(vault, exam, seen.reading)
    exam = exams.review(vault, exam, seen.reading.answer)
    signed = exams.sign(vault, exam, PASSWORD)
    kept = vault.exams.get(signed.id)
    assert kept.state is ExamState.SIGNED
    assert kept.picture is not None
    assert kept.picture.correction == light.correction
    assert vault.verify().ok
    assert vault.pictures.get(kept.picture.sha256) == carded.data, "the original, byte for byte"
    again = exams.working_copy(vault, kept)
    assert (again.pixels == colour.working(carded, light.correction).pixels).all()
    assert (exams.picture_of(vault, kept).pixels == carded.pixels).all()
    amended = exams.amend(vault, kept, "once more")
    assert amended.picture == kept.picture


def test_a_profiles_correction_survives_the_profile(vault: Vault, patient: Patient) -> None:
    colour.keep_profile(vault, colour.make_profile(empty_field(), colour.FIELD))
    picture = empty_field()
    light = colour.of_picture(SMEAR, picture, vault)
    exam = exams.take(vault, patient, SMEAR.id, picture, light.correction)
    colour.remove_profile(vault, "Scope")
    kept = vault.exams.get(exam.id)
    assert kept == exam
    assert (exams.working_copy(vault, kept).pixels == colour.working(picture, light.correction).pixels).all()


def test_another_picture_of_a_draft_has_its_own_correction(
    vault: Vault, patient: Patient, carded: Picture, plain: Picture
) -> None:
    exam = exams.take(vault, patient, LIP.id, carded, colour.of_picture(LIP, carded).correction)
    again = exams.retake(vault, exam, plain)
    assert again.picture is not None
    assert again.picture.correction is None


def test_the_card_page_comes_in_both_papers() -> None:
    assert all(colour.card_pdf(paper).startswith(b"%PDF-") for paper in colour.PAPERS)
    with pytest.raises(ValueError, match="A5"):
        colour.card_pdf("A5")


def test_profiles_are_sorted_by_device(vault: Vault) -> None:
    made = Profile(device="b", made_from=colour.CARD, made_at=NOW, shape=1.5, gains=(1.0, 1.0, 1.0), score=1.0)
    for name in ("b", "a"):
        colour.keep_profile(vault, replace(made, device=name))
    assert [profile.device for profile in colour.profiles(vault)] == ["a", "b"]
