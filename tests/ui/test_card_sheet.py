from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QWidget

from clinoscope.ui import card_sheet


@pytest.mark.parametrize(("kind", "width"), [("A4 page (*.pdf)", 595), ("US Letter page (*.pdf)", 612)])
def test_the_kind_of_file_chooses_the_paper(
    host: QWidget, tmp_path: Path, at_once: None, kind: str, width: int
) -> None:
    said: list[str] = []
    dialog = card_sheet.ask_where(host, said.append, lambda error: said.append(str(error)))
    dialog.selectNameFilter(kind)
    dialog.fileSelected.emit(str(tmp_path / "cards.pdf"))
    dialog.close()
    assert said == [card_sheet.SAVED]
    document = pypdfium2.PdfDocument((tmp_path / "cards.pdf").read_bytes())
    assert round(document[0].get_width()) == width
    document.close()
