from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.ui.exam.checks import ChecksList

SHARP = Finding(Check.FOCUS, True, 0.5, 0.1)
BLURRED = Finding(Check.FOCUS, False, 0.05, 0.1, "Not sharp: hold steady")
BRIGHT = Finding(Check.DARK, True, 0.5, 0.1)


def test_each_check_says_its_word_and_what_to_do(host: QWidget) -> None:
    checks = ChecksList(host)
    checks.show_quality(Quality((BLURRED, BRIGHT)))
    assert checks.words() == ["Not sharp. Hold steady", "Bright enough"]


def test_rows_stay_while_their_words_change(host: QWidget) -> None:
    checks = ChecksList(host)
    checks.show_quality(Quality((BLURRED, BRIGHT)))
    before = checks.rows()
    checks.show_quality(Quality((SHARP, BRIGHT)))
    assert checks.rows() == before
    assert checks.words() == ["Sharp", "Bright enough"]


def test_checks_come_and_go(host: QWidget) -> None:
    checks = ChecksList(host)
    checks.show_quality(Quality((SHARP,)))
    checks.show_quality(Quality((SHARP, BRIGHT)))
    assert checks.words() == ["Sharp", "Bright enough"]
    checks.show_quality(None)
    assert checks.words() == []


def test_what_hardly_ever_fails_is_shown_only_while_it_does(host: QWidget) -> None:
    checks = ChecksList(host)
    checks.show_quality(Quality((SHARP, Finding(Check.HAZE, True, 0.1, 0.4), Finding(Check.GRAIN, True, 0.5, 2))))
    assert checks.words() == ["Sharp"]
    checks.show_quality(Quality((Finding(Check.BLANK, False, 2, 10, "Nothing to see: uncover the lens"),)))
    assert checks.words() == ["Nothing to see. Uncover the lens"]
    hazy = Finding(Check.HAZE, False, 0.5, 0.4, "Hazy: wipe the lens")
    checks.show_quality(Quality((SHARP, hazy)))
    assert checks.words() == ["Sharp", "Hazy. Wipe the lens"]
