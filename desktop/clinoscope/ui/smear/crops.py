"""The small pictures of cells that are in sight: fetched on a worker, a batch at a time, the newest wish first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from clinoscope.ui.tasks import run_task

BATCH = 48
KEPT = 1200
"""Pictures as large as their tiles: 1,200 of 88 pixels take 37 MB."""

Fetch = Callable[[list[int]], Mapping[int, bytes]]
"""JPEGs by cell number. Raises VaultError."""


class Crops(QObject):
    """One per gallery. ``came`` follows every batch, on the window's thread."""

    came = Signal()

    def __init__(self, fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._kept: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._wanted: list[int] = []
        self._missing: set[int] = set()
        self._size = 0
        self._busy = False
        self._era = 0

    def image(self, number: int) -> QImage | None:
        """The picture of a cell in the size last wanted, None while it is not here."""
        found = self._kept.get((number, self._size))
        if found is not None:
            self._kept.move_to_end((number, self._size))
        return found

    def forget(self) -> None:
        """Another smear comes: its cells have the same numbers."""
        self._kept.clear()
        self._missing.clear()
        self._wanted = []
        self._era += 1

    def want(self, numbers: Iterable[int], size: int) -> None:
        """Fetch these, scaled to ``size`` device pixels; what was wanted before and did not begin yet is let go."""
        self._size = size
        self._wanted = [number for number in numbers if number not in self._missing and self.image(number) is None]
        self._begin()

    def _begin(self) -> None:
        if self._busy or not self._wanted:
            return
        batch, self._wanted = self._wanted[:BATCH], self._wanted[BATCH:]
        self._busy, size, fetch, era = True, self._size, self._fetch, self._era

        def work() -> dict[int, QImage]:
            return {number: scaled(data, size) for number, data in fetch(batch).items()}

        def keep(found: dict[int, QImage]) -> None:
            self._busy = False
            if era != self._era:
                self._begin()
                return
            self._missing.update(number for number in batch if number not in found)
            for number, image in found.items():
                self._kept[number, size] = image
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self.came.emit()
            self._begin()

        def stay_grey(_error: object) -> None:
            # the vault's own check names what cannot be read; the cell keeps its grey tile
            self._busy = False
            self._missing.update(batch)
            self._begin()

        run_task(self, work, done=keep, failed=stay_grey)


def scaled(data: bytes, size: int) -> QImage:
    """A JPEG as a picture of ``size`` x ``size`` device pixels, cut square around its middle."""
    image = QImage.fromData(data)
    if image.isNull():
        return image
    filled = image.scaled(
        QSize(size, size), Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (filled.width() - size) // 2, (filled.height() - size) // 2
    return filled.copy(left, top, size, size).convertToFormat(QImage.Format.Format_RGB32)
