"""Cut, touching, smudged and whole cells."""

import cv2
import numpy as np

from clinoscope.capture.files import open_picture
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind
from clinoscope.regions.cell_kinds import BLURRED_RIM, kinds, rim_steepness
from clinoscope.workflow.demo import phantom

SMEAR = open_picture(phantom("neutrophil/cells")).pixels
CELL = Box(158, 139, 108, 109)  # a segmented neutrophil, resources/phantoms/smear_truth.json


def test_a_drawn_cell_is_whole() -> None:
    assert kinds(SMEAR, [CELL]) == (CellKind.WHOLE,)


def test_the_edge_cuts_on_every_side() -> None:
    height, width = SMEAR.shape[:2]
    boxes = [Box(0, 300, 60, 90), Box(300, 1, 90, 60), Box(width - 60, 300, 60, 90), Box(300, height - 61, 90, 60)]
    assert kinds(SMEAR, boxes) == (CellKind.CUT,) * 4


def test_boxes_that_share_a_tenth_touch() -> None:
    beside = Box(CELL.x + 90, CELL.y, 100, 109)
    assert kinds(SMEAR, [CELL, beside])[0] is CellKind.TOUCHING
    assert kinds(SMEAR, [CELL, Box(CELL.x + 104, CELL.y, 100, 109)])[0] is CellKind.WHOLE


def test_a_nucleus_without_a_rim_is_smudged() -> None:
    cell = Box(1258, 427, 84, 88)  # a lymphocyte: smudges are mostly theirs
    smeared = np.asarray(cv2.GaussianBlur(SMEAR, (0, 0), 8), np.uint8)
    assert kinds(smeared, [cell]) == (CellKind.SMUDGED,)
    sharp = rim_steepness(SMEAR[cell.y : cell.bottom, cell.x : cell.right])
    assert sharp is not None
    assert sharp > 2 * BLURRED_RIM


def test_where_there_is_no_nucleus_there_is_no_rim() -> None:
    assert rim_steepness(np.full((60, 60, 3), 235, np.uint8)) is None
    assert rim_steepness(SMEAR[:6, :6]) is None
