"""The panel that adds a user, or changes what one may do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from clinoscope.domain.access import Account, Role
from clinoscope.domain.errors import KnownError
from clinoscope.ui import theme
from clinoscope.ui.gate.password import NewPassword
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import DangerButton, LinkButton, PrimaryButton
from clinoscope.ui.widgets.fields import Checked, Field, all_ok
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import permissions, users

_RESET = "Tell the new password in person. Signatures made so far stay valid."


class UserPanel(Panel):
    """``said`` carries what was done."""

    said = Signal(str)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Add user", width=440)
        self._shell = shell
        self._account: Account | None = None
        self.name = Field("Name", check=lambda text: "" if text.strip() else "Type the name of the user.")
        self.password = NewPassword("Password", self.name.text)
        self.reset = LinkButton("Give another password…")
        self.reset.clicked.connect(self._open_reset)
        self.reset_help = label(_RESET, "small", "secondary", wrap=True)
        self.body.addWidget(self.name)
        self.body.addWidget(self.reset)
        self.body.addWidget(self.password)
        self.body.addWidget(self.reset_help)
        self.body.addWidget(label("May work as", "small", "secondary", weight="medium"))
        self.body.setSpacing(8)
        self.roles: dict[Role, QCheckBox] = {}
        for words in permissions.role_words():
            box = QCheckBox(words.name)
            box.setFont(theme.font("body", "medium"))
            box.setAccessibleDescription(words.about)
            about = label(words.about, "small", "secondary", wrap=True)
            about.setContentsMargins(26, 0, 0, 4)
            self.body.addWidget(box)
            self.body.addWidget(about)
            self.roles[words.role] = box
        self.problem = label("", "small", "danger", wrap=True)
        self.below.addWidget(self.problem)
        self.body.addStretch(1)
        self.remove = DangerButton("Remove user")
        self.remove.clicked.connect(self._ask_remove)
        self.button = PrimaryButton("Add user")
        self.button.clicked.connect(self.save)
        self.foot.addWidget(self.remove)
        self.end_with(self.button)
        self.name.submitted.connect(self.password.setFocus)
        self.password.submitted.connect(self.save)

    def open_new(self) -> None:
        """Empty, for a clinician."""
        self._fill(None, "Add user", "Add user", frozenset({Role.CLINICIAN}))
        self.open_panel(self.name.edit)

    def open_for(self, account: Account) -> None:
        """What a user may do, another password, removal."""
        self._fill(account, account.user.name, "Save", account.roles)
        self.open_panel(next(iter(self.roles.values())))

    def save(self) -> None:
        """Check every field; store when all is right."""
        if not self.button.isEnabled():
            return
        new = self._account is None
        asked: list[Checked] = [*([self.name] if new else []), *([self.password] if self.password.isVisible() else [])]
        roles = [role for role, box in self.roles.items() if box.isChecked()]
        if not roles:
            self._say("Choose at least one: without a role nobody can do anything here.")
        if not all_ok(*asked) or not roles:
            return
        vault, account = self._shell.open_vault, self._account
        name, password = self.name.text(), self.password.text() if self.password.isVisible() else ""
        if account is None:
            self._run(lambda: users.add(vault, name, password, roles), f"{name.strip()} may log in now.")
            return
        user_id, changed = account.user.id, frozenset(roles) != account.roles

        def change() -> None:
            if changed:
                users.set_roles(vault, user_id, roles)
            if password:
                users.reset_password(vault, user_id, password)

        self._run(change, "Saved.")

    def _run(self, work: Callable[[], object], words: str) -> None:
        self._say("")
        run_task(self, work, done=lambda _: self._done(words), failed=self._refused, busy=self.button)

    def _done(self, words: str) -> None:
        self.password.clear()
        self.close_panel()
        self.said.emit(words)

    def _refused(self, error: KnownError) -> None:
        self._say(str(error))

    def _open_reset(self) -> None:
        self.reset.hide()
        self.password.show()
        self.reset_help.show()
        self.password.setFocus()

    def _ask_remove(self) -> None:
        """Once more, in the same place: the second press removes."""
        account = self._account
        if account is None:
            return
        if self.remove.text() == "Remove user":
            self.remove.setText("Yes, remove")
            self._say(
                f"{account.user.name} can then not log in any more. Everything signed stays. Press again to do it."
            )
            return
        vault, user_id = self._shell.open_vault, account.user.id
        self._run(lambda: users.remove(vault, user_id), f"{account.user.name} is removed.")

    def _fill(self, account: Account | None, title: str, button: str, roles: frozenset[Role]) -> None:
        new = account is None
        me = account is not None and self._shell.user is not None and account.user.id == self._shell.user.id
        self._account = account
        self.title.setText(title)
        self.button.setText(button)
        self.name.set_text(account.user.name if account else "")
        self.name.setVisible(new)
        self.password.clear()
        self.password.setVisible(new)
        self.reset.setVisible(not new and not me)
        self.reset_help.hide()
        self.remove.setVisible(not new and not me)
        self.remove.setText("Remove user")
        self._say("")
        for role, box in self.roles.items():
            box.setChecked(role in roles)

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
