"""Panels around the keys: another recovery code, another vault key, access in an emergency."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QProgressBar, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui import theme
from clinoscope.ui.gate.countdown import Countdown
from clinoscope.ui.gate.first_start import print_code
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Told, run_task
from clinoscope.ui.widgets.buttons import DangerButton, PrimaryButton, QuietButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import custody, permissions

_NEW_CODE = "A new sheet to print. The code printed before opens nothing any more; throw that sheet away."
_ROTATE = (
    "When somebody who left may have copied the vault or its keys: every record and picture is encrypted anew, with a"
    " new recovery code. Everyone logs in as before. It takes as long as copying the vault, needs as much free space,"
    " and can be interrupted without harm. Backups made so far stay under the old key."
)
_EMERGENCY = (
    "For {minutes} minutes you can open every record and report, to help a patient. Your name and your reason are shown"
    " in red in the log."
)


class KeyPanel(Panel):
    """Asks for the password, does it, and shows the new recovery code to print. ``rotate``: the vault key, too."""

    rotated = Signal()
    """The vault is closed: back to the log-in."""

    def __init__(self, host: QWidget, shell: Shell, *, rotate: bool) -> None:
        super().__init__(host, "New vault key" if rotate else "New recovery code", width=440)
        self._shell, self._rotate, self._code = shell, rotate, ""
        self.body.addWidget(label(_ROTATE if rotate else _NEW_CODE, "body", "secondary", wrap=True))
        self.password = Field("Your password", password=True, check=lambda text: "" if text else "Type your password.")
        self.password.submitted.connect(self._try)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.code = QLabel()
        self.code.setFont(theme.font("title", "semibold"))
        self.code.setWordWrap(True)
        self.code.setAccessibleName("Recovery code")
        self.print = QuietButton("Print…", icon="ph.printer")
        self.print.clicked.connect(lambda: print_code(self, self._code))
        self.tick = QCheckBox("I have printed it or written it down")
        for part in (self.password, self.bar, self.code, self.print, self.tick):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.button = PrimaryButton("Encrypt anew" if rotate else "Make a new code")
        self.button.clicked.connect(self._try)
        self.cancel = QuietButton("Cancel")
        self.cancel.clicked.connect(self.close_panel)
        self.finish = PrimaryButton("Done")
        self.finish.setEnabled(False)
        self.finish.clicked.connect(self._finish)
        self.tick.toggled.connect(self.finish.setEnabled)
        self.foot.addStretch(1)
        for button in (self.cancel, self.button, self.finish):
            self.foot.addWidget(button)
        self._wait = Countdown(self.button, "The password is not right.", self.password.set_error)

    def open_empty(self) -> None:
        self._show_code("")
        self.password.set_text("")
        self.open_panel(self.password.edit)

    def close_panel(self) -> None:
        """Not while the code is on the screen only, nor while everything is encrypted."""
        if not self._code and self.button.isEnabled():
            super().close_panel()

    def _try(self) -> None:
        if self._wait.running or not self.button.isEnabled() or not all_ok(self.password):
            return
        vault, password, told = self._shell.open_vault, self.password.text(), Told()
        told.progress.connect(self._show_progress)

        def work() -> str:
            if self._rotate:
                return custody.rotate(vault, password, lambda done, of: told.progress.emit(done, of, ""))
            return custody.new_recovery_code(vault, password)

        self.cancel.setEnabled(False)
        run_task(self, work, done=self._show_code, failed=self._refused, busy=self.button)

    def _show_code(self, code: str) -> None:
        self._code = code
        self.password.set_text("")
        self.cancel.setEnabled(True)
        self.code.setText(code)
        self.tick.setChecked(False)
        self.bar.hide()
        before: tuple[QWidget, ...] = (self.password, self.button, self.cancel)
        after: tuple[QWidget, ...] = (self.code, self.print, self.tick, self.finish)
        for part in (*before, *after):
            part.setVisible(bool(code) == (part in after))
        if code:
            self.print.setFocus()

    def _show_progress(self, done: int, of: int, _about: str) -> None:
        self.bar.show()
        self.bar.setRange(0, of)
        self.bar.setValue(done)

    def _finish(self) -> None:
        self._show_code("")
        super().close_panel()
        if self._rotate:
            self._shell.close_vault()
            self.rotated.emit()

    def _refused(self, error: KnownError) -> None:
        self.bar.hide()
        self.cancel.setEnabled(True)
        self._wait.start(error)
        self.password.edit.selectAll()
        self.password.setFocus()


class EmergencyPanel(Panel):
    """Access to what the roles do not allow, for a while and with a reason."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Emergency access", width=440)
        self._shell = shell
        words = _EMERGENCY.format(minutes=permissions.emergency_minutes())
        self.body.addWidget(label(words, "body", "secondary", wrap=True))
        self.reason = Field("Why?", help_text="In a few words, without the patient's name.", check=_reason_error)
        self.reason.submitted.connect(self._try)
        self.body.addWidget(self.reason)
        self.body.addStretch(1)
        self.button = DangerButton("Open the records")
        self.button.clicked.connect(self._try)
        self.end_with(self.button)

    def open_empty(self) -> None:
        self.reason.set_text("")
        self.open_panel(self.reason.edit)

    def _try(self) -> None:
        if self.button.isEnabled() and all_ok(self.reason):
            vault, reason = self._shell.open_vault, self.reason.text()
            run_task(self, permissions.emergency, vault, reason, done=self._begun, busy=self.button)

    def _begun(self, minutes: int) -> None:
        self.close_panel()
        self._shell.access_changed.emit()
        self._shell.go("people")
        self._shell.warn(f"Emergency access for {minutes} minutes. It is in the log with your reason.", "danger")


def _reason_error(text: str) -> str:
    return "" if len(text.strip()) >= 5 else "Say it in a few words: it is kept in the log."
