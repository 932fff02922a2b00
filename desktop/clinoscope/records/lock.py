"""Only one copy of the program per vault.

The lock belongs to the open file, so the system lets go of it however the program ends.
"""

import os
import sys
from pathlib import Path

from clinoscope.domain.errors import VaultError
from clinoscope.records.errors import translated

IN_USE = "This vault is already open in another copy of Clinoscope: use that one, or close it first."


class FolderLock:
    """Held from creation until ``release``. Raises VaultError when another copy holds it."""

    def __init__(self, folder: Path) -> None:
        with translated():
            self._handle: int | None = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            self.release()
            raise VaultError(IN_USE) from error

    def release(self) -> None:
        """Let another copy in; may be called twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


if sys.platform == "win32":  # pragma: no cover

    def _lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
