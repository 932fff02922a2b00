"""Users: who may log in, and what they may do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.domain.access import Account
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, page_column
from clinoscope.ui.pages.user_panel import UserPanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton, QuietButton
from clinoscope.ui.widgets.rows import Column, Header, Row, RowList
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import permissions, users

_COLUMNS = (Column("Name", 320), Column("May work as", tone="ink"))
_EXPLAIN = (
    "Everyone has a name and a password of their own: what somebody signs, opens or changes stands in the log under it."
)


class UsersPage(Page):
    """Enter opens a user: roles, another password, removal."""

    keys = (
        ("↑ ↓", "Through the users"),
        ("Enter", "Open the user"),
        ("Ctrl+U", "Add a user"),
        ("Esc", "Back to Settings"),
    )

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.back = QuietButton("Settings", icon="ph.arrow-left", tip="Back to Settings (Esc)")
        self.back.clicked.connect(lambda: shell.go("settings"))
        self.add = PrimaryButton("Add user", icon="ph.plus", tip="Add a user (Ctrl+U)")
        self.add.clicked.connect(self._add)
        # Not the button's own shortcut: that one presses it for 100 ms, and the first letters would be lost.
        self.shortcut = QShortcut(QKeySequence("Ctrl+U"), self, self._add)
        column = page_column(self)
        head, _title = heading("Users", self.back, self.add)
        column.addLayout(head)
        column.addWidget(label(_EXPLAIN, "body", "secondary", wrap=True))
        self.rows = RowList(_COLUMNS, "Users")
        self.rows.opened.connect(self._open)
        table = QWidget()
        inner = QVBoxLayout(table)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(Header(self.rows))
        inner.addWidget(self.rows, 1)
        column.addWidget(table, 1)
        self.panel = UserPanel(self, shell)
        self.panel.said.connect(shell.say)
        shell.changed.connect(self._on_changed)

    def enter(self, **what: object) -> None:
        self._load()
        self.rows.setFocus()

    def leave(self) -> None:
        self.hide_panels()

    def _on_changed(self, kind: str) -> None:
        if self.isVisible() and kind == "users":
            self._load()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shell.go("settings")
        else:
            super().keyPressEvent(event)

    def _load(self) -> None:
        self.rows.loading()
        run_task(self, users.accounts, self.shell.open_vault, done=self._show)

    def _show(self, accounts: tuple[Account, ...]) -> None:
        shown = sorted(accounts, key=lambda account: account.removed)
        self.rows.show_rows([self._row(account) for account in shown], select_first=True)

    def _row(self, account: Account) -> Row:
        me = self.shell.user is not None and account.user.id == self.shell.user.id
        chip = ("Removed", "ink") if account.removed else ("You", "accent") if me else None
        names = ", ".join(words.name for words in permissions.role_words() if words.role in account.roles)
        return Row(key=account.user.id, texts=(account.user.name, names), chip=chip, what=account)

    def _add(self) -> None:
        self.panel.open_new()

    def _open(self, row: Row) -> None:
        account = row.what
        assert isinstance(account, Account)
        if account.removed:
            self.shell.say(f"{account.user.name} was removed. What this user signed stays as it is.")
        else:
            self.panel.open_for(account)
