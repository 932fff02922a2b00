"""The panel with the key of every class of a differential count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.smear_sheet import CellClass
from clinoscope.ui import theme
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.edits import LineEdit
from clinoscope.workflow.smear import tables

if TYPE_CHECKING:
    from clinoscope.records import Vault


class KeysPanel(Panel):
    """Opened from the settings. Each class has one letter or digit, or none."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Keys of the classes")
        self._shell = shell
        self.edits: dict[str, LineEdit] = {}
        self._made: list[QWidget] = []
        self.said = label("", "small", "danger", wrap=True)
        explain = "The key that puts a cell into its class on the smear bench. One letter or digit; none twice."
        self.body.addWidget(label(explain, "small", "secondary", wrap=True))
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)
        self.below.addWidget(self.said)
        self.shipped = QuietButton("Shipped keys")
        self.shipped.clicked.connect(self._show_shipped)
        self.button = PrimaryButton("Save")
        self.button.clicked.connect(self.keep)
        self.foot.addWidget(self.shipped)
        self.end_with(self.button)

    def open_fresh(self) -> None:
        """Show the keys that hold now."""
        self.said.hide()
        self.open_panel()
        run_task(self, tables.of_vault, self._shell.open_vault, done=self._show)

    def _show(self, classes: Mapping[str, CellClass]) -> None:
        for gone in self._made:
            gone.hide()
            gone.deleteLater()
        self.edits, self._made = {}, []
        for row, entry in enumerate(classes.values()):
            edit = LineEdit(entry.key.upper())
            edit.setFont(theme.font())
            edit.setMaxLength(1)
            edit.setFixedWidth(48)
            edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
            edit.setAccessibleName(f"Key of {entry.name}")
            edit.returnPressed.connect(self.keep)
            name = label(entry.name, wrap=True)
            self._made += (name, edit)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(edit, row, 1)
            self.edits[entry.id] = edit
        first = next(iter(self.edits.values()))
        first.setFocus()
        first.selectAll()

    def _show_shipped(self) -> None:
        for entry in tables.classes().values():
            self.edits[entry.id].setText(entry.key.upper())

    def keep(self) -> None:
        """Keep all of them, or say which two are the same."""
        keys = {class_id: edit.text().strip().lower() for class_id, edit in self.edits.items()}
        run_task(self, _keep, self._shell.open_vault, keys, done=self._kept, failed=self._refuse, busy=self.button)

    def _kept(self, _: object) -> None:
        self.close_panel()
        self._shell.say("The keys are kept.")

    def _refuse(self, error: KnownError) -> None:
        self.said.setText(str(error))
        self.said.show()


def _keep(vault: Vault, keys: Mapping[str, str]) -> None:
    """Only what differs is kept: a key that is shipped changed some day is then everybody's."""
    own = tables.classes(tables.own_classes(vault))
    tables.set_keys(vault, {class_id: key for class_id, key in keys.items() if own[class_id].key != key})
