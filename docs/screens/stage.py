"""The window that the scenes go to, the way to let it come to rest, and the way to keep what is on the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from clinoscope.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from clinoscope.domain.record import Exam, Patient
    from clinoscope.ui.window import Window

PHANTOMS = Path(__file__).parents[2] / "resources" / "phantoms"
COLOURS = 256
"""In each picture that is kept, those of the theme among them: a third of the bytes, hardly to be told apart."""


@dataclass
class Stage:
    """The window, and what the scenes go to."""

    window: Window
    patients: list[Patient]
    exams: list[Exam]
    camera: str
    """The address of a network camera."""
    scratch: Path
    smears: list[Exam] = field(default_factory=list)
    """The drawn smear, once it is made."""

    def settle(self, milliseconds: int = 900) -> None:
        """Let the window work until it has nothing left to do."""
        from PySide6.QtTest import QTest

        from clinoscope.ui import tasks

        def wait(least: float) -> None:
            begun = time.monotonic()
            while time.monotonic() < begun + least or (tasks.running() and time.monotonic() < begun + 20):
                QTest.qWait(5)  # in short turns: it lets no other thread work meanwhile

        wait(milliseconds / 1000)
        wait(0.15)

    def exam(self, state: str, task: str, place: int = -1) -> Exam:
        """An exam of a task in a state: the newest unless told which."""
        return [exam for exam in self.exams if exam.task == task and exam.state == state][place]


Scene = Callable[[Stage], object]
"""Goes to a page and does there what its picture shows."""


def keep_picture(pixmap: QPixmap, path: Path) -> None:
    """Save what was on the screen, in few colours."""
    pixmap.save(str(path))
    tokens = theme.DARK if theme.is_dark() else theme.LIGHT
    fixed = [channel for name in tokens for channel in theme.color(name).getRgb()[:3]]  # type: ignore[index]
    with Image.open(path) as image:
        whole = image.convert("RGB")
    free = whole.quantize(COLOURS - len(tokens), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    palette.putpalette(fixed + (free.getpalette() or [])[: 3 * (COLOURS - len(tokens))])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
