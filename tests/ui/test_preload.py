import gc
import importlib.util
import sys
import time

import pytest

from clinoscope.ui import preload


@pytest.mark.parametrize("step", preload.STEPS)
def test_every_step_exists(step: str) -> None:
    assert importlib.util.find_spec(step) is not None


def test_it_ends_by_itself(app: object) -> None:
    assert preload.Preload().wait(60)


def test_it_can_be_stopped_between_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def slow(step: str) -> None:
        begun.append(step)
        time.sleep(0.05)

    monkeypatch.setattr(preload, "STEPS", ("json",) * 1000)
    monkeypatch.setattr(preload.cold, "read_ahead", slow)
    assert preload.Preload().stop(2)
    assert len(begun) < 1000


def test_the_first_page_is_among_the_steps(app: object) -> None:
    preload.first_page()
    assert preload.FIRST_PAGE in sys.modules
    assert "clinoscope.ui.rail" in preload.STEPS[: preload.STEPS.index(preload.FIRST_PAGE)]


def test_logging_in_again_keeps_no_garbage_for_good(app: object) -> None:
    preload.first_page()
    before, later = gc.get_freeze_count(), [[number] for number in range(10_000)]
    preload.first_page()
    assert gc.get_freeze_count() < before + len(later)
