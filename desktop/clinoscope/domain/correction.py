"""What was done to a working copy of a picture so that its colours follow the skin and not the lamp."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinoscope.domain.region import Point

Gains = tuple[float, float, float]
"""Factors of red, green and blue in linear light."""


class Reference(StrEnum):
    """What told the colour of the light."""

    CARD = "card"
    """The printed card, in this very picture."""
    PROFILE = "profile"
    """A profile of the device, made earlier under its usual light."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """All that is needed to make the same working copy again, kept with the picture and signed with the exam.

    ``gains`` are multiplied in linear light; ``flat`` are further factors on a coarse grid over the picture (rows of
    columns of red, green, blue; empty for none). ``method`` names the way and its version, ``score`` (0..1) says how
    good the reference was, ``corners`` where the card lies in the picture (clockwise; empty for a profile).
    ``profile`` is the device's name and ``made_at`` (UTC) the day of its profile, "" and None for a card.
    """

    reference: Reference
    gains: Gains
    score: float
    method: str
    corners: tuple[Point, ...] = ()
    profile: str = ""
    made_at: datetime | None = None
    flat: tuple[tuple[Gains, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How a device shows neutral things under its usual light.

    ``made_from`` is ``card`` (white balance alone) or ``field`` (an empty microscope field: white balance and the
    evenness of the light, in ``flat``). ``gains`` keep brightness as it is, since cameras set that anew for each
    picture. ``made_at`` is in UTC; ``shape`` is width over height of the picture it was made from.
    """

    device: str
    made_from: str
    made_at: datetime
    shape: float
    gains: Gains
    score: float
    flat: tuple[tuple[Gains, ...], ...] = ()
