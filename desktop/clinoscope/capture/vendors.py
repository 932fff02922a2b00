"""Cameras that need a maker's or a project's own library: a kind of address, and the reader that serves it.

A new kind is a module with a Reader that imports its library in ``open``, a line here, and an extra in pyproject.toml.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import NamedTuple

from clinoscope.capture.micromanager import MicroManagerReader
from clinoscope.capture.readers import Reader


class Vendor(NamedTuple):
    """``library`` is what must be installed, ``reader`` is made of what stands behind the kind in an address."""

    library: str
    reader: Callable[[str, threading.Event], Reader]


VENDORS: Mapping[str, Vendor] = {"mm": Vendor("pymmcore", MicroManagerReader)}


def installed(kind: str) -> bool:
    """Whether the library of a kind is there to be used."""
    return find_spec(VENDORS[kind].library) is not None
