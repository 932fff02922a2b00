"""Pictures that come by drag and drop or paste: what brings them, without opening them yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from clinoscope.domain.picture import Origin, Picture
from clinoscope.ui.exam import work

Source = Callable[[], Picture]
"""Opens the picture, on a worker. Raises PictureError."""


def from_file(path: str, origin: Origin = Origin.FILE) -> Source:
    """A picture file. Its name is not kept: it may name a patient."""

    def open_it() -> Picture:
        from pathlib import Path

        from clinoscope.workflow.capture import open_picture

        return open_picture(Path(path), origin)

    return open_it


def carries_picture(mime: QMimeData) -> bool:
    """Whether something dragged or copied may be a picture."""
    return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())


def from_mime(mime: QMimeData) -> Source | None:
    """The first file, or the picture itself; None when there is neither."""
    for url in mime.urls():
        if url.isLocalFile():
            return from_file(url.toLocalFile())
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return lambda: work.pasted(image)
    return None
