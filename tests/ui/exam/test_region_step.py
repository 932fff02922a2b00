from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.raster import raster_of
from clinoscope.ui.exam.region_step import RegionStep

FOUND = Region(Box(40, 20, 60, 40), "contrast", 0.9)
NAILS = Region(Box(10, 10, 100, 50), "colour", 0.9, (Box(10, 10, 30, 20), Box(80, 30, 30, 30)))
WHOLE = Region(Box(0, 0, 200, 100), "whole", 1.0)

Show = Callable[[str, Region | None], RegionStep]


@pytest.fixture
def show(host: QWidget) -> Show:
    def shown(task: str, region: Region | None) -> RegionStep:
        canvas = PictureCanvas(host)
        canvas.resize(400, 200)
        canvas.show_raster(raster_of(np.full((100, 200, 3), 120, np.uint8)))
        step = RegionStep(canvas, host)
        step.show()
        step.begin(modes.task(task), region, region, None)
        return step

    return shown


@pytest.mark.parametrize(
    ("task", "region", "words"),
    [
        ("skin/lesion-photo", FOUND, "The spot was found automatically. Change it where it does not fit."),
        ("anemia/lip", FOUND, "The lips were found automatically. Change them where they do not fit."),
        (
            "anemia/lip",
            Region(FOUND.box, "colour", 0.9),
            "No face shows: found by their red colour alone. Are these lips? If not, move the box onto them.",
        ),
        ("anemia/nail", NAILS, "2 nails were found automatically. Change them where they do not fit."),
        ("neutrophil/cells", WHOLE, "The whole picture is read. Draw on it to read only a part."),
        (
            "skin/lesion-photo",
            Region(Box(40, 20, 80, 80), "whole", 0.2),
            "The spot does not stand out. Drag over the picture to draw it, "
            "or read the middle of the picture as it is.",
        ),
        (
            "scalp/disease",
            Region(Box(20, 10, 160, 80), "whole", 0.6),
            "The middle of the picture is read. Draw on it to read only a part.",
        ),
        ("anemia/nail", None, "The nails could not be found. Drag over the picture to draw the region."),
    ],
)
def test_what_was_found_in_words(show: Show, task: str, region: Region | None, words: str) -> None:
    assert show(task, region)._words.text() == words


def test_there_is_nothing_to_read_without_a_region(show: Show) -> None:
    step, done, said = show("skin/lesion-photo", None), [], []
    step.done.connect(lambda: done.append(True))
    step.said.connect(said.append)
    assert not step.go_on.isEnabled()
    assert step._hint.text() == "N draws it. ? shows all keys."
    step.go_on_if_found()
    assert done == []
    assert said == ["There is nothing to read yet. Press N, or drag over the picture, to draw the region."]
    assert step.draw.isVisible()
    step.draw.click()
    assert step.region is not None
    assert step.region.how == "drawn"
    assert step._hint.text() == "Enter reads it. Tab and arrows change it. ? shows all keys."
    step.go_on_if_found()
    assert done == [True]


def test_a_change_goes_out_once_it_rests_or_at_once_when_asked(show: Show) -> None:
    step, kept = show("skin/lesion-photo", FOUND), []
    step.changed.connect(kept.append)
    step.flush()
    assert kept == []
    assert step.editor is not None
    step.editor.grow(4)
    step.editor.grow(4)
    assert kept == []
    step.end()
    assert kept == [step.region]
    assert step.reset.isEnabled()


def test_only_nails_have_parts(show: Show) -> None:
    assert not show("skin/lesion-photo", FOUND).delete.isVisible()
    nails = show("anemia/nail", NAILS)
    assert nails.delete.isEnabled()
    nails.delete.click()
    assert nails.region is not None
    assert len(nails.region.boxes) == 1
    assert not nails.delete.isEnabled(), "the last part stays"
    nails.reset.click()
    assert nails.region == NAILS


def test_all_is_taken_back_at_once_and_done_again(show: Show) -> None:
    step = show("skin/lesion-photo", FOUND)
    assert not step.undo.isEnabled()
    assert not step.give_up()
    assert step.editor is not None
    step.editor.grow(4)
    grown = step.region
    assert step.give_up()
    assert step.region == FOUND
    step.undo.click()
    assert step.region == grown
    step.undo.click()
    assert step.region == FOUND
    assert not step.undo.isEnabled()


def test_where_the_whole_picture_is_read_a_part_can_be_drawn(show: Show) -> None:
    step = show("neutrophil/cells", WHOLE)
    step.draw.click()
    assert step.region == Region(Box(84, 34, 33, 33), "drawn")
    assert not step.draw.isVisible()


def test_a_screen_reader_is_told_what_is_chosen_and_where_it_rests(show: Show) -> None:
    step = show("anemia/nail", NAILS)
    assert step.editor is not None
    step.editor.choose(1)
    assert step._canvas.accessibleDescription() == "Part 2 of 2, 30 × 30 px at 80, 30"
    step.editor.grow(5)
    step._on_rest()
    assert step._canvas.accessibleDescription() == "Part 2 of 2, 40 × 40 px at 75, 25"
