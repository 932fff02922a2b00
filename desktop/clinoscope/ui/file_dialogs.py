"""Asking for a file, by a dialog that stops nothing while it is open and goes when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

ALL = "All files (*)"
"""DICOM files often come without an ending; what a file is, its bytes tell."""
_last: list[Path] = []
"""The folder of the file that was chosen last in this run, if one was."""


def ask_open(parent: QWidget, title: str, kind: str, chosen: Callable[[Path], object], folder: str = "") -> None:
    """Ask for a file of a kind such as ``Tables (*.csv)``, or any other that is there."""
    dialog = QFileDialog(parent, title, folder or str(_begin()), f"{kind};;{ALL}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    _open(dialog)


def ask_several(parent: QWidget, title: str, kind: str, chosen: Callable[[list[str]], object]) -> None:
    """Ask for one file or more."""
    dialog = QFileDialog(parent, title, str(_begin()), f"{kind};;{ALL}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(chosen)
    _open(dialog)


def ask_save(parent: QWidget, title: str, name: str, kind: str, chosen: Callable[[Path], object]) -> None:
    """Ask where a file goes. ``name`` is offered, and its suffix is added to a name without one."""
    dialog = QFileDialog(parent, title, str(_begin() / name), kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    _open(dialog)


def _open(dialog: QFileDialog) -> None:
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)  # a long list of endings would be cut off
    dialog.fileSelected.connect(_remember)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _remember(path: str) -> None:
    _last[:] = [Path(path).parent]


def _begin() -> Path:
    """Where somebody keeps files: by itself a dialog begins in the program's own folder."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return next((folder for folder in (*_last, documents) if folder.is_dir()), Path.home())
