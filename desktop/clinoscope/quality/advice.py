"""What to do about a failed check, in the words of ``advice.toml``."""

import functools
import tomllib
from pathlib import Path

from clinoscope.domain.quality import Check


def advice(check: Check, kind: str = "") -> str:
    """One short sentence that says what to change, for that kind of region where it differs."""
    words = _words()[check]
    return words.get(kind, words["any"])


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("advice.toml").read_text(encoding="utf-8"))
