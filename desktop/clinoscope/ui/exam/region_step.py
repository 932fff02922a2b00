"""Step 2: the region, found automatically, changed by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clinoscope.domain.quality import Quality
from clinoscope.domain.record import Exam
from clinoscope.domain.region import Region
from clinoscope.domain.task import Task
from clinoscope.modes.wording import read_without_finding, without_a_face
from clinoscope.ui.exam import colour_note, words
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.checks import ChecksList
from clinoscope.ui.exam.region_editor import RegionEditor
from clinoscope.ui.exam.side import SCROLL_KEY, Side
from clinoscope.ui.widgets import PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.keys import Keys

SAVE_AFTER = 400
"""Milliseconds of rest before a changed region is saved and checked."""

SEVERAL = frozenset({"nails"})
"""Kinds of region that may have more than one part."""

FALLBACK = 0.2
"""Score up to which a finder gives a whole picture, or its middle, because nothing stands out (``regions``)."""

OUTLINED = frozenset({"lips"})
"""Kinds of region that are read inside their outline and not in their whole box."""

NOUNS = {
    "lips": "lips",
    "nails": "nails",
    "conjunctiva": "inner eyelid",
    "lesion": "spot",
    "skin": "skin",
    "scalp": "scalp patch",
    "vertex": "crown",
    "field": "field",
    "cell": "cell",
}

KEYS: Keys = (
    ("Enter", "Go on to the reading"),
    ("Tab", "Next handle, then the next part"),
    ("1 … 9, 0", "One of several parts"),
    ("Arrows", "Move by 1 px, with Shift by 10"),
    ("+  −", "Grow, shrink"),
    ("N, Insert", "Draw a region or one more part"),
    ("Delete", "Take the chosen part away"),
    ("R", "As found automatically"),
    ("Ctrl+Z, Ctrl+Y", "Undo, do again"),
    colour_note.KEY,
    SCROLL_KEY,
    ("Ctrl +  −  0", "Zoom in, out, whole picture"),
    ("Esc", "Undo all, then back to Capture"),
)


class RegionStep(Side):
    """``changed`` carries the region once it rests; ``done`` asks to go on to the reading; ``said`` a quiet word."""

    changed = Signal(object)
    done = Signal()
    said = Signal(str)

    def __init__(self, canvas: PictureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._task: Task | None = None
        self.editor: RegionEditor | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SAVE_AFTER)
        self._rest.timeout.connect(self._on_rest)
        self._pending = False
        self._title = label("Region", "title")
        self._words = label("", "body", wrap=True)
        self._how = label("", "small", "secondary", wrap=True)
        self._checks = ChecksList()
        self._taken = label("", "small", "secondary", wrap=True)
        self.reset = QuietButton("Reset", icon="ph.arrow-counter-clockwise", tip="As found automatically (R)")
        self.undo = QuietButton("Undo", icon="ph.arrow-u-up-left", tip="Take the last change back (Ctrl+Z)")
        self.draw = QuietButton("Draw", icon="ph.selection-plus", tip="Draw a region (N)")
        self.delete = QuietButton("Delete", icon="ph.trash", tip="Take the chosen part away (Delete)")
        tools = QGridLayout()
        tools.setSpacing(8)
        tools.setColumnStretch(2, 1)
        for place, tool in enumerate((self.reset, self.undo, self.draw, self.delete)):
            tools.addWidget(tool, place // 2, place % 2)
        self.go_on = PrimaryButton("Read", tip="Go on to the reading (Enter)")
        self.go_on.clicked.connect(self.go_on_if_found)
        self.reset.clicked.connect(lambda: self._with_editor(RegionEditor.reset))
        self.undo.clicked.connect(lambda: self._with_editor(RegionEditor.undo))
        self.draw.clicked.connect(self.draw_one)
        self.delete.clicked.connect(lambda: self._with_editor(RegionEditor.delete_part))
        self._held = label("", "small", "amber", wrap=True)
        self._held.hide()
        for widget in (self._title, self._words, self._held):
            self.body.addWidget(widget)
        self.body.addLayout(tools)
        self.body.addWidget(self._how)
        self.body.addSpacing(8)
        self.body.addWidget(self._checks)
        self.body.addWidget(self._taken)
        self.body.addStretch(1)
        self.foot.addWidget(self.go_on)
        self._hint = label("", "small", "secondary", wrap=True)
        self.foot.addWidget(self._hint)

    def begin(
        self, task: Task, region: Region | None, automatic: Region | None, quality: Quality | None, taken: str = ""
    ) -> None:
        """Show the region of the picture on the canvas and let it be changed; ``taken``, when that was, in words."""
        raster = self._canvas.raster
        assert raster is not None
        self._task = task
        if self.editor is not None:
            self.editor.deleteLater()
        self.editor = RegionEditor((raster.width, raster.height), self)
        self.editor.begin(region, automatic, several=task.region in SEVERAL, outlined=task.region in OUTLINED)
        self.editor.changed.connect(self._on_changed)
        self.editor.chosen.connect(self._show_words)
        self.editor.said.connect(self._say)
        self._pending = False
        self._taken.setText(taken)
        self._canvas.clear_overlays()
        self._canvas.set_editor(self.editor)
        self._checks.show_quality(quality)
        self._show_words()
        self._canvas.setFocus()

    def end(self) -> None:
        """Leave the step: what is not saved yet goes out now."""
        self.flush()
        self._canvas.set_editor(None)

    def give_up(self) -> bool:
        """Take back all that was changed in this step; False where nothing was."""
        given_up = self.editor is not None and self.editor.give_up()
        if given_up:
            self._canvas.follow_editor()
        return given_up

    def _on_rest(self) -> None:
        if self.editor is not None:
            self._say(self.editor.words())
        self.flush()

    def _say(self, words: str) -> None:
        """Tell a screen reader, and leave it on the picture for one that comes to it later."""
        self._canvas.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._canvas, words))

    def flush(self) -> None:
        """Hand out a changed region without waiting for it to rest."""
        self._rest.stop()
        if self._pending and self.editor is not None:
            self._pending = False
            self.changed.emit(self.editor.region)

    def show_kept(self, task: Task, exam: Exam) -> None:
        """What is known of the region as it was kept, and what was said before it was changed."""
        self._checks.show_quality(exam.quality)
        held = words.held(task, exam.held)
        self._held.setText(f"{held} It is kept for the next reading." if held else "")
        self._held.setVisible(bool(held))

    @property
    def kept_words(self) -> str:
        """What is told of an answer from before the region was changed; "" for nothing."""
        return self._held.text()

    @property
    def region(self) -> Region | None:
        return self.editor.region if self.editor is not None else None

    def draw_one(self) -> None:
        """Put a region (or one more part) in the middle of what is seen, to be moved from there."""
        self._with_editor(lambda editor: editor.draw_at(self._canvas.middle()))

    def go_on_if_found(self) -> None:
        """On to the reading, once there is a region."""
        if self.region is None:
            self.said.emit("There is nothing to read yet. Press N, or drag over the picture, to draw the region.")
            return
        self.flush()
        self.done.emit()

    def _with_editor(self, act: Callable[[RegionEditor], None]) -> None:
        if self.editor is not None:
            act(self.editor)
            self._canvas.setFocus()
            self._canvas.follow_editor()

    def _on_changed(self) -> None:
        self._pending = True
        self._rest.start()
        self._show_words()

    def _show_words(self) -> None:
        assert self._task is not None
        assert self.editor is not None
        region, noun = self.editor.region, NOUNS.get(self._task.region, "region")
        several = self._task.region in SEVERAL
        self.go_on.setEnabled(region is not None)
        self.reset.setEnabled(self.editor.automatic is not None and region != self.editor.automatic)
        self.undo.setEnabled(self.editor.can_undo)
        self.draw.setVisible(region is None or region.how == "whole" or several)
        self.draw.setText("Add" if several and region is not None and region.how != "whole" else "Draw")
        self.delete.setVisible(several)
        self.delete.setEnabled(region is not None and len(region.boxes) > 1)
        act = "N draws it." if region is None else "Enter reads it. Tab and arrows change it."
        self._hint.setText(f"{act} ? shows all keys.")
        if region is None:
            self._words.setText(f"The {noun} could not be found. Drag over the picture to draw the region.")
            self._how.setText("")
            return
        raster = self._canvas.raster
        assert raster is not None
        self._words.setText(_found(region, noun, several, read_without_finding(region, raster.width, raster.height)))
        self._how.setText(self.editor.words())


def _found(region: Region, noun: str, several: bool, unfound: str) -> str:
    """``unfound``: what is read where nothing was found or looked for."""
    if unfound and region.score <= FALLBACK:
        return f"The {noun} does not stand out. Drag over the picture to draw it, or read the {unfound} as it is."
    if unfound:
        return f"The {unfound} is read. Draw on it to read only a part."
    count = len(region.boxes)
    if several:
        what = f"1 {noun.removesuffix('s')}" if count == 1 else f"{count} {noun}"
    else:
        what = f"The {noun}"
    one = count == 1 and not noun.endswith("lips")
    if region.how == "drawn":
        return f"{what} {'is' if one else 'are'} marked by hand."
    if without_a_face(noun, region):
        return "No face shows: found by their red colour alone. Are these lips? If not, move the box onto them."
    if one:
        return f"{what} was found automatically. Change it where it does not fit."
    return f"{what} were found automatically. Change them where they do not fit."
