"""What is drawn keeps to its place, whatever the figures are."""

import math

import numpy as np
import pytest

from clinoscope.reports.fonts import load_fonts
from clinoscope.reports.page import build
from clinoscope.reports.preview import render
from clinoscope.training.report_drawings import Confusion, Curves, curves


@pytest.fixture(autouse=True)
def fonts() -> None:
    load_fonts()


def drawn(flowable) -> np.ndarray:
    """The page with the drawing on it, white where nothing is."""
    return render(build([flowable], title="", head="", foot=[]), 0, 595)


def test_a_row_without_pictures_stays_white():
    confusion = Confusion(["a", "b"], [[9, 1], [0, 0]], 400)
    page = drawn(confusion)
    teal = (page[..., 0] < 60) & (page[..., 1] > 90) & (page[..., 2] > 80)
    cells = int(teal.sum())
    assert 300 < cells < confusion.cell**2


def test_many_labels_stay_in_the_column():
    labels = [f"label number {index}" for index in range(12)]
    confusion = Confusion(labels, np.ones((12, 12), int).tolist(), 400)
    assert confusion.names + 14 + confusion.side <= 400.5


def test_curves_leave_out_what_is_not_finite():
    assert curves([[1.0, math.nan, 0.5], [2.0], []]) == [[1.0, 0.5]]
    page = drawn(Curves([[3.0, 2.0, 1.0], [math.inf, 1.0]], 300, 150))
    assert (page < 200).any()


def test_a_loss_of_nothing_is_drawn_too():
    assert drawn(Curves([[0.0, 0.0]], 300, 150)).shape[2] == 3
