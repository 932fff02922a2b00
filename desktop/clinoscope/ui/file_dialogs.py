"""Asking for a file, by a dialog that stops nothing while it is open and goes when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

ALL = "All files (*)"


def ask_open(parent: QWidget, title: str, kind: str, chosen: Callable[[Path], object], folder: str = "") -> None:
    """Ask for a file of a kind such as ``Tables (*.csv)``, or any other that is there."""
    dialog = QFileDialog(parent, title, folder, f"{kind};;{ALL}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def ask_save(parent: QWidget, title: str, name: str, kind: str, chosen: Callable[[Path], object]) -> None:
    """Ask where a file goes. ``name`` is offered, and its suffix is added to a name without one."""
    dialog = QFileDialog(parent, title, name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: Callable[[Path], object]) -> None:
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
