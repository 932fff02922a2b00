"""What stands before the vault, and which of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from clinoscope.ui.gate.column import Column
from clinoscope.ui.gate.login import Login
from clinoscope.ui.shell import Shell
from clinoscope.workflow import session

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.ui.gate.first_start import FirstStart, RecoveryCode
    from clinoscope.ui.gate.recover import Recover
    from clinoscope.ui.gate.restore import Restore


class Gate(QStackedWidget):
    """First start when there is no vault yet, otherwise the login."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        super().__init__()
        self._shell = shell
        self.folder = folder
        self.login: Login | None = None
        self.first: FirstStart | None = None
        self.code: RecoveryCode | None = None
        self.recover: Recover | None = None
        self.restore: Restore | None = None
        self._made: Vault | None = None
        shell.left.connect(self._on_left)
        if session.vault_exists(folder):
            self.ask()
        else:
            self._begin()

    def lock(self) -> None:
        """The login comes up over what is open."""
        if self._shell.vault is not None:
            self.folder = self._shell.vault.folder
        self.ask()

    def ask(self) -> None:
        """Bring up the login."""
        if self.login is None:
            self.login = Login(self._shell, self.folder)
            self.login.recovery_wanted.connect(self._recovery)
            self.login.restore_wanted.connect(self._restore)
            self.addWidget(self.login)
        self.login.folder = self.folder
        self._up(self.login)

    def end(self) -> None:
        """The window closes: a vault whose code was still on the screen is closed with it."""
        if self._made is not None:
            self._made.close()
            self._made = None

    def _on_left(self) -> None:
        if self.login is not None and self.currentWidget() is self.login:
            self.login.show_state()  # whoever logs in as someone else does so from here, with the name typed already
        else:
            self.ask()

    def _begin(self) -> None:
        from clinoscope.ui.gate.first_start import FirstStart

        self.first = FirstStart(self._shell, self.folder)
        self.first.made.connect(self.show_code)
        self.first.found.connect(self._on_found)
        self.first.restore_wanted.connect(self._restore)
        self.addWidget(self.first)
        self._up(self.first)

    def show_code(self, vault: Vault, code: str) -> None:
        """Show the recovery code of a new vault; the vault opens once it is kept."""
        from clinoscope.ui.gate.first_start import RecoveryCode

        self._made = vault
        self.folder = vault.folder
        self.code = RecoveryCode()
        self.code.kept.connect(self._on_kept)
        self.addWidget(self.code)
        self.code.show_code(code)
        self._up(self.code)

    def _on_kept(self) -> None:
        vault, self._made = self._made, None
        assert vault is not None
        self._shell.enter_vault(vault)

    def _on_found(self, folder: Path) -> None:
        self.folder = folder
        self.ask()

    def _recovery(self) -> None:
        from clinoscope.ui.gate.recover import Recover

        if self.recover is None:
            self.recover = Recover(self._shell, self.folder)
            self.recover.back_wanted.connect(self.ask)
            self.addWidget(self.recover)
        self.recover.folder = self.folder
        self._up(self.recover)

    def _restore(self) -> None:
        from clinoscope.ui.gate.restore import Restore

        came_from = self.currentWidget()
        if self.restore is not None:
            self.removeWidget(self.restore)
            self.restore.deleteLater()
        self.restore = Restore(self._shell, self.folder)
        self.restore.restored.connect(self._on_found)
        self.restore.back_wanted.connect(lambda: self._up(came_from))  # type: ignore[arg-type]  # a page of this gate
        self.addWidget(self.restore)
        self._up(self.restore)

    def start(self) -> None:
        """The window stands: give the keyboard to the page that is up (it lost it when it was put in there)."""
        page = self.currentWidget()
        assert isinstance(page, Column)
        page.start()

    def _up(self, page: Column) -> None:
        self.setCurrentWidget(page)
        page.start()
