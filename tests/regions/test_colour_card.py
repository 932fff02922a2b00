"""The printed card, drawn as it is printed and held into scenes whose light is known."""

from __future__ import annotations

from types import ModuleType

import cv2
import numpy as np
import pytest

from clinoscope.capture.files import open_picture
from clinoscope.domain.colour_card import SIDE, WHITE
from clinoscope.paths import RESOURCES
from clinoscope.regions import colour_card
from clinoscope.regions.light import encoded, linear
from clinoscope.reports.card_sheet import Paper, card_pdf, places
from clinoscope.reports.preview import render

LAMP = np.array([0.8, 0.65, 0.4], np.float32)
PHANTOMS = RESOURCES / "phantoms"


def scene(drawn: ModuleType, side=160.0, turn=0.0, lamp=LAMP, corners=None, over=None, blur=0.6, size=(600, 800)):
    """A card on a wall under a lamp; ``over`` changes the light in place before it is photographed."""
    height, width = size
    wall = np.full((height, width, 3), (0.35, 0.22, 0.16), np.float32)
    corners = drawn.square((width / 2, height / 2), side, turn) if corners is None else np.array(corners, np.float32)
    light = drawn.held(wall, corners, drawn.printed(12)) * lamp
    if over is not None:
        over(light)
    noise = np.random.default_rng(0).normal(0, 1.5, light.shape)
    pixels = encoded(np.clip(cv2.GaussianBlur(light, (0, 0), blur), 0, 1)).astype(np.float32) + noise
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def off(card, lamp=LAMP):
    """How far the gains are from those that undo the lamp."""
    return np.abs(np.array(card.gains) * lamp - 1).max()


@pytest.mark.parametrize("turn", [0, 30, 90, 137, 180, 250, 315])
def test_it_is_found_turned_any_way_and_undoes_the_lamp(drawn_card, turn):
    card = colour_card.find(scene(drawn_card, turn=turn))
    assert card is not None
    assert card.problem == ""
    assert off(card) < 0.03
    assert card.score > 0.7
    assert card.side == pytest.approx(160, rel=0.03)
    assert np.array(card.corners) == pytest.approx(drawn_card.square((400, 300), 160, turn), abs=3)


def test_its_gains_bring_paper_to_its_own_brightness(drawn_card):
    card = colour_card.find(scene(drawn_card))
    assert card is not None
    assert np.array(card.gains) * WHITE * LAMP == pytest.approx([WHITE] * 3, rel=0.03)


def test_it_is_found_tilted(drawn_card):
    card = colour_card.find(scene(drawn_card, corners=((300, 220), (480, 260), (450, 400), (310, 380))))
    assert card is not None
    assert card.problem == ""
    assert off(card) < 0.03


def test_it_is_found_in_a_large_still_far_away(drawn_card):
    card = colour_card.find(scene(drawn_card, side=150, size=(3000, 4000)))
    assert card is not None
    assert card.problem == ""
    assert off(card) < 0.03


def test_a_thumb_over_one_marker_does_not_matter_over_two_it_does(drawn_card):
    def thumb(light, right=345):
        light[215:265, 315:right] = (0.3, 0.15, 0.1)

    card = colour_card.find(scene(drawn_card, over=thumb))
    assert card is not None
    assert off(card) < 0.03
    assert colour_card.find(scene(drawn_card, over=lambda light: thumb(light, 490))) is None


def shadow(light):
    light[:, 400:] *= 0.5


def shine(light):
    light[:, :] += 0.35 * LAMP


def two_lamps(light):
    light[:300] *= np.array([1.1, 1.0, 0.75], np.float32)


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"side": 66}, colour_card.TOO_SMALL),
        ({"lamp": np.float32([1.3, 1.25, 1.2])}, colour_card.IS_BURNT),
        ({"lamp": np.float32([1.25, 0.8, 0.5])}, colour_card.IS_BURNT),
        ({"lamp": np.float32([0.16, 0.15, 0.14])}, colour_card.TOO_DARK),
        ({"lamp": np.float32([0.9, 0.9, 0.2])}, colour_card.COLOURED),
        ({"over": shadow}, colour_card.SHADED),
        ({"over": two_lamps}, colour_card.MIXED),
        ({"over": shine, "lamp": LAMP * np.float32(0.3)}, colour_card.SHINING),
    ],
    ids=["small", "burnt", "one channel burnt", "dark", "coloured", "shadow", "two lamps", "reflection"],
)
def test_a_card_that_cannot_be_trusted_says_why(drawn_card, how, problem):
    card = colour_card.find(scene(drawn_card, **how))
    assert card is not None
    assert card.problem == problem
    assert card.score == 0


def test_a_card_over_the_edge_of_the_picture_says_so(drawn_card):
    cut = np.ascontiguousarray(scene(drawn_card, turn=45)[:, 312:])  # one marker is outside
    card = colour_card.find(cut)
    assert card is not None
    assert card.problem == colour_card.CUT_OFF


def test_a_soft_fall_of_light_is_taken_and_lowers_the_score(drawn_card):
    def fall(light):
        light *= np.linspace(1.5, 0.5, light.shape[1], dtype=np.float32)[None, :, None]

    plain, soft = colour_card.find(scene(drawn_card)), colour_card.find(scene(drawn_card, over=fall))
    assert plain is not None
    assert soft is not None
    assert soft.problem == ""
    assert soft.score < plain.score


@pytest.mark.parametrize("path", sorted(PHANTOMS.glob("*.png")), ids=lambda path: path.stem)
def test_of_all_phantoms_one_has_a_card(path):
    card = colour_card.find(open_picture(path).pixels)
    assert (card is not None) == (path.stem == "face_card")
    if card is not None:
        assert off(card, np.float32([0.92, 0.72, 0.46])) < 0.02


def test_a_markers_sheet_of_others_is_no_card(drawn_card):
    book = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    page = np.full((600, 800, 3), 255, np.uint8)
    for place, number in enumerate((23, 26, 29, 43)):
        square = cv2.aruco.generateImageMarker(book, number, 60)
        page[100:160, 80 + 160 * place : 140 + 160 * place] = square[..., None]
    assert colour_card.find(page) is None


def test_nothing_to_see_is_no_card():
    assert colour_card.find(np.zeros((8, 8, 3), np.uint8)) is None
    assert colour_card.find(np.full((480, 640, 3), 200, np.uint8)) is None


@pytest.mark.parametrize("paper", list(Paper))
def test_every_card_of_the_printed_page_is_one(paper):
    page = render(card_pdf(paper), 0, 1700)
    dots = 1700 / (210 if paper is Paper.A4 else 215.9)
    for left, top in places(paper):
        whole = page[round(top * dots) : round((top + SIDE) * dots), round(left * dots) : round((left + SIDE) * dots)]
        held = cv2.copyMakeBorder((whole * 0.9).astype(np.uint8), 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(90,) * 3)
        card = colour_card.find(held)
        assert card is not None
        assert card.problem == ""
        assert card.gains == pytest.approx([WHITE / float(linear(np.uint8([229]))[0])] * 3, rel=0.01)
