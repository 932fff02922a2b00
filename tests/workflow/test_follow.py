from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from clinoscope import modes
from clinoscope.domain.alignment import Alignment, Similarity
from clinoscope.domain.picture import Picture
from clinoscope.domain.reading import UNSURE, ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient
from clinoscope.domain.region import Box, Region
from clinoscope.records import Vault
from clinoscope.workflow import exams, follow
from clinoscope.workflow.follow import Hint, Last

PASSWORD = "a long enough one"
SPOT = modes.task("skin/lesion-photo")
FRAME = (1920, 1080)
LAST = Last((960, 540), Region(Box(380, 170, 200, 200), "contrast"), None)  # type: ignore[arg-type]  # not looked for


def seen(scale: float = 1.0, turn: float = 0.0, dx: float = 0.0, dy: float = 0.0, support: int = 50) -> Alignment:
    """The earlier picture in a frame of twice its size, off by that much (shifts in shares of the shorter side)."""
    there = (960 + 1080 * dx, 540 + 1080 * dy)  # the region's middle is that of the picture
    return Alignment(Similarity.onto(LAST.centre, there, 2 * scale, turn), support)


@pytest.mark.parametrize(
    ("off", "said"),
    [
        ({"scale": 0.8}, Hint.CLOSER),
        ({"scale": 1.3}, Hint.AWAY),
        ({"dx": 0.2}, Hint.LEFT),
        ({"dx": -0.2}, Hint.RIGHT),
        ({"dy": 0.2}, Hint.UP),
        ({"dy": -0.2}, Hint.DOWN),
        ({"turn": 12}, Hint.ANTICLOCKWISE),
        ({"turn": -12}, Hint.CLOCKWISE),
        ({"scale": 0.97, "dx": 0.01, "turn": 2}, Hint.MATCHES),
        ({"scale": 0.9, "dx": 0.3}, Hint.LEFT),
    ],
)
def test_it_says_the_largest_of_what_is_off(off: dict[str, float], said: Hint) -> None:
    assert follow.hint(LAST, seen(**off), FRAME) is said


def test_what_matched_stays_so_a_little_longer() -> None:
    off = seen(scale=1.1)
    assert follow.hint(LAST, off, FRAME) is Hint.AWAY
    assert follow.hint(LAST, off, FRAME, matched=True) is Hint.MATCHES


def test_nothing_found_is_not_known_and_regions_tell_large_steps_only() -> None:
    assert follow.hint(LAST, None, FRAME) is Hint.UNKNOWN
    assert follow.hint(LAST, seen(scale=0.5, support=0), FRAME) is Hint.CLOSER
    assert follow.hint(LAST, seen(scale=0.9, support=0), FRAME) is Hint.UNKNOWN
    assert follow.hint(LAST, seen(support=0), FRAME) is Hint.UNKNOWN, "regions alone never match"


def test_a_frame_of_another_shape_is_compared_with_the_whole_picture_laid_into_it() -> None:
    place = follow.fitted((1000, 1000), FRAME)
    assert place.scale == pytest.approx(1.08)
    assert place.apply(500, 500) == pytest.approx((960, 540))


@pytest.mark.parametrize("task", modes.task_ids())
@pytest.mark.parametrize("what", list(Hint))
def test_every_hint_has_words_for_every_task(task: str, what: Hint) -> None:
    words = follow.words(what, modes.task(task))
    assert words
    assert not words.endswith(".")


def test_words_that_turn_the_camera_and_those_that_turn_the_hand_are_opposite() -> None:
    assert follow.words(Hint.CLOCKWISE, modes.task("skin/lesion-photo")).endswith(" anticlockwise")
    assert follow.words(Hint.CLOCKWISE, modes.task("anemia/nail")).endswith(" clockwise")


def signed(vault: Vault, patient: Patient, picture: Picture, days: int) -> Exam:
    """A spot signed some days ago, without a model."""
    at = datetime.now(UTC) - timedelta(days=days)
    exam = replace(exams.take(vault, patient, SPOT.id, picture), created_at=at)
    exam = exams.set_reading(vault, exam, Reading(SPOT.id, UNSURE, ModelRef("drawn", "1.0.0", "0" * 64)))
    return exams.sign(vault, exams.review(vault, exam, UNSURE), PASSWORD)


def test_the_earlier_exams_are_the_signed_ones_newest_first(vault: Vault, patient: Patient, lesion: Picture) -> None:
    task = SPOT
    first, second = signed(vault, patient, lesion, 30), signed(vault, patient, lesion, 3)
    exams.take(vault, patient, SPOT.id, lesion)  # a draft is nothing to follow yet
    assert [exam.id for exam in follow.earlier(vault, patient.id, task)] == [second.id, first.id]
    assert follow.earlier(vault, patient.id, task, before=second) == (first,)
    draft = vault.exams.amend(second, "Seen again.")
    assert draft.state is ExamState.DRAFT
    assert follow.earlier(vault, patient.id, task) == (second, first), "what was signed stands until the draft is"
    assert follow.earlier(vault, patient.id, modes.task("skin/rash")) == ()


def test_a_smear_is_never_the_same_again(vault: Vault, patient: Patient) -> None:
    task = modes.task("neutrophil/cells")
    assert not follow.follows(task)
    assert follow.earlier(vault, patient.id, task) == ()


def test_a_picture_is_found_in_itself() -> None:
    chance = np.random.default_rng(0)
    pixels = np.kron(chance.integers(0, 255, (30, 40, 3)), np.ones((12, 12, 1))).astype(np.uint8)
    last = follow.remember(pixels, None)
    assert last.centre == (240, 180)
    assert follow.hint(last, follow.find(last, pixels), (480, 360)) is Hint.MATCHES
    assert follow.hint(replace(last), follow.find(last, np.zeros_like(pixels)), (480, 360)) is Hint.UNKNOWN


def test_only_regions_that_are_found_again_tell_anything() -> None:
    assert follow.regions_tell(modes.task("anemia/lip"))
    assert not follow.regions_tell(modes.task("anemia/nail")), "another number of nails is found each time"
    assert not follow.regions_tell(modes.task("scalp/disease")), "the whole picture says nothing"
