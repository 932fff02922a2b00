"""Pictures that come by drag and drop or paste: what brings them, without opening them yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import SUFFIXES, Origin, Picture
from clinoscope.ui.exam import work

if TYPE_CHECKING:
    from clinoscope.workflow.capture import Page

PICTURES = f"Pictures ({' '.join('*' + suffix for suffix in SUFFIXES)})"

Source = Callable[[], Picture]
"""Opens the picture, on a worker. Raises PictureError."""


class SeveralPages(KnownError):
    """The file holds several pictures, and somebody has to say which."""

    def __init__(self, path: str, pages: tuple[Page, ...]) -> None:
        super().__init__(f"This file holds {len(pages)} pictures: choose one of them.")
        self.path = path
        self.pages = pages


def from_file(path: str, origin: Origin = Origin.FILE, page: int | None = None) -> Source:
    """A picture file, and which of its pages. Its name is not kept: it may name a patient.

    Without ``page``, opening a file of several pictures raises SeveralPages.
    """

    def open_it() -> Picture:
        from pathlib import Path

        from clinoscope.workflow.capture import open_picture, pages_of, read

        if page is None:
            pages = pages_of(read(Path(path))[0])
            if len(pages) > 1:
                raise SeveralPages(path, pages)
        return open_picture(Path(path), origin, page=page)

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
