import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetrics
from PySide6.QtWidgets import QApplication

from clinoscope.paths import RESOURCES
from clinoscope.ui import theme


def luminance(color: QColor) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


WORDS_ON = [
    *itertools.product(("ink", "secondary", "accent", "danger"), ("paper", "surface", "hover")),
    ("ink", "accent-soft"),
    ("accent", "accent-soft"),
    ("amber", "amber-soft"),
    ("amber", "paper"),
    ("slate", "slate-soft"),
    ("slate", "paper"),
    ("danger", "danger-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("on-stage", "stage"),
    ("ink", "selection"),
    ("secondary", "pressed"),
]


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS_ON)
def test_words_stand_out(tokens: dict[str, str], words: str, ground: str) -> None:
    assert contrast(tokens[words], tokens[ground]) >= 4.5


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_edges_of_controls_stand_out(tokens: dict[str, str]) -> None:
    for ground in ("paper", "surface"):
        assert contrast(tokens["control"], tokens[ground]) >= 3.0


def test_both_themes_have_the_same_tokens_and_the_same_stage() -> None:
    assert theme.LIGHT.keys() == theme.DARK.keys()
    assert theme.LIGHT["stage"] == theme.DARK["stage"] == "#2A2D2E"


def test_the_style_sheet_has_no_name_left_and_no_unknown_one() -> None:
    tokens = theme.LIGHT | {"icons": "x"}
    assert "@" not in theme.style_sheet(tokens).partition("*/")[2]
    del tokens["line"]
    with pytest.raises(KeyError):
        theme.style_sheet(tokens)


def test_switching_tells_and_changes_colours(app: QApplication) -> None:
    told: list[bool] = []
    theme.watcher().changed.connect(lambda: told.append(theme.is_dark()))
    theme.set_appearance(theme.Appearance.DARK)
    assert told == [True]
    assert theme.token("paper") == theme.DARK["paper"]
    assert app.palette().window().color() == QColor(theme.DARK["paper"])
    theme.watcher().changed.disconnect()


def test_as_the_system_follows_its_colour_scheme(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    system = {"dark": False}
    monkeypatch.setattr(
        theme, "_wants_dark", lambda kept: system["dark"] if kept is theme.Appearance.SYSTEM else kept == "dark"
    )
    theme.set_appearance(theme.Appearance.SYSTEM)
    assert not theme.is_dark()
    system["dark"] = True
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark()
    theme.set_appearance(theme.Appearance.LIGHT)
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not theme.is_dark(), "the person's own choice stays"


def test_the_shipped_font_is_used_with_tabular_numbers_and_never_too_small(app: QApplication) -> None:
    assert QFontInfo(theme.font()).family() == theme.FAMILY
    assert {"Regular", "Medium", "SemiBold"} <= set(QFontDatabase.styles(theme.FAMILY))
    metrics = QFontMetrics(theme.font())
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    assert min(theme.SIZES.values()) >= 12


def test_fonts_come_with_their_licence_and_are_small() -> None:
    folder = RESOURCES / "fonts"
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in folder.glob("*.ttf")) <= 1_500_000
    for path in folder.glob("*.ttf"):
        assert path.read_bytes()[:4] == b"\0\1\0\0", "TrueType outlines: ReportLab reads no others"


def test_less_motion_means_none(app: QApplication) -> None:
    theme.watcher().less_motion = True
    assert theme.motion() == 0
    theme.watcher().less_motion = False
    assert theme.motion() in (0, theme.MOTION)
