"""Which pages of a file are pictures to choose from, and which are small copies of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MOST = 500
"""Pages looked at: a file of more is a film, and its first ones are offered."""

_THUMBNAIL = 0.25
"""A page of at most this share of the largest page's area is a thumbnail or a level of a pyramid: each level of one
halves both sides (TIFF of microscopes and slide scanners)."""

_SUBFILE_TYPE = 254
"""NewSubfileType (TIFF 6.0, page 36): bit 0 means a smaller copy of another page, bit 2 a mask."""
_COPY_OR_MASK = 0b101


@dataclass(frozen=True)
class Page:
    """``index`` is its place in the file, from 0; ``width`` and ``height`` in pixels, as stored."""

    index: int
    width: int
    height: int


def of_image(image: Image.Image) -> tuple[Page, ...]:
    """The pages worth choosing from, in the file's order; at least one. The image is left at any of its pages.

    A page that cannot be read ends the list: what stands before it is whole.
    """
    found: list[Page] = []
    copies = set()
    for index in range(MOST):
        try:
            image.seek(index)
        except EOFError:
            break
        except (OSError, SyntaxError, ValueError, LookupError, TypeError, struct.error):
            if not found:
                raise
            break
        found.append(Page(index, *image.size))
        kind = getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0)
        if isinstance(kind, int) and kind & _COPY_OR_MASK:
            copies.add(index)
    originals = [page for page in found if page.index not in copies] or found
    largest = max(page.width * page.height for page in originals)
    return tuple(page for page in originals if page.width * page.height > _THUMBNAIL * largest) or tuple(originals[:1])
