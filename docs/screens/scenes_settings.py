"""Scenes of the settings."""

from __future__ import annotations

from stage import Scene, Stage


def settings(stage: Stage) -> None:
    """The page, with its lower half, which is built a turn later."""
    stage.window.shell.set_context(None)
    stage.window.shell.go("settings")
    stage.settle()


def numbering(stage: Stage) -> None:
    settings(stage)
    stage.window.page.numbers.change.click()  # type: ignore[union-attr]  # the page just gone to
    stage.settle()
    panel = stage.window.page.numbers.panel  # type: ignore[union-attr]
    panel.whose.take("own")
    panel.pattern.set_text("### ### ####")
    panel.scheme.setCurrentIndex(2)
    panel._follow()  # noqa: SLF001 - as a click does


def ranges(stage: Stage) -> None:
    settings(stage)
    stage.window.page.smears.ranges.click()  # type: ignore[union-attr]  # the page just gone to


def comments(stage: Stage) -> None:
    """Two comments of the laboratory's own, one more being written."""
    from clinoscope.workflow.smear import comments as own

    repeat = own.make("Fresh sample", "Please send a fresh sample in EDTA, to be read within four hours.")
    own.set_own(stage.window.shell.open_vault, [repeat, own.make("Seen by two readers")])
    settings(stage)
    stage.window.page.smears.comments.click()  # type: ignore[union-attr]  # the page just gone to
    stage.settle()
    panel = stage.window.page.smears.comments_panel  # type: ignore[union-attr]
    panel.name.set_text("Clumps: citrate")
    panel.text.setPlainText("Platelet clumps: please repeat the count from a citrate sample.")


def check_vault(stage: Stage) -> None:
    settings(stage)
    stage.window.page.health.check.click()  # type: ignore[union-attr]  # the page just gone to


def export_panel(stage: Stage) -> None:
    settings(stage)
    stage.window.page.export.click()  # type: ignore[union-attr]  # the page just gone to


SCENES: dict[str, Scene] = {
    "settings-numbers": numbering,
    "settings-ranges": ranges,
    "settings-comments": comments,
    "settings": check_vault,
    "settings-export": export_panel,
}
