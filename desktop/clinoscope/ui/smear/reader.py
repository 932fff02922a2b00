"""Reading the fields that wait, one after the other, while the person goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinoscope.domain.errors import KnownError
from clinoscope.ui.dates import time_left
from clinoscope.ui.smear import state
from clinoscope.ui.smear.state import State

if TYPE_CHECKING:
    from clinoscope.ui.smear.page import SmearPage


class Reader(QObject):
    """One per page. ``busy`` while a field is read; ``left`` says how long those that wait may take."""

    def __init__(self, page: SmearPage) -> None:
        super().__init__(page)
        self._page = page
        self.busy = False
        self.left = ""
        self._first: float | None = None
        self._done = 0

    def begin(self) -> None:
        """Another smear comes."""
        self.busy, self.left, self._first = False, "", None

    def read_on(self) -> None:
        """Read what waits, unless it is being read."""
        page = self._page
        bench = page.bench
        if bench is None or self.busy or page.signed:
            return
        self.busy = True

        def read_one() -> State | None:
            return state.look(bench) if bench.read_next() is not None else None

        def kept(found: State | None) -> None:
            self.busy = False
            if found is None:
                self._first = None
                return
            self._tell(found.waiting)
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
