"""Which font prints which letter: ours where it can, else one of the system's, else a note says so.

ReportLab sets one glyph per letter, from left to right. Scripts that join, reorder or run the other
way (Arabic, Hebrew, Devanagari …) would come out as other words, so they are never set: a note in
their place says how much is missing, and the patient's number stands beside the name.
"""

from __future__ import annotations

import functools
import itertools
import re
import struct
import sys
import tomllib
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from clinoscope.paths import RESOURCES

REGULAR, SEMIBOLD = "Inter", "Inter-SemiBold"
FOLDER = RESOURCES / "fonts"

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_SHAPED = (
    (0x0900, 0x0DFF),  # Devanagari to Sinhala
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1700, 0x18AF),  # Philippine scripts, Khmer, Mongolian
    (0x1900, 0x1CFF),  # Limbu to Vedic signs
    (0xA800, 0xA8FF),
    (0xA930, 0xA95F),
    (0xA980, 0xABFF),
    (0x11000, 0x11FFF),  # Brahmi and its descendants
)
"""First and last code points of the scripts whose letters join or change places, https://www.unicode.org/charts/."""

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_UNSEEN = ("Cf",)
"""Categories that print nothing in any font: joiners, direction marks."""
_NO_LETTER = ("Cc", "Cs", "Cn", "Co")
"""Control signs, halves of letters, and what Unicode has not given to anybody."""


@functools.cache
def load_fonts() -> None:
    """Register the fonts that ship with the program, embedded in every report."""
    pdfmetrics.registerFont(TTFont(REGULAR, str(FOLDER / "Inter-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(SEMIBOLD, str(FOLDER / "Inter-SemiBold.ttf")))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=REGULAR, boldItalic=SEMIBOLD)


def markup(words: str) -> str:
    """Plain words as ReportLab's markup: markup in them is shown, never obeyed.

    Line breaks are kept, but more than one empty line in a row is one.
    """
    load_fonts()
    parts = []
    words = re.sub(r"\n{3,}", "\n\n", words.replace("\r\n", "\n"))
    for font, letters in itertools.groupby(_with_fonts(words), key=lambda pair: pair[0]):
        run = "".join(letter for _, letter in letters)
        if font == REGULAR:
            parts.append(escape(run).replace("\n", "<br/>"))
        elif font:
            parts.append(f'<font name="{font}">{escape(run)}</font>')
        else:
            parts.append(_note(run))
    return "".join(parts)


def _with_fonts(words: str) -> list[tuple[str, str]]:
    """Each letter with its font; "" for what cannot be printed, and for the spaces inside of it."""
    found: list[tuple[str, str]] = []
    # One letter with its accent rather than two: a font that has it draws it better.
    for letter in unicodedata.normalize("NFC", words.replace("\t", " ")):
        kind = unicodedata.category(letter)
        if kind in _UNSEEN:
            continue
        if kind in _NO_LETTER and letter != "\n":
            letter = _UNREADABLE
        inside = letter == " " and bool(found) and not found[-1][0]
        found.append(("" if inside else _font_of(letter), letter))
    return found


@functools.lru_cache(maxsize=4096)
def _font_of(letter: str) -> str:
    """The name of the first font that can print a letter; "" when none can."""
    code = ord(letter)
    if letter == "\n":
        return REGULAR
    if unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT or any(low <= code <= high for low, high in _SHAPED):
        return ""
    if code in pdfmetrics.getFont(REGULAR).face.charToGlyph:
        return REGULAR
    for path in system_fonts():
        font = _opened(path)
        if font is not None and code in font.face.charToGlyph:
            return str(font.fontName)
    return ""


@functools.cache
def system_fonts() -> tuple[Path, ...]:
    """The fonts of this system that are looked at, in order, whether they exist or not."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return tuple(Path(path) for path in tomllib.loads((FOLDER / "system.toml").read_text(encoding="utf-8"))[system])


@functools.cache
def _opened(path: Path) -> TTFont | None:
    """A font of the system, registered; None when it is not there or cannot be embedded."""
    if not path.is_file():
        return None
    try:
        font = TTFont(f"System-{path.stem}", str(path))
    except (TTFError, OSError, struct.error):
        return None
    pdfmetrics.registerFont(font)
    return font


def _note(run: str) -> str:
    """What stands in place of letters that cannot be printed."""
    count = sum(not unicodedata.category(letter).startswith(("M", "Z")) for letter in run)
    letters = "letter" if count == 1 else "letters"
    return f"[{count} {letters} that cannot be printed here]" + (" " if run.endswith(" ") else "")
