"""Back in with the printed recovery code, and a new password."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from clinoscope.domain.errors import KnownError
from clinoscope.ui.gate.column import Column
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.gate.password import NewPassword
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.workflow import session

if TYPE_CHECKING:
    from clinoscope.records import Vault


class Recover(Column):
    """The code is typed from paper: case and dashes do not matter."""

    back_wanted = Signal()

    def __init__(self, shell: Shell, folder: Path) -> None:
        super().__init__(
            "Use the recovery code", "It was shown once when the vault was created, to print or write down."
        )
        self._shell = shell
        self.folder = folder
        self.code = Field("Recovery code", check=lambda text: "" if text.strip() else "Type the recovery code.")
        self.name = Field("Your name", check=lambda text: "" if text.strip() else "Type your name.")
        self.password = NewPassword("New password", self.name.text)
        self.button = PrimaryButton("Set new password and log in")
        self.button.clicked.connect(self._try)
        back = LinkButton("Back to log in")
        back.clicked.connect(self.back_wanted)
        for part in (self.code, self.name, self.password):
            self.body.addWidget(part)
        self.body.addSpacing(4)
        self.body.addWidget(self.button)
        self.body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        self._wait = Countdown(self.button, "The code is not the one of this vault.", self.code.set_error)
        self.password.submitted.connect(self._try)

    def start(self) -> None:
        self.code.set_text("")
        self.name.set_text(self._shell.preferences.value.user)
        self.password.clear()
        self.code.setFocus()

    def _try(self) -> None:
        if self._wait.running or not self.button.isEnabled() or not all_ok(self.code, self.name, self.password):
            return
        who = (self.folder, self.code.text().strip(), self.name.text().strip(), self.password.text())
        run_task(self, session.recover, *who, done=self._opened, failed=self._refused, busy=self.button)

    def _opened(self, vault: Vault) -> None:
        self.start()
        self._shell.enter_vault(vault)
        self._shell.say("The new password is set.")

    def _refused(self, error: KnownError) -> None:
        self.code.setFocus()
        self._wait.start(error)
