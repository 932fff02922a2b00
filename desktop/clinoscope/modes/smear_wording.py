"""What is said of a smear alone, the same on the bench and in the report.

Apart from ``wording``, which the first window brings in: what a smear is made of takes numpy along.
"""

from collections.abc import Mapping, Sequence

from clinoscope.domain.counts import numbered
from clinoscope.domain.differential import Differential
from clinoscope.domain.smear import Why


def left_shift_waits_for(found: Differential) -> str:
    """What there must be before a left shift is told: "100 white cells"; "" once it is and where nothing is counted."""
    if not found.total:
        return ""
    if found.waits_for:
        return f"{found.waits_for} white cells"
    return f"{found.shift_waits_for} neutrophils" if found.shift_waits_for else ""


SET_ASIDE = {
    Why.NO_FIELD: "unlike a field of a smear",
    Why.NOT_READ: "taken out unread",
    Why.BY_HAND: "set aside by hand",
    Why.UNTOLD: "",
}
"""Why a field is set aside, as it stands behind its number; nothing of one from before it was kept."""


def left_out(aside: Mapping[int, Why], unread: Sequence[int] = ()) -> tuple[str, ...]:
    """The fields of a smear that are not counted, a line for each reason: "Fields 4 and 9: set aside by hand."."""
    found: dict[str, list[int]] = {"not read yet": list(unread)} if unread else {}
    for number, why in aside.items():
        found.setdefault(SET_ASIDE[why] or "set aside", []).append(number)
    return tuple(f"{numbered(numbers, 'Field', 'Fields')}: {why}." for why, numbers in found.items())
