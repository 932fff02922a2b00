"""The page of cards: vector, of the right size, and it says what it can and cannot do."""

import pypdfium2
import pypdfium2.raw
import pytest

from clinoscope.domain.colour_card import SIDE
from clinoscope.reports.card_sheet import Paper, card_pdf, places


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))])
def test_one_page_of_that_paper_without_a_single_pixel(paper, size):
    document = pypdfium2.PdfDocument(card_pdf(paper))
    assert len(document) == 1
    page = document[0]
    assert (round(page.get_width()), round(page.get_height())) == size
    assert not list(page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    told = " ".join(page.get_textpage().get_text_range().split())
    for words in ("matt white paper", "actual size", "only as neutral", "50 mm at actual size"):
        assert words in told
    document.close()


@pytest.mark.parametrize(("paper", "width", "height"), [(Paper.A4, 210, 297), (Paper.LETTER, 215.9, 279.4)])
def test_twelve_cards_lie_on_it_apart_and_where_printers_print(paper, width, height):
    found = places(paper)
    assert len(found) == 12
    for left, top in found:
        assert 5 < left < left + SIDE < width - 5
        assert 70 < top < top + SIDE < height - 11
    assert len({left for left, _ in found}) == 3


def test_the_same_page_every_time():
    assert card_pdf() == card_pdf()
