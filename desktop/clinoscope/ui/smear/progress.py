"""How far the fields are: how many there are, what is still to be read, and the way to stop that or to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.counts import many
from clinoscope.modes.wording import fields
from clinoscope.ui.smear.state import State
from clinoscope.ui.widgets import LinkButton, label

STOP, GO_ON = "Stop reading", "Go on reading"


class Progress(QWidget):
    """``toggle_wanted`` stops reading or goes on, ``take_out_wanted`` leaves out what is not read."""

    toggle_wanted = Signal()
    take_out_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = label("", "small", "secondary", wrap=True)
        self._stopped = label("", "small", "amber", wrap=True)
        self.toggle = LinkButton(STOP)
        self.toggle.clicked.connect(self.toggle_wanted)
        self.take_out = LinkButton("Take them out…", tip="Leave the fields out that are not read")
        self.take_out.clicked.connect(self.take_out_wanted)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.toggle)
        links.addWidget(self.take_out)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._line, self._stopped):
            column.addWidget(part)
        column.addLayout(links)

    def show_state(self, state: State, files: int, left: str, *, stops: bool, takes_out: bool) -> None:
        """``files`` are still to be taken in, ``left`` says how long what waits may take. The user may stop reading and
        go on (``stops``), and leave out what is not read (``takes_out``)."""
        self._line.setText(_line(state, files, left))
        stopped = f"Reading is stopped: {many(state.waiting, 'field is', 'fields are')} not read."
        self._stopped.setText(stopped if state.stopped else "")
        self._stopped.setVisible(state.stopped)
        # One link with two words: whoever pressed it with the keyboard stays on it.
        self.toggle.setText(GO_ON if state.stopped else STOP)
        self.toggle.setToolTip(f"{GO_ON} (Ctrl+T)" if state.stopped else f"{STOP} (Esc)")
        self.toggle.setVisible(stops and bool(state.waiting or files))
        self.take_out.setVisible(takes_out and state.stopped)


def _line(state: State, files: int, left: str) -> str:
    parts = [fields(state.fields)]
    if files:
        parts.append(f"taking in {many(files, 'file', 'files')}")
    if state.waiting and not state.stopped:
        parts.append(f"reading {state.waiting}{left or '…'}")
    return " · ".join(parts)
