"""The panel in which something is signed: what it is in words, then the password again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.widgets import Field, Panel, PrimaryButton, label
from clinoscope.ui.widgets.fields import all_ok


class SigningPanel(Panel):
    """``rows`` are (name, value), what matters most first; those without a value are left out. ``wanted`` carries the
    password."""

    wanted = Signal(str)

    def __init__(self, host: QWidget, title: str, rows: Sequence[tuple[str, str]], explain: str, user: str) -> None:
        super().__init__(host, title)
        self._act = title
        self.body.setSpacing(8)
        for name, value in rows:
            if value:
                self.body.addWidget(entry(name, value))
        self.body.addWidget(label(explain, "small", "secondary", wrap=True))
        self.body.addStretch(1)
        self.password = Field(
            f"Password of {user}", password=True, check=lambda text: "" if text else "Type your password."
        )
        self.password.submitted.connect(self.ask)
        self.below.setSpacing(12)
        # The panel covers the words that stand beside the reading: they must not have to be scrolled to here.
        self.below.addWidget(label(RESEARCH_ONLY, "small", "secondary", weight="medium"))
        self.below.addWidget(self.password)
        self.button = PrimaryButton(title, icon="ph.pen-nib")
        self.button.clicked.connect(self.ask)
        self.foot.addWidget(self.button, 1)
        self._wait = Countdown(self.button, "The password is not right.", self.password.set_error)

    def ask(self) -> None:
        """Hand out the password, unless there is none or a wait is running."""
        if self._wait.running or not self.button.isEnabled() or not all_ok(self.password):
            return
        self.button.setEnabled(False)
        self.button.setText("Signing…")
        self.wanted.emit(self.password.text())

    def refuse(self, error: KnownError) -> None:
        """Signing failed: say why, and wait after a wrong password."""
        self.button.setText(self._act)
        self.button.setEnabled(True)
        self.password.edit.selectAll()
        self.password.setFocus()
        self._wait.start(error)


def entry(name: str, value: str) -> QWidget:
    """A name with what it says beneath, which can be marked and copied."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(label(name, "small", "secondary", weight="medium"))
    text = label(value, "body", wrap=True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    layout.addWidget(text)
    return made
