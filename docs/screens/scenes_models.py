"""Scenes of the installed model packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stage import Scene, Stage

if TYPE_CHECKING:
    from clinoscope.ui.pages.models import ModelsPage


def models_page(stage: Stage, title: str = "Skin · Spot, camera", part: str = "Card") -> ModelsPage:
    """The page of the models, at the package in use for a task."""
    from PySide6.QtWidgets import QAbstractButton

    from clinoscope.ui.pages.models import ModelsPage

    stage.window.shell.set_context(None)
    stage.window.shell.go("models")
    stage.settle()
    page = stage.window.page
    assert isinstance(page, ModelsPage)
    page.rows.select([row.texts[0] for row in page.rows.rows()].index(title))
    shown = next(one for one in page.part.findChildren(QAbstractButton) if one.text() == part)
    shown.click()
    stage.settle()
    return page


def models_test(stage: Stage) -> None:
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel

    page = models_page(stage, part="Tested here")
    page.findChildren(AcceptancePanel)[0].test.click()


def models_fit(stage: Stage) -> None:
    from clinoscope.ui.pages.acceptance_panel import AcceptancePanel

    page = models_page(stage, "Blood smear · Single white cell", part="Tested here")
    page.findChildren(AcceptancePanel)[0].fit.click()


SCENES: dict[str, Scene] = {
    "models": models_page,
    "models-not-trained": lambda stage: models_page(stage, "Blood smear · Neutrophil inclusions"),
    "models-install": lambda stage: models_page(stage).install.click(),
    "models-tested": lambda stage: models_page(stage, part="Tested here"),
    "models-test": models_test,
    "models-fit": models_fit,
}
