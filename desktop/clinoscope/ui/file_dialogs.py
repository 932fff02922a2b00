"""Asking for a file or a folder, by a dialog that stops nothing while it is open and goes when it is closed.

Each gives its dialog back, for those who want to hear that nothing was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

ALL = "All files (*)"
"""DICOM files often come without an ending; what a file is, its bytes tell."""
_last: list[Path] = []
"""The folder that held what was chosen last in this run, if something was."""


def ask_open(parent: QWidget, title: str, kind: str, chosen: Callable[[Path], object], folder: str = "") -> QFileDialog:
    """Ask for a file of a kind such as ``Tables (*.csv)``, or any other that is there."""
    dialog = _made(parent, title, _begin(folder), f"{kind};;{ALL}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def ask_several(parent: QWidget, title: str, kind: str, chosen: Callable[[list[str]], object]) -> QFileDialog:
    """Ask for one file or more."""
    dialog = _made(parent, title, _begin(), f"{kind};;{ALL}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(chosen)
    dialog.open()
    return dialog


def ask_folder(parent: QWidget, title: str, chosen: Callable[[Path], object], folder: str = "") -> QFileDialog:
    """Ask for a folder."""
    dialog = _made(parent, title, _begin(folder))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def ask_save(
    parent: QWidget, title: str, name: str, kind: str, chosen: Callable[[Path], object], usual: str = ""
) -> QFileDialog:
    """Ask where a file goes. ``name`` is offered, and its suffix is added to a name without one. Of several kinds,
    parted by ``;;``, ``usual`` is offered."""
    dialog = _made(parent, title, _begin() / name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    if usual:
        dialog.selectNameFilter(usual)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def _made(parent: QWidget, title: str, place: Path, kinds: str = "") -> QFileDialog:
    dialog = QFileDialog(parent, title, str(place), kinds)
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)  # a long list of endings would be cut off
    dialog.filesSelected.connect(_remember)  # the first that is told: what was chosen may ask the next thing
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _remember(paths: list[str]) -> None:
    _last[:] = [Path(paths[0]).parent]


def _begin(folder: str = "") -> Path:
    """Where somebody keeps files: by itself a dialog begins in the program's own folder."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    wanted = [Path(folder)] if folder else []
    return next((place for place in (*wanted, *_last, documents) if place.is_dir()), Path.home())
