"""Scenes of the bench of a smear."""

from __future__ import annotations

import sys

from PIL import Image

from stage import PHANTOMS, Scene, Stage

sys.path.insert(0, str(PHANTOMS))  # for what draws them
SMEAR_OF = 6
"""The patient of the drawn smear."""


def smear(stage: Stage) -> None:
    """Six drawn fields that overlap, half of the cells reviewed."""
    import numpy as np
    from drawing.smear import scan  # type: ignore[import-not-found]  # of resources/phantoms
    from PIL import PngImagePlugin

    from clinoscope.workflow import capture
    from clinoscope.workflow.smear import collect
    from clinoscope.workflow.smear.bench import Bench

    vault, patient = stage.window.shell.open_vault, stage.patients[SMEAR_OF]
    if not stage.smears:
        bench = Bench(vault, collect.begin(vault, patient))
        big, _truth = scan(1700, 4000, 70, 3)
        note = PngImagePlugin.PngInfo()
        note.add_text("clinoscope-phantom", "smear")
        for number, (x, y) in enumerate(((0, 0), (1280, 0), (2560, 0), (0, 800), (1280, 800), (2560, 800))):
            path = stage.scratch / f"field-{number}.png"
            Image.fromarray(np.ascontiguousarray(big[y : y + 900, x : x + 1440])).save(path, pnginfo=note)
            bench.add_field(capture.open_picture(path))
        while bench.read_next() is not None:
            pass
        bench.confirm(cell.number for cell in bench.cells[::2])
        bench.edit(white_cells=11.8, comments=("toxic_granulation:2",))
        stage.smears.append(bench.exam)
    stage.window.shell.set_context(patient)
    stage.window.shell.go("smear", exam=stage.smears[0])
    stage.settle(1500)


def smear_field(stage: Stage) -> None:
    """One cell in its field."""
    smear(stage)
    page = stage.window.page
    page.gallery.go_to(page.gallery.cells()[3].number)  # type: ignore[union-attr]  # the bench just gone to
    page.desk.toggle_close()  # type: ignore[union-attr]


def smear_add(stage: Stage) -> None:
    """A cell that was not found is added."""
    smear(stage)
    stage.window.page.add_cell()  # type: ignore[union-attr]  # the bench just gone to
    stage.settle()


def smear_stopped(stage: Stage) -> None:
    """Reading was stopped: two fields are read, the others wait."""
    from clinoscope.workflow import capture
    from clinoscope.workflow.smear import collect
    from clinoscope.workflow.smear.bench import Bench

    smear(stage)
    bench = Bench(stage.window.shell.open_vault, collect.begin(stage.window.shell.open_vault, stage.patients[SMEAR_OF]))
    for number in range(6):
        bench.add_field(capture.open_picture(stage.scratch / f"field-{number}.png"))
    for _ in range(2):
        bench.read_next()
    bench.stop()
    stage.window.shell.go("smear", exam=bench.exam)
    stage.settle(1500)


def smear_panel(show: str) -> Scene:
    """The bench with a panel open."""

    def scene(stage: Stage) -> None:
        smear(stage)
        getattr(stage.window.page, show)()
        stage.settle()

    return scene


SCENES: dict[str, Scene] = {
    "smear": smear,
    "smear-field": smear_field,
    "smear-add": smear_add,
    "smear-stopped": smear_stopped,
    "smear-sheet": smear_panel("show_sheet"),
    "smear-reference": smear_panel("show_reference"),
    "smears": lambda stage: stage.window.shell.go("smears"),
}
