"""Saving the page of colour cards: asked for in the settings and beside a picture that is to be taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui.file_dialogs import ask_save
from clinoscope.ui.tasks import run_task

NAME = "colour-cards.pdf"
_PAPERS = {"A4": "A4 page (*.pdf)", "Letter": "US Letter page (*.pdf)"}
SAVED = "The cards are saved. Print the page at actual size on plain matt white paper."


def ask_where(parent: QWidget, said: Callable[[str], object], failed: Callable[[KnownError], object]) -> QFileDialog:
    """Ask for a file and, by its kind, for the paper; then write the page there."""

    def save(path: Path) -> None:
        save_to(parent, path, _paper(dialog), said, failed)

    kinds = ";;".join(_PAPERS.values())
    dialog = ask_save(parent, "Save colour cards", NAME, kinds, save, _PAPERS[_usual_paper()])
    return dialog


def save_to(
    parent: QWidget, path: Path, paper: str, said: Callable[[str], object], failed: Callable[[KnownError], object]
) -> None:
    """Write the page of cards to a file."""
    run_task(parent, _write, path, paper, done=lambda _: said(SAVED), failed=failed)


def _paper(dialog: QFileDialog) -> str:
    chosen = dialog.selectedNameFilter()
    return next((paper for paper, words in _PAPERS.items() if words == chosen), _usual_paper())


def _usual_paper() -> str:
    """What the printers of this country hold."""
    letter = QLocale.system().measurementSystem() is QLocale.MeasurementSystem.ImperialUSSystem
    return "Letter" if letter else "A4"


def _write(path: Path, paper: str) -> None:
    from clinoscope.workflow import colour, files

    files.save(path, colour.card_pdf(paper), "The page of cards")
