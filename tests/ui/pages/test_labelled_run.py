from clinoscope.ui.pages.labelled_run import time_left


def test_the_time_left_in_words() -> None:
    assert time_left(1.0, 3, 100) == ""
    assert time_left(3.0, 0, 100) == ""
    assert time_left(3.0, 30, 0) == ""
    assert time_left(3.0, 30, 100) == ", about 10 s left"
    assert time_left(60.0, 30, 120) == ", about 4 min left"
