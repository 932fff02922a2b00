from clinoscope.workflow.bench_figures import at_least, at_most, value


def test_the_limit_itself_is_kept_and_what_is_rounded_does_not_decide() -> None:
    assert at_most(20.0, 20) == {"value": 20.0, "limit": 20, "ok": True}
    assert at_most(20.0001, 20) == {"value": 20.0, "limit": 20, "ok": False}
    assert at_least(20.0, 20)["ok"]
    assert not at_least(19.9999, 20)["ok"]


def test_without_a_limit_there_is_nothing_to_keep() -> None:
    assert value(3.14159) == {"value": 3.14}
    assert value(3.14159, 1) == {"value": 3.1}
