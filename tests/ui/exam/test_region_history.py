from __future__ import annotations

from clinoscope.domain.region import Box, Region
from clinoscope.ui.exam.region_edit import BODY
from clinoscope.ui.exam.region_history import MOST, History, Moment


def moment(x: int) -> Moment:
    return Moment(Region(Box(x, 0, 10, 10), "drawn"), 0, BODY)


def test_back_and_forth_and_a_new_step_forgets_what_was_undone() -> None:
    history = History().noted(moment(0)).noted(moment(1))
    back = history.undone(moment(2))
    assert back is not None
    assert back[1] == moment(1)
    further = back[0].undone(moment(1))
    assert further is not None
    assert further[1] == moment(0)
    assert further[0].undone(moment(0)) is None
    again = further[0].redone(moment(0))
    assert again is not None
    assert again[1] == moment(1)
    assert again[0].noted(moment(7)).redone(moment(8)) is None


def test_the_oldest_steps_are_forgotten_first() -> None:
    history = History()
    for x in range(MOST + 5):
        history = history.noted(moment(x))
    assert len(history.past) == MOST
    assert history.past[0] == moment(5)
