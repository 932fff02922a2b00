import tomllib
from pathlib import Path

import pytest

from clinoscope.domain.quality import Check
from clinoscope.quality import advice as module
from clinoscope.quality.advice import advice

WORDS = tomllib.loads(Path(module.__file__).with_name("advice.toml").read_text(encoding="utf-8"))
CAUSES = {"moved", "lens", "behind", "foreign", "black", "white"}
KINDS = {"lips", "nails", "conjunctiva", "lesion", "skin", "scalp", "vertex", "field", "cell"}


@pytest.mark.parametrize("check", Check)
def test_every_check_has_advice(check):
    assert advice(check)
    assert advice(check, "a kind nobody wrote about") == advice(check)


def test_a_kind_of_its_own_has_its_own_words():
    assert "lips" in advice(Check.SUBJECT, "lips")
    assert "microscope" in advice(Check.DARK, "cell")


def test_a_known_cause_has_its_own_words_but_not_at_a_microscope():
    assert "wipe the lens" in advice(Check.FOCUS, "lesion", "lens")
    assert "movement" in advice(Check.FOCUS, "lips", "moved")
    assert "behind" in advice(Check.DARK, "scalp", "behind")
    assert advice(Check.FOCUS, "field", "moved") == advice(Check.FOCUS, "field")
    assert "Another kind" in advice(Check.SUBJECT, "cell", "foreign")
    assert advice(Check.GLARE, "lips", "lens") == advice(Check.GLARE, "lips")


def test_nothing_is_written_for_checks_or_kinds_that_do_not_exist():
    assert set(WORDS) == {check.value for check in Check}
    for words in WORDS.values():
        assert set(words) <= KINDS | CAUSES | {"any"}


@pytest.mark.parametrize("text", sorted({text for words in WORDS.values() for text in words.values()}))
def test_advice_fits_one_line(text):
    assert len(text) <= 75
    assert text[0].isupper()
    assert not text.endswith(".")
