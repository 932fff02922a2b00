"""Pages of a PDF as pictures, for the preview inside the window and for printing."""

import numpy as np
import pypdfium2

from clinoscope.domain.picture import Pixels


def page_count(pdf: bytes) -> int:
    """How many pages there are."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def render(pdf: bytes, page: int, width: int) -> Pixels:
    """One page (from 0) as RGB pixels, ``width`` pixels wide."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        leaf = document[page]
        picture = leaf.render(scale=width / leaf.get_width(), rev_byteorder=True).to_numpy()
        return np.ascontiguousarray(picture[:, :, :3])
    finally:
        document.close()
