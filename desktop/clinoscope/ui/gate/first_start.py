"""First start: make the vault and its first user, then keep the recovery code safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui import clipboard, theme
from clinoscope.ui.file_dialogs import ask_folder
from clinoscope.ui.gate.column import Column
from clinoscope.ui.gate.password import NewPassword
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton, QuietButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.ui.widgets.text import ElidedLabel, hairline, label, tell
from clinoscope.workflow import session

if TYPE_CHECKING:
    from clinoscope.records import Vault


class FirstStart(Column):
    """Name, password, place."""

    made = Signal(object, str)
    found = Signal(Path)
    restore_wanted = Signal()

    def __init__(self, shell: Shell, folder: Path) -> None:
        super().__init__(
            "Welcome to Clinoscope",
            "Patients and pictures are kept in an encrypted vault on this computer. Who will open it first?",
        )
        self._shell = shell
        self.folder = folder
        self.name = Field("Your name", check=lambda text: "" if text.strip() else "Type your name.")
        self.password = NewPassword("Password", self.name.text)
        self.button = PrimaryButton("Create vault")
        self.button.clicked.connect(self._try)
        self.body.addWidget(self.name)
        self.body.addWidget(self.password)
        self.body.addLayout(self._place_row())
        self.wrong = label("", "small", "danger", wrap=True)
        self.wrong.hide()
        self.body.addWidget(self.wrong)
        self.body.addWidget(self.button)
        self.restore = LinkButton("Restore a backup instead…")
        self.restore.clicked.connect(self.restore_wanted)
        self.body.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.name.submitted.connect(self.password.setFocus)
        self.password.submitted.connect(self._try)

    def start(self) -> None:
        self.name.setFocus()

    def set_folder(self, folder: Path) -> None:
        """Where the vault will lie. A folder that holds one already is opened instead."""
        if session.vault_exists(folder):
            self.found.emit(folder)
            return
        self.folder = folder
        self._place.setText(str(folder))

    def _place_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("Kept in", "small", "secondary"))
        self._place = ElidedLabel(str(self.folder), "small", "secondary")
        self._change = LinkButton("Change…")
        self._change.setFont(theme.font("small", "medium"))
        self._change.setAccessibleName("Change where the vault is kept")
        self._change.clicked.connect(self._choose)
        row.addWidget(self._place, 1)
        row.addWidget(self._change)
        return row

    def _choose(self) -> None:
        ask_folder(self, "Where to keep the vault", self._keep_in, str(self.folder.parent))

    def _keep_in(self, folder: Path) -> None:
        self.set_folder(folder if session.vault_exists(folder) else folder / "Clinoscope vault")

    def _try(self) -> None:
        if not self.button.isEnabled() or not all_ok(self.name, self.password):
            return
        self._say("")
        self.button.setText("Creating the vault…")
        who = (self.folder, self.name.text().strip(), self.password.text())
        run_task(self, session.create_vault, *who, done=self._created, failed=self._refused, busy=self.button)

    def _created(self, vault_and_code: tuple[Vault, str]) -> None:
        self.button.setText("Create vault")
        self.password.clear()
        self.made.emit(*vault_and_code)

    def _refused(self, error: KnownError) -> None:
        self.button.setText("Create vault")
        self._say(str(error))

    def _say(self, words: str) -> None:
        tell(self.wrong, words, "danger")


class RecoveryCode(Column):
    """Shown once. The way on opens with the tick."""

    kept = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Keep this code safe",
            "It is the only way back in if every password is forgotten, and it is shown only now. "
            "Keep it on paper, away from this computer.",
            width=480,
        )
        self._code = ""
        self.words = QLabel()
        self.words.setFont(theme.font("title", "semibold"))
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Recovery code")
        self.print_button = QuietButton("Print…")
        self.print_button.clicked.connect(self._print)
        self.copy_button = QuietButton("Copy")
        self.copy_button.clicked.connect(self._copy)
        self.tick = QCheckBox("I have printed it or written it down")
        self.button = PrimaryButton("Continue")
        self.button.setEnabled(False)
        self.tick.toggled.connect(self.button.setEnabled)
        self.button.clicked.connect(self._go_on)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.print_button)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        for part in (hairline(), self.words, hairline()):
            self.body.addWidget(part)
        self.body.addLayout(buttons)
        self.body.addSpacing(8)
        self.body.addWidget(self.tick)
        self.body.addWidget(self.button)

    def show_code(self, code: str) -> None:
        self._code = code
        self.words.setText(code)
        self.tick.setChecked(False)
        self.copy_button.setText("Copy")

    def start(self) -> None:
        self.print_button.setFocus()

    def _copy(self) -> None:
        clipboard.put(self._code)
        self.copy_button.setText("Copied for a minute")

    def _print(self) -> None:
        print_code(self, self._code)

    def _go_on(self) -> None:
        self._code = ""
        self.words.clear()
        self.kept.emit()


def print_code(parent: QWidget, code: str) -> None:
    """Ask for a printer and print the code on one sheet. Nothing is written to disk."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec():
        run_task(parent, print_sheet, code, printer)


def print_sheet(code: str, printer: object) -> None:
    """Paint the sheet with the code on the printer. For workers. Raises KnownError."""
    from clinoscope.ui.exam.report_view import print_pdf
    from clinoscope.workflow import custody

    print_pdf(custody.recovery_sheet(code), printer)
