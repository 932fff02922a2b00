"""Colours, type and spacing of the window, and the one style sheet built from them.

The numbers are those of the design (``docs/decisions/0021-a-shipped-font.md`` says why the type is
Inter). Widgets that paint themselves ask :func:`color` in their paint event, so that a switch of
theme needs no more than a repaint; widgets that hold pictures made from colours listen to
``watcher().changed``.
"""

from __future__ import annotations

import functools
import re
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from clinoscope.paths import RESOURCES

FAMILY = "Inter"
_FONT_FILES = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf")

SIZES = {"answer": 28, "title": 20, "heading": 17, "body": 15, "small": 13, "tiny": 12}
"""Type sizes in device-independent pixels; nothing is ever smaller than ``tiny``."""

_WEIGHTS = {
    "regular": QFont.Weight.Normal,
    "medium": QFont.Weight.Medium,
    "semibold": QFont.Weight.DemiBold,
}
_ROLE_WEIGHT = {"answer": "semibold", "title": "semibold", "heading": "semibold"}

RADIUS = 8
CONTROL = 36
"""Height of a control in pixels."""
MOTION = 150
"""Milliseconds that something takes to go where it goes."""

LIGHT = {
    "paper": "#FAFAF8",
    "surface": "#FFFFFF",
    "ink": "#1C2326",
    "secondary": "#5C676C",
    "line": "#E3E6E4",
    "control": "#869194",  # the edge of a control: 3:1 on the paper (WCAG 2.2, 1.4.11)
    "hover": "#F0F2F0",
    "pressed": "#E6EAE7",
    "accent": "#0F766E",
    "accent-hover": "#0D655E",
    "on-accent": "#FFFFFF",
    "accent-soft": "#E4F1EF",
    "amber": "#8A5300",
    "amber-soft": "#FBF0DA",
    "slate": "#475569",
    "slate-soft": "#ECEFF3",
    "danger": "#B42318",
    "danger-soft": "#FCEBE9",
    "on-danger": "#FFFFFF",
    "stage": "#2A2D2E",  # behind every picture, in both themes, so that colour is judged fairly
    "on-stage": "#F2F4F3",
    "shadow": "#26000000",
    "selection": "#BFE0DB",
}
DARK = {
    "paper": "#14181A",
    "surface": "#1D2326",
    "ink": "#E9EEEC",
    "secondary": "#9AA6A8",
    "line": "#2E373A",
    "control": "#6B797D",
    "hover": "#252C2F",
    "pressed": "#2D3639",
    "accent": "#2DD4BF",
    "accent-hover": "#5CE0CF",
    "on-accent": "#06231F",
    "accent-soft": "#17322F",
    "amber": "#F5B94A",
    "amber-soft": "#38290F",
    "slate": "#A9B7C6",
    "slate-soft": "#27313A",
    "danger": "#FF8A80",
    "danger-soft": "#3C201F",
    "on-danger": "#2A0B09",
    "stage": "#2A2D2E",
    "on-stage": "#F2F4F3",
    "shadow": "#73000000",
    "selection": "#1F5A53",
}


class Appearance(StrEnum):
    """What the user asked for; ``SYSTEM`` follows the system's colour scheme, live."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class _Watcher(QObject):
    """Says when the colours change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.appearance = Appearance.SYSTEM
        self.dark = False
        self.less_motion = False


@functools.cache
def watcher() -> _Watcher:
    """The one object that knows which theme is on; ``changed`` follows every switch."""
    return _Watcher()


def token(name: str) -> str:
    """A colour of the theme that is on, as ``#RRGGBB`` or ``#AARRGGBB``. Raises KeyError."""
    return (DARK if watcher().dark else LIGHT)[name]


def color(name: str) -> QColor:
    """A colour of the theme that is on. Raises KeyError."""
    return QColor(token(name))


def is_dark() -> bool:
    """Whether the dark theme is on."""
    return watcher().dark


def font(role: str = "body", weight: str | None = None) -> QFont:
    """The type for a role (``answer title heading body small tiny``); its numbers are tabular."""
    made = QFont(FAMILY)
    made.setPixelSize(SIZES[role])
    made.setWeight(_WEIGHTS[weight or _ROLE_WEIGHT.get(role, "regular")])
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def motion() -> int:
    """Milliseconds for a movement; 0 when the system or the user asks for less."""
    styles = QGuiApplication.styleHints()  # held: PySide drops the hints together with their owner's wrapper
    hints = styles.accessibility()
    # Older Qt 6 has no such hint; then only the user's own setting counts.
    preference = getattr(hints, "motionPreference", None)
    calm = preference is not None and preference().name == "ReducedMotion"
    return 0 if calm or watcher().less_motion else MOTION


def apply(app: QApplication, appearance: Appearance = Appearance.SYSTEM) -> None:
    """Dress the program: fonts, colours, style sheet. Call before the first window."""
    _load_fonts()
    app.setStyle("Fusion")
    app.setFont(font())
    _follow_system(app)
    watcher().appearance = appearance
    _dress(app)


def set_appearance(appearance: Appearance) -> None:
    """Switch the theme of the running program."""
    watcher().appearance = appearance
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    _dress(app)


def style_sheet(tokens: dict[str, str]) -> str:
    """The style sheet with ``@name`` replaced by its colour. Raises KeyError for an unknown name."""
    text = _template()

    def value(found: re.Match[str]) -> str:
        return tokens[found.group(1)]

    return re.sub(r"@([a-z][a-z-]*)", value, text)


def _dress(app: QApplication) -> None:
    watch = watcher()
    watch.dark = _wants_dark(watch.appearance)
    tokens = dict(DARK if watch.dark else LIGHT)
    app.setPalette(_palette())
    tokens["icons"] = (RESOURCES / "icons" / ("dark" if watch.dark else "light")).as_posix()
    app.setStyleSheet(style_sheet(tokens))
    watch.changed.emit()


def _wants_dark(appearance: Appearance) -> bool:
    if appearance is Appearance.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return appearance is Appearance.DARK


@functools.cache
def _follow_system(app: QApplication) -> None:
    """Listen to the system's colour scheme, once however often the program is dressed."""
    app.styleHints().colorSchemeChanged.connect(_scheme_changed)


def _scheme_changed() -> None:
    if watcher().appearance is Appearance.SYSTEM:
        set_appearance(Appearance.SYSTEM)


def _palette() -> QPalette:
    """Qt's own roles, for what the style sheet does not reach (placeholder, links, selection)."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "paper",
        QPalette.ColorRole.WindowText: "ink",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "hover",
        QPalette.ColorRole.Text: "ink",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.ButtonText: "ink",
        QPalette.ColorRole.ToolTipBase: "ink",
        QPalette.ColorRole.ToolTipText: "paper",
        QPalette.ColorRole.PlaceholderText: "secondary",
        QPalette.ColorRole.Highlight: "selection",
        QPalette.ColorRole.HighlightedText: "ink",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.LinkVisited: "accent",
        QPalette.ColorRole.Accent: "accent",
    }
    for role, name in roles.items():
        palette.setColor(role, color(name))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, color("secondary"))
    return palette


@functools.cache
def _template() -> str:
    return (RESOURCES / "styles" / "clinoscope.qss").read_text(encoding="utf-8")


@functools.cache
def _load_fonts() -> None:
    for name in _FONT_FILES:
        # A missing file leaves the system's font in place: the program stays usable.
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / name))
