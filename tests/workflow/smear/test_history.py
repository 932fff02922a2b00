"""What was done on a bench, to be taken back and done again."""

import pytest

from clinoscope.domain.errors import NotAllowed
from clinoscope.workflow.smear.history import Drawn, History, Step

STEP, DRAWN = Step({1: ""}, {1: "band"}), Drawn(7, gone=False)


def test_the_last_act_is_taken_back_first_and_done_again_first() -> None:
    history = History()
    history.note(STEP)
    history.note(DRAWN)
    assert history.last() == DRAWN
    history.took_back()
    assert (history.last(), history.next()) == (STEP, DRAWN)
    history.did_again()
    assert history.last() == DRAWN


def test_after_a_new_act_nothing_is_done_again() -> None:
    history = History()
    history.note(STEP)
    history.took_back()
    history.note(DRAWN)
    assert history.done == [DRAWN]
    with pytest.raises(NotAllowed, match="nothing to redo"):
        history.next()


def test_where_nothing_was_done_nothing_is_taken_back() -> None:
    with pytest.raises(NotAllowed, match="nothing to undo"):
        History().last()
