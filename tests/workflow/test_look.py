"""From a picture to a reading, in every task, on its phantom."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from clinoscope import modes
from clinoscope.capture.files import from_frame, open_picture
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.quality import Check
from clinoscope.domain.reading import CANNOT_JUDGE, COUNTED, MEASURED, UNSURE, ModelRef, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Kind
from clinoscope.inference import packages
from clinoscope.inference.card import Explanation
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.look import (
    FAILED,
    UNCHECKED,
    UNKNOWN,
    check,
    explain,
    find_region,
    is_foreign,
    look,
    why_no_heatmap,
)


def blank(value: int) -> Picture:
    return from_frame(np.full((480, 640, 3), value, np.uint8), Origin.FILE, "")


@pytest.mark.parametrize("task_id", modes.shipped_ids())
def test_every_phantom_is_a_good_picture_of_its_task(task_id: str) -> None:
    task, picture = modes.task(task_id), open_picture(phantom(task_id))
    quality = check(task, picture.pixels, find_region(task, picture.pixels), picture.phantom)
    assert [finding.advice for finding in quality.findings if not finding.ok] == []


@pytest.mark.parametrize("task_id", modes.shipped_ids())
def test_every_task_answers_on_its_phantom(task_id: str) -> None:
    task = modes.task(task_id)
    seen = look(task, open_picture(phantom(task_id)), quality=False)
    assert seen.region is not None, "its own phantom holds what the task looks for"
    reading = seen.reading
    allowed = {label.id for label in task.labels} | {UNSURE, CANNOT_JUDGE}
    allowed |= {Kind.MEASURE: {MEASURED}, Kind.COUNT: {COUNTED}, Kind.CLASSIFY: set()}[task.kind]
    assert reading.answer in allowed
    assert reading.task == task_id
    assert len(reading.model.sha256) == 64
    if task.kind is Kind.CLASSIFY:
        assert list(reading.probabilities) == [label.id for label in task.labels]
        assert sum(reading.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert set(seen.milliseconds) == {"load", "colour", "quality", "region", "inference", "total"}


def test_the_drawn_smear_is_counted_and_every_cell_typed() -> None:
    seen = look(modes.task("neutrophil/cells"), open_picture(phantom("neutrophil/cells")), quality=False)
    assert seen.reading.answer == COUNTED
    assert len(seen.reading.cells) >= 10
    for cell in seen.reading.cells:
        assert sum(cell.type.values()) == pytest.approx(1, abs=1e-5)
        assert not cell.stage or sum(cell.stage.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("task_id", modes.shipped_ids())
@pytest.mark.parametrize("value", [0, 255])
def test_a_black_or_white_picture_is_not_judged(task_id: str, value: int) -> None:
    seen = look(modes.task(task_id), blank(value))
    assert not seen.quality.ok
    assert seen.reading.answer == CANNOT_JUDGE
    assert seen.reading.reason, "it says what to do"


def test_the_same_picture_gives_the_same_numbers(lesion: Picture) -> None:
    task = modes.task("skin/lesion-photo")
    first, second = look(task, lesion, quality=False), look(task, lesion, quality=False)
    assert first.reading == second.reading
    assert first.region == second.region


def test_a_drawn_region_is_what_is_read(lesion: Picture) -> None:
    region = Region(Box(0, 0, 100, 100), how="drawn")
    assert look(modes.task("skin/lesion-photo"), lesion, region=region, quality=False).region == region


def passed(shown: bool) -> Explanation:
    return Explanation(shown=shown, randomised=0.05, repeated=0.9)


@pytest.mark.parametrize(("explanation", "why"), [(None, UNCHECKED), (passed(False), FAILED), (passed(True), "")])
def test_only_maps_that_passed_their_checks_are_shown(explanation: Explanation | None, why: str) -> None:
    package = replace(packages.read_info(packages.folder_in_use("skin/lesion-photo")), explanation=explanation)
    assert why_no_heatmap(package) == why


def test_a_reading_of_a_package_that_is_not_known_any_more_has_no_map() -> None:
    assert why_no_heatmap(None) == UNKNOWN


def with_maps(monkeypatch: pytest.MonkeyPatch, explanation: Explanation | None) -> list[str]:
    """The shipped package, said to have passed or not; returns what is asked for."""
    asked: list[str] = []
    whole = packages.for_task("skin/lesion-photo")

    def exact(task_id: str, sha256: str) -> object:
        asked.append(sha256)
        return replace(whole, explanation=explanation)

    monkeypatch.setattr(packages, "exact", exact)
    return asked


@pytest.mark.parametrize("explanation", [None, passed(False)])
def test_maps_that_did_not_pass_are_not_made(
    lesion: Picture, monkeypatch: pytest.MonkeyPatch, explanation: Explanation | None
) -> None:
    task = modes.task("skin/lesion-photo")
    seen = look(task, lesion, quality=False)
    with_maps(monkeypatch, explanation)
    assert seen.region is not None
    assert explain(task, lesion.pixels, seen.region, seen.reading) is None


def test_a_heatmap_covers_the_region(lesion: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    task = modes.task("skin/lesion-photo")
    seen = look(task, lesion, quality=False)
    assert seen.region is not None
    asked = with_maps(monkeypatch, passed(True))
    made = explain(task, lesion.pixels, seen.region, seen.reading)
    assert asked == [seen.reading.model.sha256], "the very package that made the reading"
    assert made is not None
    box, heat = made
    assert heat.shape == (box.h, box.w)
    assert heat.dtype == np.uint8
    assert heat.max() > heat.min()
    assert box.iou(seen.region.box) > 0.2


def test_a_measuring_task_has_no_heatmap(lesion: Picture) -> None:
    reading = Reading("anemia/lip", MEASURED, ModelRef("m", "1", "0" * 64))
    assert explain(modes.task("anemia/lip"), lesion.pixels, Region(Box(0, 0, 9, 9), "drawn"), reading) is None


@pytest.mark.parametrize("task_id", ["skin/lesion-photo", "neutrophil/type"])
def test_a_subject_of_another_kind_fails_unless_it_is_a_phantom(task_id: str) -> None:
    task = modes.task(task_id)
    pixels = open_picture(phantom(task_id)).pixels
    region = find_region(task, pixels)
    assert region is not None
    told = check(task, pixels, region)
    assert any("Another kind of picture" in finding.advice for finding in told.problems), "a drawing is no photograph"
    assert not any("Another kind" in finding.advice for finding in check(task, pixels, region, phantom=True).problems)


@pytest.mark.parametrize("task_id", ["anemia/nail", "scalp/hair-loss", "neutrophil/type"])
def test_what_was_saved_with_strong_compression_is_not_called_another_kind(task_id: str) -> None:
    task = modes.task(task_id)
    pixels = open_picture(phantom(task.id)).pixels
    region = find_region(task, pixels)
    assert region is not None
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 15])
    spoilt = np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
    (told,) = check(task, spoilt, region).problems
    assert told.check is Check.BLOCKS
    assert told.advice.startswith("Saved with strong compression: ")
    assert check(task, spoilt, region, phantom=True).ok, "no reason to refuse what the rule takes"


def test_without_a_model_nothing_is_foreign(lesion: Picture) -> None:
    region = Region(Box(10, 10, 200, 200), "drawn")
    assert not is_foreign(modes.task("skin/mpox"), lesion.pixels, region)
    assert not is_foreign(modes.task("anemia/lip"), lesion.pixels, region)
