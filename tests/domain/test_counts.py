import pytest

from clinoscope.domain.counts import listed, many, numbered, of_records, them


@pytest.mark.parametrize(("count", "said"), [(0, "0 groups"), (1, "1 group"), (12, "12 groups")])
def test_one_is_said_as_one(count: int, said: str) -> None:
    assert many(count, "group", "groups") == said


@pytest.mark.parametrize(("count", "said"), [(1, "it"), (2, "them")])
def test_one_is_called_it(count: int, said: str) -> None:
    assert them(count) == said


def test_what_a_patient_holds_is_said_with_each_count() -> None:
    assert of_records(2, 1, 0) == "2 exams, 1 picture, 0 lab values"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((4,), "field 4"),
        ((4, 5), "fields 4 and 5"),
        ((2, 4, 7, 8, 9), "fields 2, 4 and 7 to 9"),
        ((9, 8, 7), "fields 7 to 9"),
        ((1, 2, 3, 7, 8), "fields 1 to 3, 7 and 8"),
    ],
)
def test_numbers_in_a_row_are_said_as_a_stretch(numbers: tuple[int, ...], said: str) -> None:
    assert numbered(numbers, "field", "fields") == said


def test_words_are_listed_with_a_word_before_the_last() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"
