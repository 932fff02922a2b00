"""The panel that makes a device's colour profile: which camera, what lies before it, take, look, keep."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from clinoscope import modes
from clinoscope.domain.correction import Profile
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Picture
from clinoscope.ui.exam.canvas import PictureCanvas
from clinoscope.ui.exam.raster import Raster, frame_raster
from clinoscope.ui.exam.work import LAST_SOURCE
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label, set_tone
from clinoscope.workflow import colour

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.workflow.capture import Source

_LOOK = 80
"""Milliseconds between looks for a newer frame: this picture is only there to aim by."""
_STAGE = 230
_WHAT = ((colour.CARD, "The colour card"), (colour.FIELD, "An empty field"))
_HOW = {
    colour.CARD: "Set up the usual light. Hold the card flat where the patient will be, facing the camera.",
    colour.FIELD: "Move to an empty place of a slide, light as for reading, and blur it a little. Use the objective "
    "that you read with.",
}
_MANUAL = "Switch the camera's automatic white balance off first where it can be: a profile holds for one setting."


class ProfilePanel(Panel):
    """``kept`` once a profile is in the vault."""

    kept = Signal()

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Make a device profile", width=440)
        self._shell = shell
        self._source: Source | None = None
        self._profile: Profile | None = None
        self.camera = Combo("Camera")
        self.camera.currentIndexChanged.connect(self._watch)
        self.what = Choice("What lies before it", _WHAT)
        self.what.changed.connect(lambda _: self._again())
        self._how = label("", "small", "secondary", wrap=True)
        self.stage = PictureCanvas()
        self.stage.setFixedHeight(_STAGE)
        self.stage.zoomable = False
        self.words = label("", "small", "secondary", wrap=True)
        self.body.addWidget(titled("Camera", self.camera))
        self.body.addWidget(titled("What lies before it", self.what))
        for widget in (self._how, label(_MANUAL, "small", "secondary", wrap=True), self.stage, self.words):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.again = QuietButton("Take again")
        self.again.clicked.connect(self._again)
        self.take = PrimaryButton("Take picture", icon="ph.camera")
        self.take.clicked.connect(self._take)
        self.keep = PrimaryButton("Keep profile")
        self.keep.clicked.connect(self._keep)
        self.foot.addStretch(1)
        for button in (self.again, self.take, self.keep):
            self.foot.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self._look)
        self._show_taken(None)

    def open_live(self) -> None:
        """Open with the cameras that are there now."""
        self.take.setEnabled(False)
        self._say("Looking for cameras…")
        self.open_panel(self.camera)
        run_task(self, _sources, self._shell.open_vault, done=self._show_sources)

    def _show_sources(self, sources: tuple[tuple[str, str], ...]) -> None:
        self.camera.blockSignals(True)
        self.camera.clear()
        for name, address in sources:
            self.camera.addItem(name, address)
        self.camera.blockSignals(False)
        self.take.setEnabled(False)
        if sources:
            self._watch()
        else:
            self._say("No camera was found. Plug it in and open this again.", "amber")

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, or the page is left: a camera that nobody looks at is let go."""
        super().hideEvent(event)
        self._stop()

    # the live picture

    def _watch(self) -> None:
        from clinoscope.workflow.capture import open_source

        self._stop()
        self._show_taken(None)
        address = self.camera.currentData()
        if address and self.isVisible():
            self._source = open_source(str(address))
            self._source.start()
            self._timer.start()

    def _stop(self) -> None:
        self._timer.stop()
        source, self._source = self._source, None
        if source is not None:
            # Some cameras take a second to let go: that must not be the window's second.
            run_task(self, source.stop, done=lambda _: None)

    def _look(self) -> None:
        source = self._source
        if source is None or self._profile is not None:
            return
        frame = source.latest()
        self.take.setEnabled(frame is not None)
        if frame is None:
            self._say(source.reason or "Waiting for the camera…", "amber" if source.reason else "secondary")
            return
        if self.words.property("tone") == "secondary":
            self._say("")
        ratio = self.stage.devicePixelRatioF()
        room = round(self.stage.width() * ratio), round(self.stage.height() * ratio)
        self.stage.show_raster(frame_raster(frame.pixels, room))

    # take, look, keep

    def _take(self) -> None:
        source = self._source
        if source is not None:
            self._say("Looking at the picture…")
            made_from = self.what.value()
            run_task(self, _made, source, made_from, done=self._taken, failed=self._refused, busy=self.take)

    def _taken(self, made: tuple[Profile, Raster]) -> None:
        profile, raster = made
        self._timer.stop()
        self.stage.show_raster(raster)
        red, green, blue = profile.gains
        self._show_taken(profile)
        self._say(
            f"This is how pictures will look. Red × {red:.2f}, green × {green:.2f}, blue × {blue:.2f}; "
            f"quality {100 * profile.score:.0f} %.",
            "ink",
        )
        self.keep.setFocus()

    def _refused(self, error: KnownError) -> None:
        self._say(str(error), "amber")

    def _again(self) -> None:
        self._show_taken(None)
        self._say("")
        if self._source is not None:
            self._timer.start()

    def _keep(self) -> None:
        if self._profile is not None:
            run_task(
                self,
                colour.keep_profile,
                self._shell.open_vault,
                self._profile,
                done=lambda _: self._done(),
                failed=self._refused,
                busy=self.keep,
            )

    def _done(self) -> None:
        self.close_panel()
        self.kept.emit()

    def _show_taken(self, profile: Profile | None) -> None:
        self._profile = profile
        self._how.setText(_HOW[self.what.value() or colour.CARD])
        self.take.setVisible(profile is None)
        self.again.setVisible(profile is not None)
        self.keep.setVisible(profile is not None)

    def _say(self, words: str, tone: str = "secondary") -> None:
        self.words.setText(words)
        set_tone(self.words, tone)


def _sources(vault: Vault) -> tuple[tuple[str, str], ...]:
    """On a worker: name and address of every camera here, and of the network cameras used last."""
    from clinoscope.workflow.capture import list_cameras

    found = [(camera.name, f"camera:{camera.name}") for camera in list_cameras()]
    for mode in modes.all_modes():
        address = str(vault.settings.get(LAST_SOURCE + mode.id, ""))
        # the host alone: an address may hold a password
        name = str(urlsplit(address).hostname) if address.startswith(("http", "rtsp")) else ""
        if name and address not in [known for _, known in found]:
            found.append((name, address))
    return tuple(found)


def _made(source: Source, made_from: str) -> tuple[Profile, Raster]:
    """On a worker: the still, what it gives, and how it looks with it. Raises CameraError, PictureError."""
    picture: Picture = source.still()
    profile = colour.make_profile(picture, made_from)
    return profile, frame_raster(colour.working(picture, colour.by_profile(profile)).pixels, (960, 540))
