"""The panel that changes the password of the user who is logged in."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinoscope.domain.errors import KnownError, WrongPassword
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.gate.password import NewPassword
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.ui.widgets.panel import Panel
from clinoscope.workflow import users


class PasswordPanel(Panel):
    """The old one is asked for, with the same growing delay as at the login."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Change password", width=440)
        self._shell = shell
        self.old = Field("Password now", password=True, check=lambda text: "" if text else "Type your password.")
        self.new = NewPassword("New password", lambda: shell.user.name if shell.user else "")
        self.body.addWidget(self.old)
        self.body.addWidget(self.new)
        self.body.addStretch(1)
        self.button = PrimaryButton("Change password")
        self.button.clicked.connect(self._try)
        self.end_with(self.button)
        self._wait = Countdown(self.button, "The password is not right.", self.old.set_error)
        self.old.submitted.connect(self.new.setFocus)
        self.new.submitted.connect(self._try)

    def open_empty(self) -> None:
        self.old.set_text("")
        self.new.clear()
        self.open_panel(self.old.edit)

    def _try(self) -> None:
        if self._wait.running or not self.button.isEnabled() or not all_ok(self.old, self.new):
            return
        words = (self._shell.open_vault, self.old.text(), self.new.text())
        run_task(self, users.change_password, *words, done=self._done, failed=self._refused, busy=self.button)

    def _done(self, _nothing: object) -> None:
        self.close_panel()
        self.old.set_text("")
        self.new.clear()
        self._shell.say("The password is changed.")

    def _refused(self, error: KnownError) -> None:
        self._wait.start(error)
        if isinstance(error, WrongPassword):
            self.old.edit.selectAll()
            self.old.setFocus()
