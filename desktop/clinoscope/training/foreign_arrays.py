"""What every reader of published weights gives, and what it says of a file that holds none."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
"""``layer/weight`` of one of our networks, and its numbers with Keras's order of axes."""


class ForeignFileError(Exception):
    """The file is damaged, or none of the kind."""
