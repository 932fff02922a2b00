"""Step 1: the live picture with its guide and checks, and the still taken from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture, Pixels
from clinoscope.domain.quality import Quality
from clinoscope.domain.task import Task
from clinoscope.ui import theme
from clinoscope.ui.exam import drops, words
from clinoscope.ui.exam.auto_capture import AutoCapture
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.card_link import CardLink
from clinoscope.ui.exam.checks import ChecksList
from clinoscope.ui.exam.guides import guide_overlay
from clinoscope.ui.exam.overlays import dimmed_overlay, sentence_overlay
from clinoscope.ui.exam.shutter import Shutter
from clinoscope.ui.exam.side import Side
from clinoscope.ui.exam.source_picker import CAMERA, SourcePicker, first_address
from clinoscope.ui.exam.stage_empty import StageEmpty
from clinoscope.ui.exam.view import View
from clinoscope.ui.exam.work import Sources
from clinoscope.ui.file_dialogs import ask_open
from clinoscope.ui.widgets import PrimaryButton, QuietButton, label, tell

if TYPE_CHECKING:
    from clinoscope.ui.exam.live import LivePreview
    from clinoscope.workflow.capture import CameraSettings

RESCAN = 2000
"""Milliseconds between looks for a camera while there is none."""


class CaptureStep(Side):
    """``still_wanted`` carries what takes the picture (to be called on a worker), ``used`` means: use it anyway."""

    still_wanted = Signal(object)
    used = Signal()
    retaken = Signal()
    source_chosen = Signal(str)
    sources_wanted = Signal()
    settings_wanted = Signal()
    pages_found = Signal(object)
    paused = Signal()

    def __init__(self, canvas: PictureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._task: Task | None = None
        self._live: LivePreview | None = None
        self._address = ""
        self._quality: Quality | None = None
        self._size: tuple[int, int] | None = None
        self._sources = Sources((), "")
        self._failed = False
        self._guided = True
        self._title = label("", "title")
        self._instruction = label("", "body", "secondary", wrap=True)
        self._sentence = label("", "body", "amber", wrap=True)
        self._card = CardLink(self.say)
        self._checks = ChecksList()
        self.picker = SourcePicker()
        self.picker.wanted.connect(self._on_wanted)
        self.picker.file_wanted.connect(self.ask_file)
        self.picker.settings_wanted.connect(self.settings_wanted)
        self.retake = PrimaryButton("Retake", icon="ph.arrow-counter-clockwise", tip="Retake (Space)")
        self.retake.clicked.connect(self.retaken)
        self.use_anyway = QuietButton("Use anyway", tip="The exam keeps that the check failed")
        self.use_anyway.clicked.connect(self.used)
        for shown in (self._title, self._instruction, self._card, self._sentence, self._checks):
            self.body.addWidget(shown)
        self.body.addStretch(1)
        self.shutter = Shutter(canvas)
        self.shutter.clicked.connect(self.take)
        self.auto = AutoCapture(self.shutter, self)
        self.auto.fired.connect(self.take)
        for act in (self.auto.switch, self.picker, self.retake, self.use_anyway):
            self.foot.addWidget(act)
        self._empty = StageEmpty(canvas)
        self._empty.file_wanted.connect(self.ask_file)
        self._flash = QVariantAnimation(self)
        self._flash.setStartValue(0.5)
        self._flash.setEndValue(0.0)
        self._flash.valueChanged.connect(self._on_flash)
        self._rescan = QTimer(self)
        self._rescan.setInterval(RESCAN)
        self._rescan.timeout.connect(self.sources_wanted)
        self._show_mode()

    # coming and going

    def prepare(self, task: Task) -> None:
        """Say what is wanted, before it is known what can be looked through."""
        self._title.setText(task.name)
        self._instruction.setText(task.instruction)
        self.say("")
        if self._task is not None and self._task.mode != task.mode:
            self._address = ""
        self._task = task
        self._clear()
        self._show_mode()

    def begin(self, task: Task, sources: Sources) -> None:
        """Show the live picture of the last source, or say what to do when there is none."""
        self._task, self._sources = task, sources
        self._address = self._address or first_address(sources)
        self.picker.show_sources(sources, self._address)
        self.auto.switch.setChecked(sources.auto)
        self.resume()
        self._canvas.setFocus()

    def show_sources(self, sources: Sources) -> None:
        """Cameras came or went: with nothing to look through yet, take the first one."""
        if self._live is not None or self._failed:
            return
        if sources.cameras != self._sources.cameras:
            self._sources = sources
            self._address = first_address(sources)
            self.picker.show_sources(sources, self._address)
            self.resume()

    def resume(self) -> None:
        """Live again."""
        self._clear()
        self._start()
        self._show_mode()

    def pause(self) -> None:
        """Let go of the camera."""
        self.paused.emit()
        self._stop()
        self.shutter.hide()
        self._empty.hide()
        self._canvas.set_overlay("guide", None)
        self._canvas.set_overlay("sentence", None)
        self._canvas.set_overlay("stopped", None)
        self._canvas.zoomable = True

    def show_failed(self, quality: Quality) -> None:
        """The still that was just taken does not pass: what to change, Retake first."""
        self._failed = True
        self.pause()
        self._checks.show_quality(quality)
        self.say(words.take_again(quality))
        self._show_mode()
        self.retake.setFocus()

    def say(self, sentence: str, tone: str = "amber") -> None:
        """One sentence above the checks; "" takes it away."""
        tell(self._sentence, sentence, tone)

    def add_block(self, block: QWidget) -> None:
        """Put a block of the side under the checks."""
        self.body.insertWidget(self.body.indexOf(self._checks) + 1, block)

    # acts

    def take(self) -> None:
        """Take the still from the live picture."""
        still = self._live.still() if self._live is not None else None
        if still is None:
            return
        self.wait("Keeping the picture…")
        if theme.motion():
            self._flash.setDuration(theme.motion())
            self._flash.start()
        self.still_wanted.emit(still)

    def give(self, source: Callable[[], Picture]) -> None:
        """Take a picture that is there already: a file, the clipboard."""
        self.wait("Opening the picture…")
        self.still_wanted.emit(source)

    def ask_file(self) -> None:
        """Ask for a picture file."""
        ask_open(
            self,
            "Open picture",
            drops.PICTURES,
            lambda path: self.give(drops.from_file(str(path))),
            self.picker.folder,
        )

    def paste(self) -> None:
        """Take the picture from the clipboard."""
        self.offer(QGuiApplication.clipboard().mimeData())

    def offer(self, mime: QMimeData) -> None:
        """Take what was dropped or pasted, if it is a picture."""
        source = drops.from_mime(mime)
        if source is None:
            self.say("There is no picture to take in this. Copy or drop a picture or a picture file.")
        else:
            self.give(source)

    def wait(self, sentence: str) -> None:
        self.say(sentence, "secondary")
        self.shutter.setEnabled(False)

    def refuse(self, error: KnownError) -> None:
        """The still could not be taken or opened: say why, stay live. Of several pictures, one is to be chosen."""
        several = isinstance(error, drops.SeveralPages)
        self.say(str(error), "secondary" if several else "danger")
        if several:
            self.pages_found.emit(error)
        self.shutter.setEnabled(self._size is not None)

    def show_settings(self, settings: Mapping[str, CameraSettings]) -> None:
        """How cameras are set from now on, by name."""
        self._sources = replace(self._sources, settings={**self._sources.settings, **settings})

    @property
    def preview(self) -> LivePreview | None:
        """The live picture; None while there is none."""
        return self._live

    @property
    def failed(self) -> bool:
        """Whether a still that did not pass is shown."""
        return self._failed

    @property
    def sentence(self) -> str:
        """What is said above the checks."""
        return self._sentence.text()

    @property
    def live(self) -> bool:
        """Whether there is a live picture to take a still of."""
        return self._live is not None and self._size is not None

    def set_guided(self, on: bool) -> None:
        """Show the task's guide, or leave it to something else to say where things belong."""
        if on != self._guided:
            self._guided = on
            self._draw_guide()

    def newest(self) -> Pixels | None:
        """The newest live frame; None while there is none to be seen."""
        return self._live.newest() if self._live is not None and self._size is not None else None

    # inside

    def _clear(self) -> None:
        self._stop()
        self._failed = False
        self._quality = None
        self._canvas.clear_overlays()
        self._canvas.set_editor(None)
        self._canvas.zoomable = False
        self._canvas.show_raster(None)
        self._checks.show_quality(None)

    def _on_wanted(self, address: str) -> None:
        self._address = address
        self.source_chosen.emit(address)
        self.say("")
        self.resume()
        # Space takes the still: the keyboard must not stay in the address.
        self._canvas.setFocus()

    def _start(self) -> None:
        self._stop()
        if not self._address or self._task is None:
            self._show_mode()
            return
        # Late: brings in the capture room, which nobody needs who only looks at signed exams.
        from clinoscope.ui.exam.live import LivePreview

        live = LivePreview(self._task)
        live.frame_ready.connect(self._on_frame)
        live.checked.connect(self._on_checked)
        live.state_changed.connect(self._on_state)
        ratio = self._canvas.devicePixelRatioF()
        live.set_room(round(self._canvas.width() * ratio), round(self._canvas.height() * ratio))
        self._live = live
        self.auto.begin(self._task.quality)
        try:
            live.start(self._address, self._sources.settings.get(self._address.removeprefix(CAMERA)))
        except KnownError as error:
            self._stop()
            self.say(str(error), "danger")

    def _stop(self) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            live.frame_ready.disconnect(self._on_frame)
            live.checked.disconnect(self._on_checked)
            live.state_changed.disconnect(self._on_state)
            live.stop()
        self._size = None
        self.shutter.setEnabled(False)
        self.auto.stop()
        self._rescan.stop()  # nobody waits for a camera any more

    def _on_frame(self) -> None:
        if self._live is None:
            return
        ratio = self._canvas.devicePixelRatioF()
        self._live.set_room(round(self._canvas.width() * ratio), round(self._canvas.height() * ratio))
        raster = self._live.take()
        if raster is None:
            return
        self._canvas.show_raster(raster)
        if self._size != (raster.width, raster.height):
            self._size = (raster.width, raster.height)
            self.shutter.setEnabled(True)
            self._show_mode()
            self._draw_guide()

    def _on_checked(self, quality: Quality) -> None:
        if self._live is None:
            return
        changed = self._quality is None or quality.ok != self._quality.ok
        self._quality = quality
        self._checks.show_quality(quality)
        if changed:
            self._draw_guide()
        self.auto.look(quality)

    def _on_state(self, sentence: str) -> None:
        if self._live is None:
            return  # its last word was on the way when it was stopped: it is not about the picture shown now
        overlay = sentence_overlay(sentence, theme.font("body", "medium")) if sentence else None
        # A picture that has stopped must not pass for a live one.
        self._canvas.set_overlay("stopped", dimmed_overlay() if sentence and self._size is not None else None)
        self._canvas.set_overlay("sentence", overlay)
        self._canvas.setAccessibleDescription(sentence)
        self.shutter.setEnabled(not sentence and self._size is not None)
        if sentence:
            self.auto.stop()
            self._checks.show_quality(None)
            self._quality = None
            self._draw_guide()

    def _draw_guide(self) -> None:
        if self._task is None or self._size is None or not self._guided:
            self._canvas.set_overlay("guide", None)
            return
        ready = self._quality is not None and self._quality.ok
        self._canvas.set_overlay("guide", guide_overlay(self._task.guide, self._task.fill, self._size, ready))

    def _show_mode(self) -> None:
        self.picker.setVisible(not self._failed)
        self.auto.switch.setVisible(not self._failed)
        self.retake.setVisible(self._failed)
        self.use_anyway.setVisible(self._failed)
        self._instruction.setVisible(not self._failed)
        self._card.show_for(self._task if not self._failed else None)
        self.shutter.setVisible(not self._failed and self._live is not None)
        nothing = not self._failed and self._live is None and self._task is not None
        self._empty.setVisible(nothing)
        self._empty.place()
        self.picker.offer_file(not nothing)
        if self._empty.isVisible():
            self._rescan.start()
        else:
            self._rescan.stop()

    def _on_flash(self, strength: float) -> None:
        def paint(painter: QPainter, _view: View) -> None:
            painter.fillRect(painter.window(), QColor(255, 255, 255, round(255 * strength)))

        self._canvas.set_overlay("flash", paint if strength > 0 else None)

    def hideEvent(self, event: QHideEvent) -> None:
        # Locked, or another page: a camera that nobody looks at is let go.
        super().hideEvent(event)
        self._stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._task is not None and not self._failed and self._live is None:
            self._start()
            self._show_mode()
