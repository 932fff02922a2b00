from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.ui import card_sheet
from clinoscope.ui.exam.card_link import CardLink


@pytest.fixture
def said() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def link(host: QWidget, said: list[tuple[str, str]]) -> CardLink:
    made = CardLink(lambda words, tone: said.append((words, tone)))
    made.setParent(host)
    return made


def test_it_is_offered_where_the_card_is_looked_for(link: CardLink) -> None:
    link.show_for(modes.task("anemia/lip"))
    assert link.isVisible()
    link.show_for(modes.task("neutrophil/cells"))
    assert not link.isVisible()
    link.show_for(None)
    assert not link.isVisible()


def test_it_saves_the_page_and_says_how_to_print_it(
    link: CardLink, said: list[tuple[str, str]], tmp_path: Path, at_once: None
) -> None:
    link.ask()
    assert link.dialog is not None
    link.dialog.fileSelected.emit(str(tmp_path / "cards.pdf"))
    link.dialog.close()
    assert (tmp_path / "cards.pdf").read_bytes().startswith(b"%PDF-")
    assert said == [(card_sheet.SAVED, "secondary")]


def test_a_folder_that_cannot_be_written_is_a_sentence(
    link: CardLink, said: list[tuple[str, str]], tmp_path: Path, at_once: None
) -> None:
    link.ask()
    assert link.dialog is not None
    link.dialog.fileSelected.emit(str(tmp_path / "nowhere" / "cards.pdf"))
    link.dialog.close()
    ((words, tone),) = said
    assert words.startswith("The page of cards could not be saved there.")
    assert tone == "danger"
