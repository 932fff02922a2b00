"""Whether a copy of the program has a vault open: a lock on one file of its folder.

The lock belongs to the open file, so the system lets go of it however the program ends. Light, for the way to the
login; ``records.lock`` holds the lock itself.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

FILE = "lock"
_TRIES = 5
_REST = 0.02  # seconds


def in_use(folder: Path) -> bool:
    """Whether a copy of the program, this one or another, has the vault of ``folder`` open.

    Makes no file and leaves none locked. False where it cannot be known: opening the vault then says what is wrong.
    """
    try:
        handle = os.open(folder / FILE, os.O_RDWR)
    except OSError:
        return False
    try:
        return not take(handle)
    except OSError:
        return False
    finally:
        os.close(handle)


def take(handle: int) -> bool:
    """Lock an open file until it is closed; False when somebody else holds it. Raises OSError.

    Who asks ``in_use`` holds it for an instant, too, and must keep nobody out: so it is tried for a tenth of a second.
    """
    for left in reversed(range(_TRIES)):
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):  # the latter is what Windows says
            if left:
                time.sleep(_REST)
        else:
            return True
    return False


if sys.platform == "win32":  # pragma: no cover

    def _lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
