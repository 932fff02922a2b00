"""Names as they are looked for: folded, in Latin letters, and by how they sound.

A name written in any script is kept with its Latin letters, and with the *sound* of each of its parts: the consonants,
those that languages and spellings exchange made one, vowels left out but for one at the beginning. Arabic and Hebrew
write few vowels, so that only this brings their names together with Latin ones; it also brings the spellings of one
name together (Sergei, Sergey; Mohammed, Muhammad; Müller, Mueller). See docs/decisions/0059.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

SOUND = "~"
"""Stands around each sound in what is searched; nobody's name has it."""
_SHORT = 3  # letters: a shorter sound says too little of a name in Latin letters

_OWN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_TOGETHER = (("tsch", "c"), ("sch", "s"), ("tch", "c"), ("sh", "s"), ("ch", "c"), ("ph", "f"), ("x", "ks"))
"""Several letters that write one consonant."""
_BREATHED = re.compile(r"([kgtdz])h")
_ALIKE = str.maketrans("pfwgqcdz", "bvvkkkts")
"""Soundex's groups of what is taken for one another: b p, f v w, c g k q, d t, s z (US patent 1,261,167)."""
_VOWELS = "aeiouy`'’"
_PARTS = re.compile(r"[A-Z]?[a-z`'’]+|[A-Z]+(?![a-z])|[0-9]+")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def fold(text: str) -> str:
    """Lower case without accents, for finding: ``Zoë Øst`` becomes ``zoe ost``."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.translate(_OWN_LETTERS).split())


def latin(text: str) -> str:
    """``fold`` in Latin letters: ``Сергей`` becomes ``sergey``, ``王芳`` becomes ``wangfang``. ASCII."""
    return fold(_ascii(text))


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name in Latin letters, in the order in which they are written: ``王芳`` has ``wang``, ``fang``."""
    return tuple(part.lower() for part in _PARTS.findall(_ascii(name).replace("-", " ")))


def sound(part: str) -> str:
    """How a part of a name, of ``parts``, sounds: ``mohammed``, ``muhammad`` and ``mhmd`` are all ``mhmt``."""
    said = _BREATHED.sub(r"\1", part)
    for several, one in _TOGETHER:
        said = said.replace(several, one)
    first, rest = said[:1], said[1:]
    begin = "a" if first in _VOWELS else first.translate(_ALIKE)
    rest = re.sub(r"h$", "", rest)
    rest = re.sub(r"(?<=[aeiouy])j|j(?![aeiouy])", "", rest) if first not in "`" else rest
    found = begin + "".join(letter for letter in rest.translate(_ALIKE) if letter not in _VOWELS)
    return re.sub(r"(.)\1+", r"\1", found)


def searched(name: str, identifier: str, born: date | None) -> str:
    """Everything by which a patient is found, as it stands in the search index."""
    folded = fold(name)
    spelt = latin(name)
    foreign = spelt != folded
    sounds = dict.fromkeys(sound(part) for part in parts(name))
    kept = [one for one in sounds if foreign or len(one) >= _SHORT]
    said = SOUND + SOUND.join(kept) + SOUND if kept else ""
    found = [folded, spelt if foreign else "", fold(identifier), *ways_to_write(born), said]
    return " ".join(filter(None, found))


def meant(word: str) -> tuple[tuple[str, ...], ...]:
    """What a typed word may stand for besides itself: for each of its parts the ways to find it, any one of them.

    Empty for a word that means nothing but itself.
    """
    days = _days(word)
    if days:
        return ((word, *days),)
    if not any(letter.isalpha() for letter in word):
        return ()
    found: list[tuple[str, ...]] = []
    for part in parts(word):
        said = sound(part)
        ways = [word, part] if part == latin(word) else [part]
        if len(said) >= _SHORT:
            ways.append(SOUND + said)
        elif len(part) > 1:
            ways.append(SOUND + said + SOUND)
        found.append(tuple(dict.fromkeys(ways)))
    return tuple(found)


def ways_to_write(born: date | None) -> tuple[str, ...]:
    """A birth date as people in different countries type it."""
    if born is None:
        return ()
    return (
        born.isoformat(),
        f"{born:%d.%m.%Y}",
        f"{born.day}.{born.month}.{born.year}",
        f"{born:%d/%m/%Y}",
        f"{born.day}/{born.month}/{born.year}",
        f"{born:%m/%d/%Y}",
        f"{born.month}/{born.day}/{born.year}",
    )


def typed(text: str) -> list[str]:
    """The words of a search, folded, with a month's name as a number: ``7 April 1992`` becomes ``7.4.1992``."""
    return re.sub(r"\b([0-9]{1,2})\.? ([a-z]{3,9})\.?(?: ([0-9]{4})\b|(?= |$))", _dotted, fold(text)).split()


def _dotted(found: re.Match[str]) -> str:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(found[2]):
            return f"{int(found[1])}.{number}.{found[3] or ''}"
    return found[0]


def _days(word: str) -> tuple[str, ...]:
    """Other ways to write a date that stands without month names: ``7-4-1992``, ``7.4.92``, ``1992/4/7``, ``19920407``;
    as the index has it, or nothing."""
    if found := re.fullmatch(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{2}|[0-9]{4})", word):
        years = [found[3]] if len(found[3]) == 4 else [f"19{found[3]}", f"20{found[3]}"]
        return tuple(f"{int(found[1])}.{int(found[2])}.{year}" for year in years)
    if found := re.fullmatch(r"([0-9]{4})[-./]?([0-9]{1,2})[-./]?([0-9]{1,2})", word):
        return (f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}",)
    return ()


def _ascii(text: str) -> str:
    from anyascii import anyascii

    # Accents off first: what they do to a letter differs from language to language, and ``fold`` leaves them out.
    apart = unicodedata.normalize("NFKD", text)
    if any(unicodedata.combining(letter) for letter in apart) and fold(apart).isascii():
        return fold(apart).title()
    return anyascii(text.translate(_OWN_LETTERS))
