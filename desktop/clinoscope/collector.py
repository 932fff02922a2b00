"""Python's search for garbage kept away from work that makes and keeps very many objects.

A full search looks at every object there is, and holds Python's lock meanwhile: while a list of 10,000 patients was
read the window stood still for 35 to 49 ms, and the longer the list the longer it is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_off() -> Iterator[None]:
    """Nothing is searched within, and what was made within is not looked through by any search after it.

    It goes as soon as nobody has it any more, as everything does that does not point back at itself. Only what both
    was made within and points back at itself would stay for good: this is for plain data.
    """
    gc.collect()  # else what is garbage now would stay for good, too
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
