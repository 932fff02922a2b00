"""Settings: how it looks, when it locks, where the vault lies and whether it is well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinoscope import __version__
from clinoscope.domain.errors import KnownError
from clinoscope.ui import theme
from clinoscope.ui.page import Page
from clinoscope.ui.pages.about import AboutPanel
from clinoscope.ui.pages.layout import heading, page_column
from clinoscope.ui.pages.password_panel import PasswordPanel
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.text import hairline, label, set_tone

if TYPE_CHECKING:
    from clinoscope.records import VerifyReport
    from clinoscope.ui.pages.export_panel import ExportPanel
    from clinoscope.ui.pages.keys_panel import KeysPanel
    from clinoscope.ui.pages.ranges_panel import RangesPanel
    from clinoscope.workflow.export_dataset import Exported

_LOOKS = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_LOCKS = (
    (2, "After 2 minutes"),
    (5, "After 5 minutes"),
    (10, "After 10 minutes"),
    (30, "After 30 minutes"),
    (0, "Never"),
)
_NAMES = 200


class SettingsPage(Page):
    """Every change is kept at once; there is nothing to confirm."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        column = page_column(self, widest=760)
        head, _title = heading("Settings")
        column.addLayout(head)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setObjectName("ScrollBody")
        self._rows = QVBoxLayout(content)
        self._rows.setContentsMargins(0, 0, 16, 0)
        self._rows.setSpacing(16)
        scroll.setWidget(content)
        column.addWidget(scroll, 1)
        self._looks()
        self._locking()
        self._vault()
        self._training_set()
        self._smears()
        self._about()
        self._rows.addStretch(1)

    def enter(self, **what: object) -> None:
        self.place.setText(str(self.shell.open_vault.folder))
        user = self.shell.user
        self.user.setText(user.name if user else "")
        self.looks.setFocus()

    def leave(self) -> None:
        for panel in (self.password_panel, self.export_panel, self.ranges_panel, self.keys_panel, self.about_panel):
            if panel is not None:
                panel.hide()

    def _looks(self) -> None:
        kept = self.shell.preferences.value
        self.looks = Choice("Appearance", _LOOKS)
        self.looks.take(kept.appearance)
        self.looks.changed.connect(self._look)
        self.less_motion = QCheckBox("Less movement on the screen")
        self.less_motion.setChecked(kept.less_motion)
        self.less_motion.toggled.connect(self._move_less)
        self._section("Appearance", self.looks, self.less_motion)

    def _locking(self) -> None:
        self.lock = Combo("Lock by itself")
        self.lock.setFixedWidth(220)
        for minutes, words in _LOCKS:
            self.lock.addItem(words, minutes)
        place = self.lock.findData(self.shell.preferences.value.auto_lock_minutes)
        self.lock.setCurrentIndex(place if place >= 0 else 2)
        self.lock.currentIndexChanged.connect(self._lock_after)
        self.user = label("")
        change = QuietButton("Change password…")
        self.password_panel = PasswordPanel(self, self.shell)
        change.clicked.connect(self.password_panel.open_empty)
        self._section("Lock by itself", _left(self.lock))
        self._section("Logged in", self.user, _left(change))

    def _vault(self) -> None:
        self.place = label("", wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.back_up = QuietButton("Back up now…")
        self.back_up.clicked.connect(self._choose_backup)
        self.backed_up = _outcome()
        self.check = QuietButton("Check the vault")
        self.check.clicked.connect(self._check)
        self.checked = _outcome()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.hide()
        self._section("Vault", self.place)
        self._section("Backup", _left(self.back_up), self.backed_up)
        self._section("Health", _left(self.check), self._busy, self.checked)

    def _training_set(self) -> None:
        self.export = QuietButton("Export a training set…")
        self.export.clicked.connect(self._open_export)
        self.export_panel: ExportPanel | None = None
        self.exported = _outcome()
        self._section("Training set", _left(self.export), self.exported)

    def _smears(self) -> None:
        self.ranges = QuietButton("Reference ranges…")
        self.ranges.clicked.connect(self._open_ranges)
        self.ranges_panel: RangesPanel | None = None
        self.keys_button = QuietButton("Keys of the classes…")
        self.keys_button.clicked.connect(self._open_keys)
        self.keys_panel: KeysPanel | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.ranges)
        row.addWidget(self.keys_button)
        row.addStretch(1)
        self._section("Smears", row)

    def _open_ranges(self) -> None:
        if self.ranges_panel is None:
            from clinoscope.ui.pages.ranges_panel import RangesPanel

            self.ranges_panel = RangesPanel(self, self.shell)
        self.ranges_panel.open_fresh()

    def _open_keys(self) -> None:
        if self.keys_panel is None:
            from clinoscope.ui.pages.keys_panel import KeysPanel

            self.keys_panel = KeysPanel(self, self.shell)
        self.keys_panel.open_fresh()

    def _about(self) -> None:
        about = QuietButton("Licences…")
        self.about_panel = AboutPanel(self)
        about.clicked.connect(self.about_panel.open_panel)
        words = label(f"Clinoscope {__version__}. Research use only; not a diagnosis.")
        self._section("About", words, _left(about), last=True)

    def _section(self, name: str, *parts: QWidget | QLayout, last: bool = False) -> None:
        row = QHBoxLayout()
        row.setSpacing(24)
        title = label(name, "body", weight="medium")
        title.setFixedWidth(_NAMES)
        title.setMinimumHeight(theme.CONTROL)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(8)
        for part in parts:
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                if isinstance(part, QLabel):
                    part.setMinimumHeight(theme.CONTROL if part is parts[0] else 0)
                column.addWidget(part)
        row.addLayout(column, 1)
        self._rows.addLayout(row)
        if not last:
            self._rows.addWidget(hairline())

    def _look(self, value: str) -> None:
        self.shell.preferences.change(appearance=value)
        theme.set_appearance(theme.Appearance(value))

    def _move_less(self, on: bool) -> None:
        self.shell.preferences.change(less_motion=on)
        theme.watcher().less_motion = on

    def _lock_after(self, _place: int) -> None:
        self.shell.preferences.change(auto_lock_minutes=int(self.lock.currentData()))

    def _choose_backup(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Where to put the backup")
        if chosen:
            self.back_up_to(Path(chosen))

    def back_up_to(self, folder: Path) -> None:
        """Back up into ``folder`` and say where it lies."""
        _say(self.backed_up, "Backing up…", "secondary")
        run_task(
            self,
            self.shell.open_vault.backup,
            folder,
            done=lambda path: _say(self.backed_up, f"Backed up to {path}. Keep it off this computer.", "ink"),
            failed=lambda error: _say(self.backed_up, str(error), "danger"),
            busy=self.back_up,
        )

    def _open_export(self) -> None:
        if self.export_panel is None:  # few ever open it, and the page is not to wait for what it imports
            from clinoscope.ui.pages.export_panel import ExportPanel

            self.export_panel = ExportPanel(self, self.shell)
            self.export_panel.exported.connect(self._show_export)
        self.export_panel.open_empty()

    def _show_export(self, done: Exported) -> None:
        left_out = sum(done.left_out.values())
        words = f"{done.pictures} pictures of {done.patients} patients went to {done.folder}; {left_out} left out."
        _say(self.exported, f"{words} Look through them before they leave the clinic; README.txt says more.", "ink")

    def _check(self) -> None:
        _say(self.checked, "", "ink")
        self._busy.show()
        run_task(self, self.shell.open_vault.verify, done=self._show_check, failed=self._check_failed, busy=self.check)

    def _show_check(self, report: VerifyReport) -> None:
        self._busy.hide()
        rows = f"{report.exams} exams, {report.pictures} pictures, {report.labs} lab values"
        looked = f"{rows} and {report.events} log entries looked at."
        if report.ok:
            _say(self.checked, f"Everything is as it was written. {looked}", "ink")
        else:
            _say(self.checked, "\n".join([*report.problems, looked]), "danger")

    def _check_failed(self, error: KnownError) -> None:
        self._busy.hide()
        _say(self.checked, str(error), "danger")


def _outcome() -> QLabel:
    words = label("", "small", wrap=True)
    words.hide()
    return words


def _say(line: QLabel, words: str, tone: str) -> None:
    line.setText(words)
    set_tone(line, tone)
    line.setVisible(bool(words))


def _left(button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch(1)
    return row
