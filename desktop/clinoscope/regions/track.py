"""Where the fields of a smear lie against each other, and which found cells are one and the same.

A hand on the stage moves in small steps, so that a field is first looked for in the last ones. One that fits none of
them is looked for further back, coarsely, since the hand may have gone back to a place seen before; the few that look
like it are compared in full. A field that fits nowhere begins a new track. Fields of different tracks are never taken
for overlapping; in a track all that lie at the same place are.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind
from clinoscope.regions import registration
from clinoscope.regions.registration import View

LAST = 3
"""Fields back that a new one is looked for first."""

LOOK_BACK = 200
"""Fields back that it is looked for coarsely when the last ones do not fit."""

ALIKE = 0.5
"""Coarse match from which on two fields are compared in full. Overlapping crops of four sources had 0.62 and more, and
all but one in a hundred the true field among the best ``TRIED`` of 24."""

TRIED = 3

_KEPT_VIEWS = 8
"""Full views kept at once, about 2 MB each; others are made again from their small copies."""

SAME = 0.5
"""Part of the smaller box that two boxes of one cell share at least; boxes of touching neighbours share less."""


@dataclass(frozen=True)
class Spot:
    """A field's place: its track, the top left corner in the track's pixels, its size in pixels."""

    number: int
    track: int
    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: Spot) -> bool:
        return (
            self.track == other.track
            and self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class Seen:
    """A cell as a track knows it: its number, its field, its box there, how well it is seen."""

    number: int
    field: int
    box: Box
    kind: CellKind


@dataclass(frozen=True)
class Pair:
    """``new`` (index among a field's cells) is the earlier cell ``number``; ``replaces`` when it shows it better."""

    new: int
    number: int
    replaces: bool


class Track:
    """All fields of one smear so far. Not thread safe: one reader at a time.

    ``small`` gives the small copy (grey JPEG or PNG) of an earlier field by its number.
    """

    def __init__(self, small: Callable[[int], bytes], look_back: int = LOOK_BACK) -> None:
        self._small, self._look_back = small, look_back
        self._spots: dict[int, Spot] = {}
        self._views: OrderedDict[int, View] = OrderedDict()
        self._coarse: dict[int, View] = {}
        self._tracks = 0

    def known(self, spot: Spot) -> None:
        """Take in a field that was placed before."""
        self._spots[spot.number] = spot
        self._tracks = max(self._tracks, spot.track)

    def place(self, number: int, small: bytes, width: int, height: int) -> Spot:
        """Find the place of the next field, and take it in."""
        spot = self._found(_decoded(small), number, width, height)
        if spot is None:
            self._tracks += 1
            spot = Spot(number, self._tracks, 0, 0, width, height)
        self._spots[number] = spot
        return spot

    def overlapping(self, spot: Spot) -> tuple[Spot, ...]:
        """The other fields that share some of a field's place."""
        return tuple(other for other in self._spots.values() if other.number != spot.number and spot.overlaps(other))

    def _found(self, small: NDArray[np.uint8], number: int, width: int, height: int) -> Spot | None:
        same_size = [spot for spot in self._spots.values() if (spot.width, spot.height) == (width, height)]
        before = same_size[::-1][: self._look_back]
        new = registration.view(small, width)
        self._keep(number, new)
        coarse = registration.coarse_view(small, width)
        self._keep_coarse(number, coarse)
        for spot in itertools.chain(before[:LAST], self._alike(coarse, before[LAST:])):
            match = registration.matched(self._view_of(spot), new)
            if match is not None and match.sure:
                return Spot(number, spot.track, spot.x + match.x, spot.y + match.y, width, height)
        return None

    def _alike(self, new: View, spots: Iterable[Spot]) -> Iterator[Spot]:
        """The fields that look like a new one from afar, the likest first; worked out only when it is asked for."""
        found = []
        for spot in spots:
            match = registration.matched(self._coarse_of(spot), new)
            if match is not None and match.match >= ALIKE:
                found.append((match.match, spot))
        found.sort(key=lambda entry: (-entry[0], entry[1].number))
        yield from (spot for _, spot in found[:TRIED])

    def _coarse_of(self, spot: Spot) -> View:
        if spot.number not in self._coarse:
            made = registration.coarse_view(_decoded(self._small(spot.number)), spot.width)
            self._keep_coarse(spot.number, made)
        return self._coarse[spot.number]

    def _keep_coarse(self, number: int, made: View) -> None:
        self._coarse[number] = made
        if len(self._coarse) > self._look_back + 1:
            del self._coarse[next(one for one in self._coarse if one != number)]

    def _view_of(self, spot: Spot) -> View:
        if spot.number in self._views:
            self._views.move_to_end(spot.number)
            return self._views[spot.number]
        made = registration.view(_decoded(self._small(spot.number)), spot.width)
        self._keep(spot.number, made)
        return made

    def _keep(self, number: int, made: View) -> None:
        self._views[number] = made
        while len(self._views) > _KEPT_VIEWS:
            self._views.popitem(last=False)


def same_cells(
    spot: Spot, cells: Sequence[tuple[Box, CellKind]], earlier: Iterable[Seen], spots: dict[int, Spot]
) -> tuple[Pair, ...]:
    """Which of a field's cells are earlier ones: each one is at most one other, the best fit first.

    A pair's boxes share ``SAME`` of the smaller. A cell that the edge cuts is taken from the field that shows it
    whole; of two that are seen alike the earlier one stays, since somebody may have decided on it.
    """
    fits = []
    for seen in earlier:
        other = spots[seen.field]
        moved = Box(seen.box.x + other.x - spot.x, seen.box.y + other.y - spot.y, seen.box.w, seen.box.h)
        for index, (box, _) in enumerate(cells):
            share = box.shared(moved)
            if share >= SAME:
                fits.append((share, index, seen))
    pairs: list[Pair] = []
    used_new: set[int] = set()
    used_old: set[int] = set()
    for _, index, seen in sorted(fits, key=lambda fit: (-fit[0], fit[1], fit[2].number)):
        if index in used_new or seen.number in used_old:
            continue
        used_new.add(index)
        used_old.add(seen.number)
        better = seen.kind is CellKind.CUT and cells[index][1] is not CellKind.CUT
        pairs.append(Pair(index, seen.number, better))
    return tuple(pairs)


def encoded(pixels: Pixels) -> bytes:
    """The small grey copy of a field, as it is kept: JPEG."""
    done, data = cv2.imencode(".jpg", registration.small_copy(pixels), [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return bytes(data)


def _decoded(small: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(small, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
