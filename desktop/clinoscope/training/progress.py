"""How a long run says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the whole run that is done, 0..1."""

Report = Callable[[float], None]
"""Called with the share of one step that is done, 0..1."""


def ignore(*_: object) -> None:
    """Takes any report and does nothing with it."""
