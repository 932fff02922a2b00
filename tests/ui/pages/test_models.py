from pathlib import Path

import pytest

from clinoscope.domain.reading import ModelRef
from clinoscope.ui.pages.models import ModelsPage
from clinoscope.ui.shell import Shell
from clinoscope.workflow import models
from clinoscope.workflow.models import Installed

GOOD = Installed("skin/rash", ModelRef("rash", "1.0.0", "0" * 64), Path(), "Right 7 times in 10 when it answers.", ())
BAD = Installed("anemia/nail", None, Path(), "", ("weights.tflite has been changed: install the package again.",))


@pytest.fixture
def page(shell: Shell, at_once: None, monkeypatch: pytest.MonkeyPatch) -> ModelsPage:
    # What is installed differs from checkout to checkout; what the page does with it must not.
    monkeypatch.setattr(models, "installed", lambda: (GOOD, BAD))
    monkeypatch.setattr(models, "card", lambda entry: f"# Card of {entry.task}")
    made = ModelsPage(shell)
    made.show()
    made.enter()
    return made


def test_in_the_order_of_the_modes_each_with_its_state(page: ModelsPage) -> None:
    assert [(row.texts[0], row.chip) for row in page.rows.rows()] == [
        ("Anemia · Nail photo", ("Altered", "danger")),
        ("Skin · Rash", ("Intact", "accent")),
    ]


def test_an_altered_package_names_its_problem(page: ModelsPage) -> None:
    assert page.problems.text() == BAD.problems[0]
    assert page.problems.isVisible()
    page.rows.select(1)
    assert not page.problems.isVisible()
    assert page.figures.text() == GOOD.figures
    assert "Card of skin/rash" in page.card.toPlainText()
