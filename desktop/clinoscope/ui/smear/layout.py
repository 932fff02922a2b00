"""Where bands, headers and tiles of the gallery lie: plain arithmetic, in pixels of the whole scrolled height."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect

HEADER = 36
GAP = 6
BELOW = 12
"""Room under a band, before the next header."""


@dataclass(frozen=True)
class Placed:
    """One band: its header begins at ``top``, its tiles at ``first_row``; ``start`` is the place of its first cell
    among all cells."""

    top: int
    first_row: int
    bottom: int
    start: int
    cells: int


@dataclass(frozen=True)
class Layout:
    """Bands of so many cells each, laid out in rows of ``columns`` tiles that are ``tile`` pixels square."""

    bands: tuple[Placed, ...]
    columns: int
    tile: int
    width: int

    @property
    def height(self) -> int:
        return self.bands[-1].bottom if self.bands else 0

    @property
    def cells(self) -> int:
        return sum(band.cells for band in self.bands)

    def rect(self, place: int) -> QRect:
        """The tile of a cell, by its place among all cells."""
        band = self.bands[self.band_of(place)]
        row, column = divmod(place - band.start, self.columns)
        step = self.tile + GAP
        return QRect(GAP + column * step, band.first_row + row * step, self.tile, self.tile)

    def band_of(self, place: int) -> int:
        """The band a cell lies in. Bands without a cell are none of a gallery, so starts are strictly rising."""
        return bisect_right([band.start for band in self.bands], place) - 1

    def at(self, x: int, y: int) -> int | None:
        """The cell under a point, None between the tiles."""
        index = self.band_at(y)
        if index is None:
            return None
        band = self.bands[index]
        step = self.tile + GAP
        row, column = (y - band.first_row) // step, (x - GAP) // step
        if y < band.first_row or x < GAP or column >= self.columns:
            return None
        place = band.start + row * self.columns + column
        inside = place < band.start + band.cells and self.rect(place).contains(x, y)
        return place if inside else None

    def band_at(self, y: int) -> int | None:
        """The band at a height, its header and the room below it included; None above the first and below the last."""
        index = bisect_right([band.top for band in self.bands], y) - 1
        return index if index >= 0 and y < self.bands[index].bottom else None

    def between(self, top: int, bottom: int) -> tuple[range, ...]:
        """The cells whose tiles may be seen between two heights, band by band."""
        step, found = self.tile + GAP, []
        for band in self.bands:
            if band.bottom <= top or band.top >= bottom:
                continue
            first = max((top - band.first_row) // step, 0) * self.columns
            last = max((bottom - band.first_row) // step + 1, 0) * self.columns
            found.append(range(band.start + min(first, band.cells), band.start + min(last, band.cells)))
        return tuple(found)

    def stepped(self, place: int, across: int, down: int) -> int:
        """The cell one goes to with the arrow keys; up and down keep the column as well as the row's end allows."""
        if not down:
            return min(max(place + across, 0), self.cells - 1)
        index = self.band_of(place)
        band = self.bands[index]
        row, column = divmod(place - band.start, self.columns)
        row += down
        rows = _rows(band.cells, self.columns)
        if 0 <= row < rows:
            return band.start + min(row * self.columns + column, band.cells - 1)
        other = index + (1 if down > 0 else -1)
        if not 0 <= other < len(self.bands):
            return place
        there = self.bands[other]
        row = 0 if down > 0 else _rows(there.cells, self.columns) - 1
        return there.start + min(row * self.columns + column, there.cells - 1)


def lay_out(counts: Sequence[int], width: int, tile: int) -> Layout:
    """Bands of ``counts`` cells (each at least one) in a width; at least one column however narrow it is."""
    columns = max((width - GAP) // (tile + GAP), 1)
    bands, top, start = [], 0, 0
    for count in counts:
        first_row = top + HEADER
        bottom = first_row + _rows(count, columns) * (tile + GAP) + BELOW
        bands.append(Placed(top, first_row, bottom, start, count))
        top, start = bottom, start + count
    return Layout(tuple(bands), columns, tile, width)


def _rows(cells: int, columns: int) -> int:
    return -(-cells // columns)
