"""How a long run says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the whole run that is done, 0..1."""

Report = Callable[[float], None]
"""Called with the share of one step that is done, 0..1."""


def part_of(report: Report, start: float, end: float) -> Report:
    """A report for what is done between the shares ``start`` and ``end`` of the whole."""
    return lambda part: report(start + part * (end - start))


def ignore(*_: object) -> None:
    """Takes any report and does nothing with it."""
