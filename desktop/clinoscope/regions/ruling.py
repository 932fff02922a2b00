"""The ruling of a stage micrometer: how many pixels lie between two of its lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Pixels

LEAST_LINES = 5
"""Lines below which the spacing is not believed."""

LEAST_COHERENCE = 0.35
"""How far all edges point the same way, 0..1, below which there is no ruling."""

LEAST_PEAK = 0.3
"""Likeness of the profile to itself one period on, below which it does not repeat."""

MOST_UNEVEN = 0.08
"""Standard deviation of the lines about their even places, in periods, above which they are no ruling."""

_LONGEST = 1600
_SHORTEST = 5.0

NO_LINES = "No ruling is seen: focus on the lines of the micrometer, so that they cross the whole picture."
NO_PERIOD = "The lines do not repeat evenly: take the picture anew, with nothing but the ruling in it."
FEW = "Fewer than five lines are seen: move more of the ruling into the picture, or take a lower objective."

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ruling:
    """``period`` pixels from line to line, ``uncertainty`` its standard error; ``lines`` were used, at ``angle``
    degrees from upright."""

    period: float
    uncertainty: float
    lines: int
    angle: float


def find_ruling(pixels: Pixels) -> Ruling:
    """Measure the ruling in an RGB picture (height, width, 3).

    The direction is that of most edges (structure tensor), the period the first strong peak of the profile's
    autocorrelation, made exact by a straight line through the places of all lines. Raises PictureError with a
    sentence when there is no ruling to be trusted: none at all, too few lines, or uneven ones.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    factor = max(1.0, max(grey.shape) / _LONGEST)
    if factor > 1:
        size = round(grey.shape[1] / factor), round(grey.shape[0] / factor)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    if min(grey.shape) < 64:
        raise PictureError(NO_LINES)
    flat = grey - cv2.GaussianBlur(grey, (0, 0), max(grey.shape) / 25)
    angle = _direction(flat)
    profile = _profile(flat, angle)
    period = _period(profile)
    exact, error, lines = _fitted(profile, period)
    return Ruling(exact * factor, error * factor, lines, float(np.degrees(angle)))


def _direction(flat: NDArray[np.float32]) -> float:
    """The angle of the gradient across the lines, radians from the x axis. Raises PictureError."""
    smooth = cv2.GaussianBlur(flat, (0, 0), 1.5)
    gx, gy = cv2.Sobel(smooth, cv2.CV_64F, 1, 0), cv2.Sobel(smooth, cv2.CV_64F, 0, 1)
    whole = float((gx * gx + gy * gy).sum())
    # the double angle makes both sides of a line point the same way
    along, across = float((gx * gx - gy * gy).sum()), float((2 * gx * gy).sum())
    if whole <= 0 or np.hypot(along, across) / whole < LEAST_COHERENCE:
        raise PictureError(NO_LINES)
    return 0.5 * float(np.arctan2(across, along))


def _profile(flat: NDArray[np.float32], angle: float) -> Floats:
    """The picture turned so that the lines stand upright, and averaged along them; dark lines are peaks."""
    height, width = flat.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(angle)), 1.0)
    size = (width, height)
    turned = cv2.warpAffine(flat, turn, size, flags=cv2.INTER_LINEAR, borderValue=0)
    inside = cv2.warpAffine(np.ones_like(flat), turn, size, flags=cv2.INTER_LINEAR, borderValue=0)
    weight = inside.sum(axis=0)
    kept = weight > 0.25 * height
    profile = np.asarray(turned.sum(axis=0)[kept] / weight[kept], np.float64)
    profile -= np.median(profile)
    # a dark or a bright ruling: lines are thin, so the longer tail is theirs
    return -profile if abs(profile.min()) > profile.max() else profile


def _period(profile: Floats) -> float:
    """The shortest lag at which the profile is like itself. Raises PictureError."""
    length = len(profile)
    centred = profile - profile.mean()
    spectrum = np.fft.rfft(centred, 2 * length)
    like = np.fft.irfft(spectrum * np.conj(spectrum))[:length]
    like = like / np.maximum(1, length - np.arange(length)) * length
    if like[0] <= 0:
        raise PictureError(NO_LINES)
    like = like / like[0]
    most = length // 3
    lags = [lag for lag in range(4, most) if like[lag] >= like[lag - 1] and like[lag] > like[lag + 1] and like[lag] > 0]
    if not lags or max(like[lag] for lag in lags) < LEAST_PEAK:
        raise PictureError(NO_PERIOD)
    best = max(like[lag] for lag in lags)
    first = next(lag for lag in lags if like[lag] >= 0.7 * best)
    if first < _SHORTEST:
        raise PictureError(NO_PERIOD)
    return float(first)


def _fitted(profile: Floats, period: float) -> tuple[float, float, int]:
    """Period, its standard error and the number of lines, by a straight line through their places. Raises
    PictureError."""
    places = _lines(profile, period)
    if len(places) < LEAST_LINES:
        raise PictureError(FEW)
    for _ in range(3):
        index = np.concatenate([[0], np.cumsum(np.maximum(1, np.rint(np.diff(places) / period)))])
        slope, start = np.polyfit(index, places, 1)
        away = places - (start + slope * index)
        kept = np.abs(away) < 0.25 * slope
        period = float(slope)
        if kept.all():
            break
        places = places[kept]
        if len(places) < LEAST_LINES:
            raise PictureError(NO_PERIOD)
    spread = float(np.sqrt((away**2).sum() / max(1, len(places) - 2)))
    seen = len(places) / (index[-1] + 1)
    if spread > MOST_UNEVEN * period or seen < 0.75:
        raise PictureError(NO_PERIOD)
    error = spread / float(np.sqrt(((index - index.mean()) ** 2).sum()))
    return period, error, len(places)


def _lines(profile: Floats, period: float) -> Floats:
    """Where the lines lie, between pixels: the centre of weight of each stretch that stands out from the glass.

    A line is some pixels wide and flat on top: its highest pixel says less of its middle than all of it.
    """
    smooth = np.convolve(profile, np.ones(3) / 3, mode="same")
    high = float(np.percentile(smooth, 99))
    reach = max(2, int(0.4 * period))
    found: list[float] = []
    for place in range(1, len(smooth) - 1):
        low, top = max(0, place - reach), min(len(smooth), place + reach + 1)
        near = smooth[low:top]
        if smooth[place] < 0.35 * high or smooth[place] < near.max() or (found and place - found[-1] < 0.5 * period):
            continue
        if max(near[0] if low == 0 else 0, near[-1] if top == len(smooth) else 0) > 0.5 * smooth[place]:
            continue  # the edge of the picture cuts it
        weight = np.maximum(near - 0.5 * smooth[place], 0)
        found.append(float((weight * np.arange(low, top)).sum() / weight.sum()))
    return np.array(found)
