import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from clinoscope import collector


@dataclass
class Thing:
    other: object = None


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """What a test put aside is looked through again."""
    yield
    gc.unfreeze()


def test_nothing_is_searched_within_and_it_is_again_after_it() -> None:
    searches: list[str] = []
    heard = lambda phase, _info: searches.append(phase)  # noqa: E731 - the same object is taken out again
    with collector.held_off():
        gc.callbacks.append(heard)
        made = [Thing() for _ in range(20_000)]
        assert searches == []
        assert not gc.isenabled()
    more = [Thing() for _ in range(20_000)]
    gc.callbacks.remove(heard)
    assert searches
    assert len(made) == len(more)


def test_what_was_made_within_is_not_looked_through_later_and_goes_all_the_same() -> None:
    with collector.held_off():
        made = Thing()
    assert not any(one is made for one in gc.get_objects())
    gone = weakref.ref(made)
    del made
    assert gone() is None


def test_garbage_from_before_does_not_stay() -> None:
    one = Thing()
    one.other = Thing(one)
    gone = weakref.ref(one)
    del one
    with collector.held_off():
        pass
    assert gone() is None


def test_it_is_searched_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="wrong"), collector.held_off():
        raise ValueError("wrong")
    assert gc.isenabled()
