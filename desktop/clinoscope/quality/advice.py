"""What to do about a failed check, in the words of ``advice.toml``."""

import functools
import tomllib
from pathlib import Path

from clinoscope.domain.quality import Check

_MICROSCOPE = ("field", "cell")


def advice(check: Check, kind: str = "", cause: str = "") -> str:
    """One short sentence that says what to change: for its ``cause`` where that is known, else for that kind of region.

    A microscope is not held in the hand and has its lamp inside: there only the kind counts.
    """
    words = _words()[check]
    known = "" if kind in _MICROSCOPE else words.get(cause)
    return known or words.get(kind) or words["any"]


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("advice.toml").read_text(encoding="utf-8"))
