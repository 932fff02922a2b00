"""Reading the fields that wait, one after the other, while the person goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.ui.dates import time_left
from clinoscope.ui.smear import state
from clinoscope.ui.smear.state import State

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage


class Reader(QObject):
    """One per page. ``busy`` while a field is read; ``left`` says how long what waits may take."""

    def __init__(self, page: SmearPage) -> None:
        super().__init__(page)
        self._page = page
        self.busy = False
        self.left = ""
        self._first: float | None = None
        self._done = 0
        self._stopping = False
        page.desk.side.progress.toggle_wanted.connect(self.toggle)
        page.desk.side.progress.take_out_wanted.connect(page.acts.ask_take_out)

    def begin(self) -> None:
        """Another smear comes."""
        self.busy, self._stopping = False, False
        self._measure_anew()

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the reading of what waits, now or on another day."""
        return self._stopping or (self._page.state is not None and self._page.state.stopped)

    @property
    def going(self) -> bool:
        """Whether there is something to stop: fields that are read, or files on their way in."""
        waiting = self._page.state is not None and self._page.state.waiting > 0
        return not self.stopped and (waiting or self._page.files > 0)

    def stop(self) -> None:
        """Read no further and take in no more files. What was read stays; what was stored waits."""
        page = self._page
        self._stopping = True
        self._measure_anew()
        page.intake.drop_files()

        def kept(_: object) -> None:
            self._stopping = False
            if self.stopped:
                page.shell.say("Reading is stopped. Ctrl+T goes on.")

        def refused(error: KnownError) -> None:
            self._stopping = False
            page.shell.warn(str(error), "danger")

        page.change(lambda bench: bench.stop(), kept, refused)

    def toggle(self) -> None:
        """Stop reading, or go on."""
        page = self._page
        if not self.going and not self.stopped:
            page.shell.say("Every field is read.")
        elif page.refuse_but_sorting(Act.EXAM_TAKE):
            return
        elif self.going:
            self.stop()
        else:
            page.change(lambda bench: bench.go_on(), lambda _: self.read_on())

    def _measure_anew(self) -> None:
        self.left, self._first = "", None

    def read_on(self) -> None:
        """Read what waits, unless it is being read."""
        page = self._page
        bench = page.bench
        if bench is None or self.busy or page.signed or self.stopped:
            return
        self.busy = True

        def read_one() -> State | None:
            return state.look(bench) if bench.read_next() is not None else None

        def kept(found: State | None) -> None:
            self.busy = False
            if found is None:
                self._first = None
                return
            self._tell(found.waiting + page.files)
            page.show_state(found)
            self.read_on()

        def refused(error: KnownError) -> None:
            self.busy, self._first = False, None
            page.shell.warn(str(error), "danger")

        page.run(read_one, done=kept, failed=refused)

    def _tell(self, waiting: int) -> None:
        """How long it may take, by the fields that were read at a stretch; the first waits for the models, too."""
        now = time.monotonic()
        if self._first is None:
            self._first, self._done = now, 0
        else:
            self._done += 1
        self.left = time_left(now - self._first, self._done, waiting)
