"""What a camera can be set to: size of the picture, exposure, white balance, focus.

OpenCV has no list of what a device can do: it is found out by setting a value and reading back what became of it.
That takes a moment and is seen in the picture, so it is done when somebody asks, on the thread that reads the camera.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

SIZES: tuple[tuple[int, int], ...] = (
    *((640, 480), (1024, 768), (1280, 720), (1280, 960), (1600, 1200), (1920, 1080), (2048, 1536)),
    *((2592, 1944), (2560, 1440), (3264, 2448), (3840, 2160), (4000, 3000), (4608, 3456)),
)
"""Asked of a camera one by one; those it takes are offered."""

DEFAULT_SIZE = (1920, 1080)

_ENDLESS = 1e6
"""A device that follows further than this only repeats what it hears."""


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used here."""

    def set(self, prop: int, value: float) -> bool: ...

    def get(self, prop: int) -> float: ...


class Knob(StrEnum):
    """What can be set by hand or left to the camera."""

    EXPOSURE = "exposure"
    WHITE_BALANCE = "white balance"
    FOCUS = "focus"


@dataclass(frozen=True)
class Settings:
    """What a camera is set to. ``by_hand`` holds the values set by hand, in the device's own units; a knob that is not
    in it stays as the device has it."""

    size: tuple[int, int] = DEFAULT_SIZE
    by_hand: Mapping[Knob, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Range:
    """What a knob goes through, in the device's own units, and where it stands. ``automatic``: the camera can do it."""

    low: float
    high: float
    value: float
    automatic: bool


@dataclass(frozen=True)
class Abilities:
    """What a device took when it was asked. ``size`` is the one it has now."""

    sizes: tuple[tuple[int, int], ...]
    size: tuple[int, int]
    ranges: Mapping[Knob, Range]


def to_json(settings: Settings) -> dict[str, object]:
    return {"size": list(settings.size), "by_hand": {knob.value: value for knob, value in settings.by_hand.items()}}


def from_json(kept: object) -> Settings:
    """Settings as they were kept; the usual ones where that is not understood."""
    if not isinstance(kept, dict):
        return Settings()
    size, by_hand = kept.get("size"), kept.get("by_hand")
    whole = isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size)
    known = {
        knob: float(by_hand[knob.value])
        for knob in Knob
        if isinstance(by_hand, dict) and isinstance(by_hand.get(knob.value), int | float)
    }
    return Settings((size[0], size[1]) if whole and isinstance(size, list) else DEFAULT_SIZE, known)


def set_size(capture: Capture, size: tuple[int, int]) -> None:
    """Ask for a size, as Motion-JPEG where the camera can: raw 1080p does not fit USB 2.

    The driver takes the nearest it has.
    """
    import cv2

    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])


def apply(capture: Capture, settings: Settings, before: Settings | None = None) -> None:
    """Set what is set by hand, and leave to the camera what was so ``before``. All else is not touched: it may have
    been set with the maker's own program. What the device does not have, it ignores."""
    for knob in Knob:
        if knob in settings.by_hand or (before is not None and knob in before.by_hand):
            turn(capture, knob, settings.by_hand.get(knob))


def turn(capture: Capture, knob: Knob, value: float | None) -> None:
    """Set a knob by hand, or leave it to the camera (None)."""
    automatic, manual = _automatic_values(knob)
    if value is None:
        capture.set(_automatic(knob), automatic)
    else:
        # First by hand: V4L2 refuses a value while the camera sees to it itself.
        capture.set(_automatic(knob), manual)
        capture.set(_value(knob), value)


def probe(capture: Capture) -> Abilities:
    """Find out what a device can do, and leave it as it was. A size costs a restart of the stream, 0.1 s or more."""
    sizes, size = _probe_sizes(capture)
    ranges = {knob: found for knob in Knob if (found := _probe_knob(capture, knob)) is not None}
    return Abilities(sizes, size, ranges)


def _probe_sizes(capture: Capture) -> tuple[tuple[tuple[int, int], ...], tuple[int, int]]:
    now = _size(capture)
    taken = {now}
    for size in SIZES:
        if size != now:
            set_size(capture, size)
            taken.add(_size(capture))
    set_size(capture, now)
    return tuple(sorted(side for side in taken if min(side) > 0)), now


def _size(capture: Capture) -> tuple[int, int]:
    import cv2

    return round(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), round(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _probe_knob(capture: Capture, knob: Knob) -> Range | None:
    """What a knob goes through; None when turning it changes nothing."""
    automatic, manual = _automatic_values(knob)
    was_automatic = capture.get(_automatic(knob))
    was = capture.get(_value(knob))
    can_automatic = capture.set(_automatic(knob), automatic) and capture.get(_automatic(knob)) == automatic
    capture.set(_automatic(knob), manual)
    here = capture.get(_value(knob))
    low, high = _end(capture, knob, here, -1), _end(capture, knob, here, 1)
    if low < high:
        capture.set(_value(knob), was)
    if can_automatic:
        capture.set(_automatic(knob), was_automatic)
    return Range(low, high, min(max(was, low), high), can_automatic) if low < high else None


def _end(capture: Capture, knob: Knob, here: float, way: int) -> float:
    """The furthest value that a device takes, going ``way`` from ``here`` in steps that grow while it follows.

    Video4Linux moves what is asked to the nearest it has, DirectShow refuses it: both end where reading back says so.
    A device may know tens or hundreds only, so it begins with a step longer than those.
    """
    reached, step = here, 128.0
    while step >= 1 and abs(reached) < _ENDLESS:
        capture.set(_value(knob), reached + way * step)
        now = capture.get(_value(knob))
        followed = (now - reached) * way > 0
        reached, step = (now, 2 * step) if followed else (reached, step / 2)
    return reached


def _value(knob: Knob) -> int:
    import cv2

    return {
        Knob.EXPOSURE: cv2.CAP_PROP_EXPOSURE,
        Knob.WHITE_BALANCE: cv2.CAP_PROP_WB_TEMPERATURE,
        Knob.FOCUS: cv2.CAP_PROP_FOCUS,
    }[knob]


def _automatic(knob: Knob) -> int:
    import cv2

    return {
        Knob.EXPOSURE: cv2.CAP_PROP_AUTO_EXPOSURE,
        Knob.WHITE_BALANCE: cv2.CAP_PROP_AUTO_WB,
        Knob.FOCUS: cv2.CAP_PROP_AUTOFOCUS,
    }[knob]


def _automatic_values(knob: Knob) -> tuple[float, float]:
    """What switches a knob to automatic and to by hand.

    Exposure on Video4Linux is a menu (V4L2_CID_EXPOSURE_AUTO): 3 is aperture priority, which is what webcams have, 1 is
    by hand. OpenCV's DirectShow takes 1 and 0 like the other knobs (cap_dshow.cpp).
    """
    if knob is Knob.EXPOSURE and sys.platform.startswith("linux"):
        return 3.0, 1.0
    return 1.0, 0.0
