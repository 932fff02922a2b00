"""Only one copy of the program per vault, see ``one_copy``."""

import os
from pathlib import Path

from clinoscope import one_copy
from clinoscope.domain.errors import VaultError
from clinoscope.records.errors import translated

IN_USE = "This vault is already open in another copy of Clinoscope: use that one, or close it first."


class FolderLock:
    """Held from creation until ``release``. Raises VaultError when another copy holds it."""

    def __init__(self, folder: Path) -> None:
        with translated():
            self._handle: int | None = os.open(folder / one_copy.FILE, os.O_RDWR | os.O_CREAT, 0o600)
        taken = False
        try:
            with translated():
                taken = one_copy.take(self._handle)
        finally:
            if not taken:
                self.release()
        if not taken:
            raise VaultError(IN_USE)

    def release(self) -> None:
        """Let another copy in; may be called twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
