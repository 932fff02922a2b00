"""The rule for a new password: long enough, and none of those that everybody tries first.

After NIST SP 800-63B-4: length counts, a list of the commonest is refused, nothing is asked about kinds of characters,
and nobody has to change a password because time has passed.
"""

import unicodedata
from functools import cache

from clinoscope.paths import RESOURCES

MINIMUM = 8
"""Characters, counted as a person counts them: a letter with its accent is one."""

TOO_SHORT = f"The password needs at least {MINIMUM} characters."
COMMON = "This is one of the 3,000 commonest passwords: it is tried first. Three or four words do well."


def problem(password: str) -> str:
    """What is wrong with a new password, in one sentence; "" when it may be used."""
    one = unicodedata.normalize("NFC", password)
    if len(one) < MINIMUM:
        return TOO_SHORT
    if one.casefold() in common():
        return COMMON
    return ""


@cache
def common() -> frozenset[str]:
    """The commonest passwords, in lower case; the file says where the list is from."""
    lines = (RESOURCES / "passwords" / "common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
