"""Log in, or unlock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QShowEvent

from clinoscope.domain.errors import KnownError
from clinoscope.ui.gate.column import Column
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.gate.elsewhere import Elsewhere
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.workflow import session

if TYPE_CHECKING:
    from clinoscope.records import Vault

ELSEWHERE = "This vault is open in another copy of Clinoscope. Use that one, or close it: then you can log in here."


class Login(Column):
    """The name is remembered on this PC, nothing else.

    While locked the vault stays open behind this page: the same user's password brings
    everything back as it was; another user's name logs the first one out. While another copy of
    the program has the vault, nothing is asked here.
    """

    recovery_wanted = Signal()
    restore_wanted = Signal()

    def __init__(self, shell: Shell, folder: Path) -> None:
        super().__init__("Log in")
        self._shell = shell
        self.folder = folder
        self.name = Field("Name", check=lambda text: "" if text.strip() else "Type your name.")
        self.password = Field(
            "Password", password=True, check=lambda text: "" if text else "Type your password.", reserve=True
        )
        self.button = PrimaryButton("Log in")
        self.button.clicked.connect(self._try)
        self.forgot = LinkButton("Forgot the password? Use the recovery code")
        self.forgot.clicked.connect(self.recovery_wanted)
        self.body.addWidget(self.name)
        self.body.addWidget(self.password)
        self.body.addWidget(self.button)
        self.body.addWidget(self.forgot, 0, Qt.AlignmentFlag.AlignLeft)
        self.restore = LinkButton("Restore a backup…")
        self.restore.clicked.connect(self.restore_wanted)
        self.body.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self._wait = Countdown(self.button, "The name or the password is not right.", self.password.set_error)
        self.name.submitted.connect(self.password.setFocus)
        self.password.submitted.connect(self._try)
        self.name.set_text(shell.preferences.value.user)
        self._elsewhere = Elsewhere(self)
        self._elsewhere.changed.connect(self._on_elsewhere)

    def start(self) -> None:
        self.show_state()
        self.name.set_text(self._shell.preferences.value.user)
        self.password.set_text("")
        self._take_keyboard()

    def show_state(self) -> None:
        """Locked, or nobody logged in, or open in another copy; what is typed stays."""
        self._watch()
        self._lay_out()

    def _lay_out(self) -> None:
        locked = self._shell.vault is not None
        held = self._elsewhere.held and not locked
        self.title.setText("Locked" if locked else "Already open" if held else "Log in")
        self.set_line("Everything is as you left it." if locked else ELSEWHERE if held else "")
        self.button.setText("Unlock" if locked else "Log in")
        for asked in (self.name, self.password, self.button):
            asked.setVisible(not held)
        for link in (self.forgot, self.restore):
            link.setVisible(not locked and not held)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._elsewhere.stop()

    def _watch(self) -> None:
        if self._shell.vault is None and self.isVisible():
            self._elsewhere.watch(self.folder)
        else:
            self._elsewhere.stop()

    def _on_elsewhere(self, held: bool) -> None:
        if held:
            self.setFocus()  # else the keyboard would go on to a link that is about to go, too
        self._lay_out()
        if held:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, ELSEWHERE))
            return
        if not self._wait.running:
            self.password.set_error("")
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        (self.password if self.name.text() else self.name).setFocus()

    def _try(self) -> None:
        if self._wait.running or not self.button.isEnabled() or not all_ok(self.name, self.password):
            return
        self.password.set_error("")
        name, password = self.name.text().strip(), self.password.text()
        vault = self._shell.vault
        if vault is not None and vault.user.name == name:
            run_task(self, session.unlock, vault, password, done=self._unlocked, failed=self._refused, busy=self.button)
            return
        if vault is None:
            self._begin(name, password)
            return

        def take_over(_nothing: object) -> None:
            self._shell.close_vault()
            self._begin(name, password)

        run_task(self, session.admit, vault, name, password, done=take_over, failed=self._refused, busy=self.button)

    def _begin(self, name: str, password: str) -> None:
        self._elsewhere.stop()  # from now on it may be this copy that has it
        run_task(self, _open, self.folder, name, password, done=self._opened, failed=self._refused, busy=self.button)

    def _opened(self, vault: Vault) -> None:
        self.password.set_text("")
        self._shell.enter_vault(vault)

    def _unlocked(self, _nothing: object) -> None:
        self.password.set_text("")
        self._shell.opened.emit()

    def _refused(self, error: KnownError) -> None:
        self.password.edit.selectAll()
        self.password.setFocus()
        self._wait.start(error)
        self._watch()


def _open(folder: Path, name: str, password: str) -> Vault:
    """On a worker: what the frame and its first page need is brought in there, too."""
    from clinoscope.ui import preload

    preload.first_page()
    return session.open_vault(folder, name, password)
