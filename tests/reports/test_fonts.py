import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics

from clinoscope.reports import fonts
from clinoscope.reports.fonts import markup


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What was found out about a letter in one test is not what the next one asks for."""
    fonts.load_fonts()
    fonts._font_of.cache_clear()
    yield
    fonts._font_of.cache_clear()


@pytest.mark.parametrize(
    "words", ["Żofia Ångström", "Иван Петров", "Νίκος", "Nguyễn Thị Ánh", "Ọlá Ṣẹ́gun", "½ × 3 – “a”", ""]
)
def test_what_our_font_has_is_left_alone(words: str) -> None:
    assert markup(words) == words


def test_an_accent_after_its_letter_is_one_letter() -> None:
    assert markup("A\N{COMBINING RING ABOVE}ngstro\N{COMBINING DIAERESIS}m") == "Ångström"


def test_markup_is_shown_and_line_breaks_are_kept() -> None:
    assert markup("<b>&amp;\r\nb\tc") == "&lt;b&gt;&amp;amp;<br/>b c"
    assert markup("a" + "\n" * 10_000 + "b") == "a<br/><br/>b"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("محمد عبد الله", "11 letters"),
        ("דוד", "3 letters"),
        ("राम", "2 letters"),
        ("\N{LINEAR B SYLLABLE B008 A}", "1 letter"),
    ],
)
def test_what_would_come_out_as_other_words_is_counted_instead(
    words: str, count: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if count == "1 letter":
        monkeypatch.setattr(fonts, "system_fonts", lambda: ())
    assert markup(f"Ann {words} Bob") == f"Ann [{count} that cannot be printed here] Bob"


def test_signs_that_print_nothing_are_seen_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "system_fonts", lambda: ())
    for sign in "\0\x07\x1b\ud800":
        told = markup(f"A{sign}B")
        assert told in ("A\N{REPLACEMENT CHARACTER}B", "A[1 letter that cannot be printed here]B")
    assert markup("A\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH JOINER}B") == "AB"


def test_a_font_of_the_system_helps_out_and_a_broken_one_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    helper = tmp_path / "Helper.ttf"
    helper.write_bytes((fonts.FOLDER / "Inter-Medium.ttf").read_bytes())
    (tmp_path / "broken.ttf").write_text("not a font")
    places = (tmp_path / "missing.ttf", tmp_path / "broken.ttf", helper)
    monkeypatch.setattr(fonts, "system_fonts", lambda: places)
    for letter in "яж":
        monkeypatch.delitem(pdfmetrics.getFont(fonts.REGULAR).face.charToGlyph, ord(letter))
    assert markup("Аня & яж!") == 'Ан<font name="System-Helper">я</font> &amp; <font name="System-Helper">яж</font>!'


def test_every_system_has_fonts_to_look_at() -> None:
    lists = tomllib.loads((fonts.FOLDER / "system.toml").read_text(encoding="utf-8"))
    assert set(lists) == {"linux", "macos", "windows"}
    assert all(path.endswith((".ttf", ".ttc")) for paths in lists.values() for path in paths)
    assert fonts.system_fonts()
