import numpy as np
import pytest

from clinoscope.inference.bootstrap import draws, figure, members, per_group, ratio


def test_groups_are_numbered_and_summed():
    member, count = members(["b", "a", "b", "c"])
    assert (member.tolist(), count) == ([1, 0, 1, 2], 3)
    columns = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])
    assert per_group(member, count, columns).tolist() == [[2, 20], [4, 40], [4, 40]]


def test_a_draw_has_as_many_groups_as_there_are_and_the_first_is_the_data_itself():
    drawn = draws(7, 50, 0)
    assert drawn.shape == (51, 7)
    assert drawn[0].tolist() == [1] * 7
    assert (drawn.sum(axis=1) == 7).all()
    assert (draws(7, 50, 0) == drawn).all()
    assert (draws(7, 50, 1) != drawn).any()


def test_a_share_of_nothing_is_not_a_number():
    assert np.isnan(ratio(np.array([1.0]), np.array([0.0]))).all()
    assert ratio(np.array([1.0, 3.0]), np.array(2.0)).tolist() == [0.5, 1.5]


def test_the_interval_holds_the_middle_of_the_draws():
    found = figure(np.array([5.0, *range(101), np.nan]))
    assert found == {"value": 5.0, "low": pytest.approx(2.5), "high": pytest.approx(97.5)}
    assert figure(np.array([np.nan, 1.0])) == {"value": None, "low": None, "high": None}
    assert figure(np.array([1.0, np.nan])) == {"value": None, "low": None, "high": None}
