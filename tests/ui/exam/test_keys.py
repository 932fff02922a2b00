import pytest

from clinoscope import modes
from clinoscope.ui.exam import keys
from clinoscope.ui.exam.step import Step


@pytest.mark.parametrize(
    ("task", "signed", "shown"),
    [
        ("skin/rash", False, {"1 … 9", "H", "A", "Ctrl+Enter"}),
        ("skin/rash", True, {"H", "Ctrl+P"}),
        ("anemia/lip", False, {"A", "Ctrl+Enter"}),
        ("anemia/lip", True, {"Ctrl+P"}),
        ("neutrophil/cells", False, {"A", "Ctrl+Enter"}),
    ],
)
def test_no_key_is_shown_that_does_nothing_for_the_task(task: str, signed: bool, shown: set[str]) -> None:
    names = {key for key, _words in keys.of_step(Step.READING, signed, modes.task(task))}
    assert names & {"1 … 9", "H", "A", "Ctrl+Enter", "Ctrl+P"} == shown
