"""The steps of the exam page, in their order."""

from enum import IntEnum


class Step(IntEnum):
    """CAPTURE to SIGN are the four that the stepper shows."""

    CHOOSE = -1
    CAPTURE = 0
    REGION = 1
    READING = 2
    SIGN = 3
    REPORT = 4


def resumed_at(has_reading: bool, picture_ok: bool) -> Step:
    """Where a kept draft goes on."""
    if has_reading:
        return Step.READING
    return Step.REGION if picture_ok else Step.CAPTURE
