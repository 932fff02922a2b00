"""Reads the arrays of a package (``.npz``): numbers only, and only as many as the file has bytes for.

``numpy.load`` believes what a file says of itself: it fetches the memory for any shape, and every part of it fails in
its own way. A package may come from anywhere, so here the sizes are held against the bytes before anything is made.
"""

import io
import math
import struct
import zipfile
import zlib

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

MAX_BYTES = 64 << 20
"""All arrays of a file, unpacked; the largest shipped one has under 1 MB."""
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, NotImplementedError, OverflowError, IndexError, KeyError, TypeError, SyntaxError, MemoryError),
)
"""What the readers of zip files and of arrays raise for a file that only looks like one."""


def read(data: bytes) -> dict[str, NDArray[np.float64]]:
    """Every array of the file by its name. Raises ValueError for anything that is not a file of plain numbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > MAX_BYTES:
                raise ValueError("the arrays are too large")
            return {info.filename.removesuffix(".npy"): _array(_bytes(archive, info)) for info in infos}
    except _DAMAGED as error:
        raise ValueError(f"the arrays cannot be read ({type(error).__name__})") from None


def _bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member, of which no more is unpacked than it says it has."""
    with archive.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise ValueError("an array is not as long as it says")
    return data


def _array(data: bytes) -> NDArray[np.float64]:
    stream = io.BytesIO(data)
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, kind = header(stream)
    if kind.kind not in "fiub":
        raise ValueError("an array holds something else than numbers")
    values = data[stream.tell() :]
    if math.prod(shape) * kind.itemsize != len(values) or min(shape, default=0) < 0:
        raise ValueError("an array is not as long as it says")
    made = np.frombuffer(values, dtype=kind).reshape(shape, order="F" if fortran else "C")
    return made.astype(np.float64)
