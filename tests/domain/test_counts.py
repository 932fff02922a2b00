import pytest

from clinoscope.domain.counts import many


@pytest.mark.parametrize(("count", "said"), [(0, "0 groups"), (1, "1 group"), (12, "12 groups")])
def test_one_is_said_as_one(count: int, said: str) -> None:
    assert many(count, "group", "groups") == said
