import tomllib

from PySide6.QtWidgets import QLabel, QWidget

from clinoscope.paths import ROOT
from clinoscope.ui.pages.about import LICENCES, AboutPanel

NAMED_AS = {
    "ai-edge-litert": "LiteRT",
    "opencv-python-headless": "OpenCV",
    "pyside6-essentials": "PySide6",
    "sqlcipher3": "sqlcipher3",
}


def test_everything_the_program_depends_on_is_named() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    named = " ".join(name for name, _licence in LICENCES).lower()
    for line in wanted:
        name = line.partition(">")[0].lower()
        assert NAMED_AS.get(name, name).lower() in named


def test_the_panel_lists_them(host: QWidget) -> None:
    panel = AboutPanel(host)
    words = [label.text() for label in panel.findChildren(QLabel)]
    for name, licence in LICENCES:
        assert name in words
        assert licence in words
