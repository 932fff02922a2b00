"""How red the inner side of the lower eyelid is, measured against the white of the eye beside it: no network.

The core number is the erythema index of lips and lids, 100 * log10(R / G) of linear light (Collings et al., PLoS ONE
11(4):e0153286, 2016, who measured the palpebral conjunctiva). The index of the lid minus that of the white of the
eye above it is what the reading gives first: brightness and the colour of the lamp drop out of the difference. It is no
haemoglobin and no probability of anemia; models/anemia/conjunctiva/MODEL_CARD.md says how well it follows either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, MEASURED, Measure, Reading
from clinoscope.domain.region import Box, Region
from clinoscope.inference import erythema
from clinoscope.inference.card import Package
from clinoscope.inference.erythema import UnfitError
from clinoscope.regions.light import linear

TASK = "anemia/conjunctiva"
ERYTHEMA = "Erythema, lid minus white of the eye"
ALONE = "Erythema of the lid alone, follows the lamp"

_SIDE = 240
"""Pixels the strip is scaled down to before it is measured: medians over patches need no more."""

_LIKE = 4.0
"""CIE L* and a* within which pixels are taken for one surface: noise and shading of the white stay within it."""

_DRAWS = 200
"""Bootstrap draws of patches for the uncertainty; the seed is fixed, so the same picture gives the same numbers."""

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _View:
    """The eye around the strip: linear light, Lab, what is neither burnt nor black, and where the strip is."""

    light: Floats
    lab: Floats
    lit: Mask
    strip: Mask
    box: Box


def measure(pixels: Pixels, region: Region, package: Package, earlier: Sequence[Reading] = ()) -> Reading:
    """The erythema index of the lid against the white of the eye, or *cannot judge* with a sentence.

    ``earlier`` are readings of this task of the same patient, oldest first; those by the same package give the
    change. Every threshold is in ``package.parameters``, explained in its model card.
    """
    limits = package.parameters
    try:
        view = _view(pixels, region, limits)
        lid = erythema.patches(view.light, _lid(view, limits))
        white = erythema.patches(view.light, _white(view, limits))
        _refuse_odd(lid, white, limits)
    except UnfitError as unfit:
        return Reading(task=TASK, answer=CANNOT_JUDGE, model=package.ref, reason=str(unfit))
    (value, drawn), (beside, beside_drawn) = _index(lid), _index(white)
    apart = Measure(ERYTHEMA, value - beside, float(np.hypot((drawn - beside_drawn).std(), limits["sd_apart"])))
    alone = Measure(ALONE, value, float(np.hypot(drawn.std(), limits["sd_alone"])))
    change = erythema.change(apart, earlier, package.ref, limits)
    return Reading(task=TASK, answer=MEASURED, model=package.ref, measures=(apart, *change, alone))


# --- what is looked at ---


def _view(pixels: Pixels, region: Region, limits: Mapping[str, float]) -> _View:
    height, width = pixels.shape[:2]
    box = region.box.clipped(width, height)
    if box.w < limits["min_strip_pixels"]:
        raise UnfitError("The inner lid is too small in this picture to measure: come closer.")
    # the eyeball lies above the strip; below it there is only skin
    area = Box(box.x, box.y - round(1.5 * box.h), box.w, round(2.5 * box.h)).clipped(width, height)
    scale = min(1.0, _SIDE / box.w)
    size = (max(8, round(area.w * scale)), max(8, round(area.h * scale)))
    shown = cv2.resize(pixels[area.y : area.bottom, area.x : area.right], size, interpolation=cv2.INTER_AREA)
    strip = np.zeros(shown.shape[:2], np.uint8)
    inside = Box(0, round((box.y - area.y) * scale), size[0], max(1, round(box.h * scale))).clipped(*size)
    if region.outlines:
        ring = np.round((np.array(region.outlines[0]) - (area.x, area.y)) * scale).astype(np.int32)
        cv2.fillPoly(strip, [ring], 1)
    else:
        strip[inside.y : inside.bottom] = _redder_part(shown[inside.y : inside.bottom])
    high, low = shown.max(axis=2), shown.min(axis=2)
    return _View(
        light=linear(shown),
        lab=cv2.cvtColor(shown.astype(np.float32) / 255, cv2.COLOR_RGB2LAB),
        lit=(high < 250) & (high > 30) & (low > 4),
        strip=strip > 0,
        box=inside,
    )


def _redder_part(inside: Pixels) -> NDArray[np.uint8]:
    """Of a box drawn by hand, the pixels redder than Otsu's threshold: a rectangle around a crescent holds more."""
    red = cv2.cvtColor(inside, cv2.COLOR_RGB2LAB)[..., 1]
    _, mask = cv2.threshold(red, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(mask, np.uint8)


def _lid(view: _View, limits: Mapping[str, float]) -> Mask:
    """Pixels of the strip without its rim, glare, shadow, and what is burnt or black."""
    side = max(3, round(0.06 * view.box.h) * 2 + 1)
    core = cv2.erode(view.strip.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    usable = core & view.lit
    if usable.sum() < limits["min_lid_pixels"]:
        raise UnfitError("Too little of the inner lid is neither burnt nor black: change the light and try again.")
    light, chroma = view.lab[..., 0], np.hypot(view.lab[..., 1], view.lab[..., 2])
    usual = float(np.median(light[usable]))
    glare = (light > usual + 12) & (chroma < 0.8 * float(np.median(chroma[usable])))
    usable &= ~glare & (light > 0.6 * usual)
    if usable.sum() < max(limits["min_lid_pixels"], limits["min_usable_share"] * core.sum()):
        raise UnfitError("Glare or shadow covers too much of the inner lid: turn the lamp away and try again.")
    return np.asarray(usable)


def _white(view: _View, limits: Mapping[str, float]) -> Mask:
    """The white of the eye above the strip: the largest piece that is bright and about as little red as can be there.

    Raises UnfitError where there is none, or where it is not much less red than the lid: then it is skin.
    """
    above = np.zeros(view.strip.shape, bool)
    above[: view.box.y + view.box.h // 2] = True
    reach = max(3, round(0.06 * view.box.h) * 2 + 1)
    near = cv2.dilate(view.strip.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    light, red = (cv2.GaussianBlur(view.lab[..., channel], (0, 0), 1.5) for channel in (0, 1))
    usable = above & ~near & view.lit & (light > limits["min_white_light"])
    missing = UnfitError("The white of the eye does not show beside the lid: let the patient look up and try again.")
    if usable.sum() < limits["min_white_pixels"]:
        raise missing
    # the least red of what is bright is the white, a vein or an edge here and there aside
    limit = float(np.percentile(red[usable & (light >= np.median(light[usable]))], 10)) + _LIKE
    lid_red = float(np.median(red[view.strip & view.lit]))
    white = (
        usable & (light >= np.median(light[usable]) - _LIKE) & (red <= min(limit, lid_red - limits["min_red_apart"]))
    )
    opened = cv2.morphologyEx(white.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or sizes.max() < limits["min_white_pixels"]:
        raise missing
    return np.asarray(pieces == 1 + int(sizes.argmax()))


# --- the numbers ---


def _index(patches: Floats) -> tuple[float, Floats]:
    """The erythema index as a median over patches, and the same for bootstrap draws, (draws,)."""
    each = erythema.index(patches)
    picks = np.random.default_rng(0).integers(len(each), size=(_DRAWS, len(each)))
    return float(np.median(each)), np.median(each[picks], axis=1)


def _refuse_odd(lid: Floats, white: Floats, limits: Mapping[str, float]) -> None:
    """Raise UnfitError when the white has a colour that no white of an eye has in white light, or the lid is odd."""
    red, green, blue = (float(value) for value in np.median(white, axis=0))
    redder, bluer = np.log2(red / green), np.log2(blue / green)
    if not -limits["max_cast_stops"] < redder < limits["max_red_stops"] or abs(bluer) > limits["max_cast_stops"]:
        raise UnfitError(
            "Beside the lid nothing is white: let the patient look up, use daylight and take the photo again."
        )
    apart = _index(lid)[0] - _index(white)[0]
    if not limits["min_apart"] < apart < limits["max_apart"]:
        raise UnfitError("This is not the colour of an inner lid beside an eye: check the outline and the light.")
