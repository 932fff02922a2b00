"""Libraries and fonts on a cold disk: read into the system's file cache before they are loaded.

Loading one holds Python's lock until it is there (a quarter of a second for the libraries of HEIC right after the
computer was switched on), and the window stands still. Reading a file gives the lock away.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import time
from pathlib import Path

LIBRARIES = {
    "_socket": ("lib-dynload", "DLLs"),  # and whatever else of Python's own is a file beside it
    "numpy": ("numpy", "numpy.libs"),
    "msgspec": ("msgspec",),
    "cryptography": ("cryptography", "_cffi_backend*"),
    "argon2": ("_argon2_cffi_bindings",),
    "sqlcipher3": ("sqlcipher3", "sqlcipher3*.libs"),
    # It imports the first, though nothing uses them; the second is for the computer's lock.
    "qtawesome": ("PySide6/*OpenGL*", "PySide6/Qt/lib/*OpenGL*", "PySide6/*DBus*", "qtawesome/fonts/phosphor*"),
    "PIL": ("PIL", "pillow.libs"),
    "cv2": ("cv2", "opencv_python_headless.libs"),
    "ai_edge_litert": ("ai_edge_litert",),
    "pi_heif": ("_pi_heif*", "pi_heif.libs"),
    # pydicom asks for every encoding of the Far East; on Windows they lie within Python itself
    "_multibytecodec": ("lib-dynload/_codecs_*", "lib-dynload/_multibytecodec*"),
}
"""Where the libraries that a module loads lie, beside its package."""
_LOADED = re.compile(r"\.(so|dylib|dll|pyd|ttf|json)(\.|$)", re.IGNORECASE)
_CHUNK = 256 << 10
"""Bytes at a time: what the window itself reads meanwhile waits for one of them on a disk that is slow."""


@functools.cache
def read_ahead(module: str) -> None:
    """Read the libraries of a module of ``LIBRARIES``, all that are there, once; of another one nothing."""
    found = importlib.util.find_spec(module) if module in LIBRARIES else None
    if found is None or not found.has_location or found.origin is None:
        return
    beside = Path(found.origin).parent.parent
    for pattern in LIBRARIES[module]:
        for place in beside.glob(pattern):
            for path in place.rglob("*") if place.is_dir() else (place,):
                if path.is_file() and _LOADED.search(path.name):
                    _read(path)


def _read(path: Path) -> None:
    try:
        with path.open("rb", buffering=0) as file:
            while file.read(_CHUNK):
                time.sleep(0)
    except OSError:
        # Only a head start: the import itself will say what is wrong.
        return
