"""Scenes of taking the picture of an exam, from the choice of its task on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from clinoscope import modes
from clinoscope.ui.exam import drops
from stage import PHANTOMS, Scene, Stage

if TYPE_CHECKING:
    from clinoscope.ui.exam.page import ExamPage


def exam_page(stage: Stage) -> ExamPage:
    """The page that is up."""
    from clinoscope.ui.exam.page import ExamPage

    page = stage.window.page
    assert isinstance(page, ExamPage)
    return page


def choose_task(stage: Stage, patient: int = 0) -> None:
    stage.window.shell.set_context(stage.patients[patient])
    stage.window.shell.go("exam", patient_id=stage.patients[patient].id, mode=None)


def begin(stage: Stage, task: str, patient: int = 0) -> ExamPage:
    choose_task(stage, patient)
    stage.settle(50)
    page = exam_page(stage)
    page.choose.chosen.emit(modes.task(task))
    stage.settle(50)
    return page


def live(stage: Stage, patient: int = 1) -> None:
    """A network camera that sees a face; the second patient's first lip photo, the first one's fifth."""
    page = begin(stage, "anemia/lip", patient)
    page.bench.capture.picker.choose_network()
    page.bench.capture.picker.address.set_text(stage.camera)
    page.bench.capture.picker.wanted.emit(stage.camera)
    stage.settle(3000)


def follow_up(stage: Stage) -> None:
    """The same camera, nearer than at an earlier visit: that picture over the live one, and what to do."""
    live(stage, 0)
    visits = exam_page(stage).bench.follow.block.visits
    visits.setCurrentIndex(1)
    visits.activated.emit(1)
    stage.settle(1500)


def failed_check(stage: Stage) -> None:
    """A picture too dark to be read."""
    page = begin(stage, "skin/lesion-photo")
    dark = stage.scratch / "dark.png"
    with Image.open(PHANTOMS / "lesion.png") as image:
        image.convert("RGB").point(lambda value: value // 5).save(dark)
    page.bench.capture.give(drops.from_file(str(dark)))
    stage.settle(2000)


def watched_folder(stage: Stage) -> None:
    """Nothing has been saved into it yet."""
    shots = stage.scratch / "Microscope"
    shots.mkdir(exist_ok=True)
    page = begin(stage, "neutrophil/cells")
    page.bench.capture.picker._choose(f"folder:{shots}")  # noqa: SLF001 - the dialog before it is the system's
    stage.settle(1500)


def choose_page(stage: Stage) -> None:
    """A TIFF of three pictures."""
    path = stage.scratch / "three.tif"
    pages = []
    for name in ("smear", "rash", "lesion"):
        with Image.open(PHANTOMS / f"{name}.png") as image:
            pages.append(image.convert("RGB").resize((1280, 960)))
    pages[0].save(path, save_all=True, append_images=pages[1:])
    page = begin(stage, "neutrophil/cells")
    page.bench.capture.give(drops.from_file(str(path)))
    stage.settle(1500)


def camera_settings(stage: Stage) -> None:
    """The settings of a camera that there is not: what one with four sizes, an exposure and a focus would show."""
    from clinoscope.ui.exam.camera_panel import CameraPanel
    from clinoscope.workflow.capture import Abilities, CameraSettings, Knob, Range

    live(stage)
    page = exam_page(stage)
    panel = CameraPanel(page, "Microscope HD", CameraSettings(by_hand={Knob.EXPOSURE: 300}))
    sizes = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))
    ranges = {
        Knob.EXPOSURE: Range(3, 2047, 157, True),
        Knob.WHITE_BALANCE: Range(2800, 6500, 4600, True),
        Knob.FOCUS: Range(0, 250, 60, True),
    }
    panel.show_abilities(Abilities(sizes, (1920, 1080), ranges))
    page.acts.open_panel(panel, panel.close_it)  # opened by a camera otherwise


SCENES: dict[str, Scene] = {
    "choose": choose_task,
    "capture": live,
    "follow-up": follow_up,
    "capture-failed": failed_check,
    "capture-folder": watched_folder,
    "capture-page": choose_page,
    "capture-settings": camera_settings,
}
