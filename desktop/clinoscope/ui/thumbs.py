"""Small versions of the pictures in the vault, made off the window's thread and kept for this login."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QImage

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.domain.record import Exam
from clinoscope.ui.tasks import run_task

if TYPE_CHECKING:
    from clinoscope.records import Vault

SIZE = QSize(360, 270)
"""Twice what is shown, for screens at 200 %."""
_KEEP = 300


class Thumbs(QObject):
    """One per page that shows thumbnails; forgotten with it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[tuple[str, int], QImage] = OrderedDict()

    def want(self, vault: Vault, exam: Exam, give: Callable[[QImage], object]) -> None:
        """Call ``give`` with the exam's small picture: at once when it is known. Without a picture, never.

        A picture that cannot be read stays grey: the vault's own check names it.
        """
        if exam.picture is None:
            return
        place = (exam.picture.sha256, exam.picture.page)
        known = self._kept.get(place)
        if known is not None:
            self._kept.move_to_end(place)
            give(known)
            return

        def keep(image: QImage) -> None:
            self._kept[place] = image
            while len(self._kept) > _KEEP:
                self._kept.popitem(last=False)
            give(image)

        run_task(self, _small, vault, exam, done=keep, failed=_leave_grey)


def small(pixels: Pixels) -> QImage:
    """A picture scaled down to fill ``SIZE``."""
    # Thinned first, to no less than twice the size wanted: smoothing 12 megapixels would hold up the window.
    step = max(min(pixels.shape[1] // (2 * SIZE.width()), pixels.shape[0] // (2 * SIZE.height())), 1)
    thinned = pixels[::step, ::step]
    height, width = thinned.shape[:2]
    whole = QImage(thinned.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return whole.scaled(SIZE, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation)


def _small(vault: Vault, exam: Exam) -> QImage:
    from clinoscope.workflow import exams

    return small(exams.picture_of(vault, exam).pixels)


def _leave_grey(_error: KnownError) -> None:
    return
