"""Settings: how it looks, when it locks, where the vault lies and whether it is well."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinoscope import __version__
from clinoscope.domain.access import Act
from clinoscope.domain.counts import many
from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.ui import theme
from clinoscope.ui.page import Page
from clinoscope.ui.pages.backup_section import BackupSection
from clinoscope.ui.pages.colour_section import ColourSection
from clinoscope.ui.pages.health_section import HealthSection
from clinoscope.ui.pages.layout import at_left, heading, page_column
from clinoscope.ui.pages.number_section import NumberSection
from clinoscope.ui.pages.privacy_section import PrivacySection
from clinoscope.ui.pages.smear_section import SmearSection
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import hairline, label, tell_in_sight

if TYPE_CHECKING:
    from clinoscope.ui.pages.about import AboutPanel
    from clinoscope.ui.pages.export_panel import ExportPanel
    from clinoscope.ui.pages.password_panel import PasswordPanel
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
    """Every change is kept at once; there is nothing to confirm. ``whole`` as soon as its lower half is built, too."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        column = page_column(self, widest=760)
        head, _title = heading("Settings")
        column.addLayout(head)
        scroll = QScrollArea(self)
        column.addWidget(scroll, 1)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget(scroll)
        self._content.setObjectName("ScrollBody")
        self._rows = QVBoxLayout(self._content)
        self._rows.setContentsMargins(0, 0, 16, 0)
        self._rows.setSpacing(16)
        self._rows.addStretch(1)
        scroll.setWidget(self._content)
        self._looks()
        self._locking()
        self._access()
        self._vault()
        self.whole = False
        QTimer.singleShot(0, self, self._finish)

    def _finish(self) -> None:
        """Build what lies below the window's edge a turn later: all at once held the window for 30 to 50 ms."""
        self.numbers = NumberSection(self, self.shell)
        self._section("Patient numbers", self.numbers)
        self.colours = ColourSection(self, self.shell)
        self._section("Colours", self.colours)
        self._training_set()
        self.smears = SmearSection(self, self.shell)
        self._section("Smears", self.smears)
        self.privacy = PrivacySection(self, self.shell)
        self._section("Privacy", self.privacy)
        self._about()
        self.whole = True
        if self.shell.vault is not None:
            self._refresh_lower()

    @functools.cached_property
    def password_panel(self) -> PasswordPanel:
        """Made when it is first opened, as the one below: few ever do, and the page is not to wait for them."""
        from clinoscope.ui.pages.password_panel import PasswordPanel

        return PasswordPanel(self, self.shell)

    @functools.cached_property
    def about_panel(self) -> AboutPanel:
        """The licences."""
        from clinoscope.ui.pages.about import AboutPanel

        return AboutPanel(self)

    def _ask_password(self) -> None:
        self.password_panel.open_empty()

    def _show_licences(self) -> None:
        self.about_panel.open_panel()

    def enter(self, **what: object) -> None:
        self.place.setText(str(self.shell.open_vault.folder))
        user = self.shell.user
        self.user.setText(user.name if user else "")
        self._show_access()
        self.backups.refresh()
        if self.whole:
            self._refresh_lower()
        left_at = self._left_at()
        (left_at if left_at is not None and left_at.isVisibleTo(self) else self.looks).setFocus()

    def leave(self) -> None:
        if self.whole:
            self.privacy.flush()
        self.hide_panels()

    def _left_at(self) -> QWidget | None:
        """What had the keyboard when another page came up: back from Users… or Log… it has it again."""
        return self.focusWidget()

    def _refresh_lower(self) -> None:
        self._training_section.setVisible(self.shell.may(Act.DATASET))
        self.colours.refresh()
        self.numbers.refresh()
        self.privacy.refresh()

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
        change.clicked.connect(self._ask_password)
        self._section("Lock by itself", at_left(self.lock))
        self._section("Logged in", self.user, at_left(change))

    def _access(self) -> None:
        self.users = QuietButton("Users…")
        self.users.clicked.connect(lambda: self.shell.go("users"))
        self.log = QuietButton("Log…")
        self.log.clicked.connect(lambda: self.shell.go("audit"))
        self.emergency = QuietButton("Emergency access…")
        self.emergency.clicked.connect(lambda: self._open_access("emergency"))
        self.code = QuietButton("New recovery code…")
        self.code.clicked.connect(lambda: self._open_access("code"))
        self.rotate = QuietButton("New vault key…")
        self.rotate.clicked.connect(lambda: self._open_access("rotate"))
        self._opened: list[Panel] = []
        self._people = self._section("Access", at_left(self.users, self.log, self.emergency))
        self._keys = self._section("Keys", at_left(self.code, self.rotate))

    def _show_access(self) -> None:
        """Only what the user may do."""
        may = self.shell.may
        self.users.setVisible(may(Act.USERS))
        self.log.setVisible(may(Act.AUDIT))
        self.emergency.setVisible(not (may(Act.PATIENT_READ) and may(Act.EXAM_READ)))
        for section, shown in (
            (self._people, may(Act.USERS) or may(Act.AUDIT) or self.emergency.isVisibleTo(self)),
            (self._keys, may(Act.KEYS)),
            (self._backup_section, may(Act.BACKUP)),
            (self._check_section, may(Act.CHECK)),
        ):
            section.setVisible(shown)

    def _open_access(self, which: str) -> None:
        from clinoscope.ui.pages.custody_panels import EmergencyPanel, KeyPanel

        panel: EmergencyPanel | KeyPanel
        if which == "emergency":
            panel = EmergencyPanel(self, self.shell)
        else:
            panel = KeyPanel(self, self.shell, rotate=which == "rotate")
        for old in self._opened:
            old.deleteLater()
        self._opened = [panel]
        panel.open_empty()

    def _vault(self) -> None:
        self.place = label("", wrap=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.backups = BackupSection(self, self.shell)
        self.health = HealthSection(self, self.shell, lambda: self.backups.folder)
        self._section("Vault", self.place)
        self._backup_section = self._section("Backup", self.backups)
        self._check_section = self._section("Health", self.health)

    def _training_set(self) -> None:
        self.export = QuietButton("Export a training set…")
        self.export.clicked.connect(self._open_export)
        self.export_panel: ExportPanel | None = None
        self.exported = label("", "small", wrap=True, parent=self)
        self.exported.hide()
        self._training_section = self._section("Training set", at_left(self.export), self.exported)

    def _about(self) -> None:
        about = QuietButton("Licences…")
        about.clicked.connect(self._show_licences)
        words = label(f"Clinoscope {__version__}. {RESEARCH_ONLY}")
        self._section("About", words, at_left(about), last=True)

    def _section(self, name: str, *parts: QWidget | QLayout, last: bool = False) -> QWidget:
        """Built in its place, from outside to inside: each parent put above a part styles all below it anew."""
        section = QWidget(self._content)
        self._rows.insertWidget(self._rows.count() - 1, section)
        outer = QVBoxLayout(section)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(24)
        outer.addLayout(row)
        title = label(name, "body", weight="medium", parent=section)
        title.setFixedWidth(_NAMES)
        title.setMinimumHeight(theme.CONTROL)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(8)
        row.addLayout(column, 1)
        for part in parts:
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                if isinstance(part, QLabel):
                    part.setMinimumHeight(theme.CONTROL if part is parts[0] else 0)
                column.addWidget(part)
        if not last:
            outer.addWidget(hairline())
        return section

    def _look(self, value: str) -> None:
        self.shell.preferences.change(appearance=value)
        theme.set_appearance(theme.Appearance(value))

    def _move_less(self, on: bool) -> None:
        self.shell.preferences.change(less_motion=on)
        theme.watcher().less_motion = on

    def _lock_after(self, _place: int) -> None:
        self.shell.preferences.change(auto_lock_minutes=int(self.lock.currentData()))

    def _open_export(self) -> None:
        if self.export_panel is None:  # few ever open it, and the page is not to wait for what it imports
            from clinoscope.ui.pages.export_panel import ExportPanel

            self.export_panel = ExportPanel(self, self.shell)
            self.export_panel.exported.connect(self._show_export)
        self.export_panel.open_empty()

    def _show_export(self, done: Exported) -> None:
        left_out = sum(done.left_out.values())
        went = f"{many(done.pictures, 'picture', 'pictures')} of {many(done.patients, 'patient', 'patients')}"
        words = f"{went} went to {done.folder}; {left_out} left out."
        tell_in_sight(
            self.exported, f"{words} Look through them before they leave the clinic; README.txt says more.", "ink"
        )
