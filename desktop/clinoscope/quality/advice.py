"""What to do about a failed check, in the words of ``advice.toml``."""

import functools
import tomllib
from pathlib import Path

from clinoscope.domain.quality import Check

_MICROSCOPE = ("field", "cell")
_OF_HAND_AND_ROOM = ("moved", "lens", "behind", "black", "white")


def advice(check: Check, kind: str = "", cause: str = "") -> str:
    """One short sentence that says what to change: for its ``cause`` where that is known, else for that kind of region.

    A microscope is not held in the hand and has its lamp inside: causes of the hand and the room are not told there.
    """
    words = _words()[check]
    known = None if kind in _MICROSCOPE and cause in _OF_HAND_AND_ROOM else words.get(cause)
    return known or words.get(kind) or words["any"]


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("advice.toml").read_text(encoding="utf-8"))
