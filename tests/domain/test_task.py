"""A task's labels as people write them."""

import pytest

from clinoscope import modes


@pytest.mark.parametrize("written", ["other_rash", "Other rash", "OTHER-RASH", " other  rash "])
def test_a_label_is_known_by_its_id_and_by_its_words(written: str) -> None:
    assert modes.task("skin/rash").label_id(written) == "other_rash"


def test_what_is_no_label_is_none() -> None:
    assert modes.task("skin/rash").label_id("rash") is None
    assert modes.task("skin/rash").label_id("") is None


def test_no_two_labels_of_a_task_are_meant_by_the_same_words() -> None:
    for task in map(modes.task, modes.task_ids()):
        assert [task.label_id(entry.id) for entry in task.labels] == [entry.id for entry in task.labels]
        assert [task.label_id(entry.name) for entry in task.labels] == [entry.id for entry in task.labels]
