"""How pale the lips are, measured: no network, no haemoglobin, no probability of anemia.

The core number is the erythema index, 100 * log10(R / G) of linear light (Collings et al., PLoS ONE 11(4):e0153286,
2016, for the conjunctiva; Takiwaki, J Med Invest 44:121, 1998, for what it can mean): haemoglobin takes green light
and leaves red. Lips minus the skin beside them is what the pallor index is made of, since brightness and the colour
of the lamp drop out of a difference of log ratios. CIE a* (D65) is given beside it because it is what the eye sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.reading import CANNOT_JUDGE, MEASURED, Measure, Reading
from clinoscope.domain.region import Box, Point, Region
from clinoscope.inference import erythema, white_card
from clinoscope.inference.card import Package
from clinoscope.inference.erythema import UnfitError
from clinoscope.regions.light import linear

TASK = "anemia/lip"
PALLOR = "Pallor index"

_MOUTH_SIDE = 160
"""Pixels a mouth is scaled down to before it is measured: medians over patches need no more."""

_AROUND = 0.45
"""Room around the lips that is looked at for skin, as a share of the box's longer side."""

_DRAWS = 200
"""Bootstrap draws of patches for the uncertainty; the seed is fixed, so the same picture gives the same numbers."""

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _View:
    """The mouth and its surroundings: sRGB pixels, linear light, and where lips and skin are."""

    pixels: Pixels
    light: Floats
    lips: Mask
    ring: Mask


def measure(
    pixels: Pixels,
    region: Region,
    package: Package,
    earlier: Sequence[Reading] = (),
    against_paper: bool = False,
) -> Reading:
    """The pallor index and what it rests on, or *cannot judge* with a sentence.

    ``against_paper`` says that the pixels were corrected by the printed colour card, whose paper stands for the plain
    white card: one as good as the other, and named alike. Else a plain white card is looked for.

    ``earlier`` are readings of this task of the same patient, oldest first; those by the same package give the
    change. Every threshold is in ``package.parameters``, explained in its model card.
    """
    limits = package.parameters
    try:
        measures = _measures(_view(pixels, region, limits), pixels, region, limits, against_paper)
    except UnfitError as unfit:
        return Reading(task=TASK, answer=CANNOT_JUDGE, model=package.ref, reason=str(unfit))
    change = erythema.change(measures[0], earlier, package.ref, limits)
    return Reading(task=TASK, answer=MEASURED, model=package.ref, measures=(measures[0], *change, *measures[1:]))


# --- what is looked at ---


def _view(pixels: Pixels, region: Region, limits: Mapping[str, float]) -> _View:
    height, width = pixels.shape[:2]
    box = region.box.clipped(width, height)
    if box.w < limits["min_mouth_pixels"]:
        raise UnfitError("The lips are too small in this picture to measure: come closer.")
    area = box.padded(_AROUND).clipped(width, height)
    scale = min(1.0, _MOUTH_SIDE / box.w)
    size = (max(8, round(area.w * scale)), max(8, round(area.h * scale)))
    shown = cv2.resize(pixels[area.y : area.bottom, area.x : area.right], size, interpolation=cv2.INTER_AREA)
    mouth = _mouth(shown, region.outlines, box, area, scale)
    side = max(3, round(0.02 * box.w * scale) * 2 + 1)
    reach = round(0.16 * box.w * scale)
    lips = cv2.erode(mouth.lips, np.ones((side, side), np.uint8)) > 0
    near = cv2.dilate(mouth.whole, np.ones((2 * side + 1, 2 * side + 1), np.uint8))
    far = cv2.dilate(near, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return _View(shown, linear(shown), lips, (far > 0) & (near == 0))


@dataclass(frozen=True)
class _Mouth:
    lips: NDArray[np.uint8]
    whole: NDArray[np.uint8]


def _mouth(shown: Pixels, outlines: Sequence[Sequence[Point]], box: Box, area: Box, scale: float) -> _Mouth:
    """Masks of the lips alone and of the lips with what is between them."""
    lips, whole = np.zeros(shown.shape[:2], np.uint8), np.zeros(shown.shape[:2], np.uint8)
    rings = [np.round((np.array(ring) - (area.x, area.y)) * scale).astype(np.int32) for ring in outlines]
    if rings:
        cv2.fillPoly(whole, [rings[0]], 1)
        lips[:] = whole
        for ring in rings[1:]:
            cv2.fillPoly(lips, [ring], 0)
        return _Mouth(lips, whole)
    x, y = round((box.x - area.x) * scale), round((box.y - area.y) * scale)
    right, bottom = round((box.right - area.x) * scale), round((box.bottom - area.y) * scale)
    whole[y:bottom, x:right] = 1
    lips[y:bottom, x:right] = _pinker_part(shown[y:bottom, x:right])
    return _Mouth(lips, whole)


def _pinker_part(inside: Pixels) -> NDArray[np.uint8]:
    """Of a box drawn by hand, the pixels pinker than Otsu's threshold; the whole box when that splits nothing off."""
    lab = cv2.cvtColor(inside, cv2.COLOR_RGB2LAB).astype(np.float32)
    pink = cv2.GaussianBlur(lab[..., 1] - 0.8 * lab[..., 2], (0, 0), 1.5)
    scaled = cv2.normalize(pink, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    _, mask = cv2.threshold(scaled, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    apart = pink[mask > 0].mean() - pink[mask == 0].mean() if 0 < mask.mean() < 1 else 0.0
    if apart < 4 or not 0.15 < mask.mean() < 0.9:
        return np.ones(mask.shape, np.uint8)
    return np.asarray(mask, np.uint8)


# --- which pixels count ---


def _usable_lips(view: _View, limits: Mapping[str, float]) -> Mask:
    """Lip pixels without glare, shadow, teeth and burnt or black channels."""
    lab = _lab(view.light)
    usable = view.lips & _well_lit(view.pixels)
    if usable.sum() < limits["min_lip_pixels"]:
        raise UnfitError("Too few lip pixels are neither burnt nor black: change the light and take the photo again.")
    light, red, chroma = lab[..., 0], lab[..., 1], np.hypot(lab[..., 1], lab[..., 2])
    usual = np.median(lab[usable], axis=0)
    usual_chroma = float(np.median(chroma[usable]))
    glare = (light > usual[0] + 12) & (chroma < 0.8 * usual_chroma)
    teeth = (light > usual[0] + 6) & (red < usual[1] - max(6.0, 0.4 * abs(float(usual[1]))))
    usable &= ~glare & ~teeth & (light > 0.6 * usual[0])
    share = float(usable.sum()) / float(view.lips.sum())
    if usable.sum() < limits["min_lip_pixels"] or share < limits["min_usable_share"]:
        raise UnfitError("Glare or shadow covers too much of the lips: turn towards a window and take the photo again.")
    return usable


def _usable_skin(view: _View, limits: Mapping[str, float]) -> Mask:
    """Skin beside the lips without beard, nostrils, shadow and glare: near the ring's brighter half in light."""
    usable = view.ring & _well_lit(view.pixels)
    if usable.sum() < limits["min_skin_pixels"]:
        raise UnfitError(
            "No evenly lit skin shows beside the lips: leave room around the mouth and take the photo again."
        )
    lab = _lab(view.light)
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    bright = float(np.percentile(light[usable], 65))
    usual_chroma = float(np.median(chroma[usable & (light > bright - 15)]))
    usable &= (np.abs(light - bright) < 15) & (chroma > 0.5 * usual_chroma) & (chroma < 1.6 * usual_chroma)
    if usable.sum() < limits["min_skin_pixels"]:
        raise UnfitError(
            "No evenly lit skin shows beside the lips: leave room around the mouth and take the photo again."
        )
    return usable


def _well_lit(pixels: Pixels) -> Mask:
    """No channel burnt, and enough light for three channels to mean something."""
    red, green, blue = cv2.split(pixels)
    high, low = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return np.asarray((high < 250) & (red > 30) & (low > 4))


def _lab(light: Floats) -> Floats:
    """CIELAB under D65 from linear sRGB light, (…, 3); L* 0..100."""
    xyz = np.clip(light, 1e-6, None) @ _TO_XYZ.T
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
    np.float32,
) / np.array([[0.95047], [1.0], [1.08883]], np.float32)
"""Linear sRGB to CIE XYZ over the D65 white point (IEC 61966-2-1)."""


# --- the numbers ---


def _measures(
    view: _View, pixels: Pixels, region: Region, limits: Mapping[str, float], against_paper: bool
) -> tuple[Measure, ...]:
    lips, skin = _usable_lips(view, limits), _usable_skin(view, limits)
    beside_lips = np.median(view.light[skin], axis=0).astype(np.float32)
    card = None if against_paper else white_card.find(pixels, region.box, beside_lips)
    light = view.light
    if card is not None:
        # von Kries in linear RGB: what undoes a camera's white balance exactly
        light = light * (np.float32(limits["card_reflectance"]) / np.array(card.light, np.float32))
    lip_patches, skin_patches = erythema.patches(light, lips), erythema.patches(light, skin)
    _refuse_odd_light(np.median(skin_patches, axis=0), limits)
    _refuse_odd_lips(np.median(lip_patches, axis=0), np.median(skin_patches, axis=0), limits)
    lip, lip_draws = _values(lip_patches)
    beside, skin_draws = _values(skin_patches)
    apart, apart_draws = lip - beside, lip_draws - skin_draws
    carded = against_paper or card is not None
    which = "card" if carded else "no_card"
    pale, pale_draws = (_pallor(values, limits) for values in (apart[0], apart_draws[:, 0]))
    kind = "against the white card" if carded else "without a white card"
    rows = (
        (PALLOR, float(pale), pale_draws, limits[f"sd_pallor_{which}"]),
        ("Erythema, lips minus skin", float(apart[0]), apart_draws[:, 0], limits[f"sd_erythema_apart_{which}"]),
        ("Redness a*, lips minus skin", float(apart[1]), apart_draws[:, 1], limits[f"sd_redness_apart_{which}"]),
        (f"Erythema of the lips, {kind}", float(lip[0]), lip_draws[:, 0], limits[f"sd_erythema_{which}"]),
        (f"Redness a* of the lips, {kind}", float(lip[1]), lip_draws[:, 1], limits[f"sd_redness_{which}"]),
    )
    return tuple(Measure(name, value, float(np.hypot(draws.std(), lamp))) for name, value, draws, lamp in rows)


def _pallor(apart: NDArray[np.floating] | float, limits: Mapping[str, float]) -> NDArray[np.floating]:
    """0..100, higher is paler: 100 where the lips are no redder than the skin, 0 at ``full_red`` and above."""
    return np.asarray(np.clip(100 * (1 - np.asarray(apart) / limits["full_red"]), 0, 100))


def _values(patches: Floats) -> tuple[Floats, Floats]:
    """(erythema index, a*) as medians over patches, (2,), and the same for bootstrap draws, (draws, 2)."""
    each = np.stack([erythema.index(patches), _lab(patches)[..., 1]], axis=-1)
    picks = np.random.default_rng(0).integers(len(each), size=(_DRAWS, len(each)))
    return np.median(each, axis=0), np.median(each[picks], axis=1)


# --- when not to measure ---


def _refuse_odd_light(skin: Floats, limits: Mapping[str, float]) -> None:
    """Raise UnfitError when the skin beside the lips has no colour that skin has in white light."""
    light, red, yellow = (float(value) for value in _lab(skin))
    chroma, hue = float(np.hypot(red, yellow)), float(np.degrees(np.arctan2(yellow, red)))
    if light < limits["min_skin_light"]:
        raise UnfitError("The picture is too dark to measure colour: turn towards a window.")
    if light > limits["max_skin_light"]:
        raise UnfitError("The picture is too bright to measure colour: turn away from the lamp.")
    if chroma < limits["min_skin_chroma"]:
        raise UnfitError("The picture has hardly any colour: switch the camera to colour and take the photo again.")
    if not limits["min_skin_hue"] < hue < limits["max_skin_hue"] or chroma > limits["max_skin_chroma"]:
        raise UnfitError(
            "The light is coloured, so the skin does not look like skin: use daylight or add a white card."
        )


def _refuse_odd_lips(lips: Floats, skin: Floats, limits: Mapping[str, float]) -> None:
    """Raise UnfitError when the lips are redder or more purple than bare lips are, or less red than the skin."""
    apart = float(erythema.index(lips) - erythema.index(skin))
    _, red, yellow = (float(value) for value in _lab(lips))
    if apart < limits["min_erythema_apart"]:
        raise UnfitError(
            "These lips are no redder than the skin beside them, so their pallor cannot be measured this way."
        )
    vivid = np.hypot(red, yellow) > limits["max_lip_chroma"] or apart > limits["max_erythema_apart"]
    purple = np.degrees(np.arctan2(yellow, red)) < limits["min_lip_hue"]
    if vivid or purple:
        raise UnfitError("The lips look painted: wipe off lipstick, wait ten minutes and take the photo again.")
