"""Where the program's own files lie, and where a clinic's files go by default."""

import sys
from pathlib import Path


def _root() -> Path:
    """The folder that holds ``models`` and ``resources``: the checkout, or the frozen folder."""
    if getattr(sys, "frozen", False):
        return Path(sys._MEIPASS)  # type: ignore[attr-defined]  # set by PyInstaller
    return Path(__file__).resolve().parents[2]


ROOT = _root()
MODELS = ROOT / "models"
RESOURCES = ROOT / "resources"


def default_vault() -> Path:
    """The vault the window opens unless told otherwise; the folder need not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("Clinoscope", appauthor=False) / "vault"


def models_site() -> Path:
    """Where the model packages lie that were installed beside the shipped ones; the folder need not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("Clinoscope", appauthor=False) / "models"
