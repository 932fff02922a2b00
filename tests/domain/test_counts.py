import pytest

from clinoscope.domain.counts import many, of_records


@pytest.mark.parametrize(("count", "said"), [(0, "0 groups"), (1, "1 group"), (12, "12 groups")])
def test_one_is_said_as_one(count: int, said: str) -> None:
    assert many(count, "group", "groups") == said


def test_what_a_patient_holds_is_said_with_each_count() -> None:
    assert of_records(2, 1, 0) == "2 exams, 1 picture, 0 lab values"
