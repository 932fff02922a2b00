"""Colours, in the settings: the cards to print, and the profiles of cameras and microscopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinoscope.domain.correction import Profile
from clinoscope.domain.errors import KnownError
from clinoscope.ui import card_sheet
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.text import label, tell_in_sight

if TYPE_CHECKING:
    from clinoscope.records import Vault
    from clinoscope.ui.pages.profile_panel import ProfilePanel

_DAYS = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "a year"), (0, "never"))
_ABOUT = (
    "A printed colour card in a picture takes the lamp's colour out of it. Where no card can be, under a microscope "
    "for instance, a profile of the device does it, as long as its light stays the same."
)
_FROM = {"card": "from the colour card", "field": "from an empty field"}


class ColourSection(QWidget):
    """``panel`` is there once it has been opened."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__()
        self._host, self._shell = host, shell
        self.panel: ProfilePanel | None = None
        self.cards = QuietButton("Colour cards to print…", icon="ph.printer")
        self.cards.clicked.connect(self._ask_cards)
        self.make = QuietButton("Make a device profile…")
        self.make.clicked.connect(self._open_panel)
        self.outcome = label("", "small", wrap=True)
        self.outcome.hide()
        self.days = Combo("Say so when a profile is older than")
        self.days.setFixedWidth(160)
        for count, words in _DAYS:
            self.days.addItem(words, count)
        self.days.currentIndexChanged.connect(self._days_chosen)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.cards)
        buttons.addWidget(self.make)
        buttons.addStretch(1)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.rows: list[ProfileRow] = []
        self._age = QWidget()
        age = QHBoxLayout(self._age)
        age.setContentsMargins(0, 0, 0, 0)
        age.addWidget(label("Say so when a profile is older than", "small", "secondary"))
        age.addWidget(self.days)
        age.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        column.addLayout(buttons)
        column.addWidget(self.outcome)
        column.addLayout(self._list)
        column.addWidget(self._age)

    def refresh(self) -> None:
        """Show the profiles as they are kept."""
        self._say("")
        run_task(self, _kept, self._shell.open_vault, done=self._show)

    def _show(self, found: tuple[int, tuple[tuple[Profile, str], ...]]) -> None:
        limit, kept = found
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for profile, warning in kept:
            row = ProfileRow(profile, warning)
            row.remove.clicked.connect(lambda _=False, device=profile.device: self._remove(device))
            self._list.addWidget(row)
            self.rows.append(row)
        self._age.setVisible(bool(kept))
        self.days.blockSignals(True)
        self.days.setCurrentIndex(max(self.days.findData(limit), 0))
        self.days.blockSignals(False)

    def _remove(self, device: str) -> None:
        from clinoscope.workflow import colour

        run_task(
            self,
            colour.remove_profile,
            self._shell.open_vault,
            device,
            done=lambda _: self.refresh(),
            failed=self._failed,
        )

    def _days_chosen(self, _place: int) -> None:
        from clinoscope.workflow import colour

        count = int(self.days.currentData())
        run_task(self, colour.set_days, self._shell.open_vault, count, done=lambda _: self.refresh())

    def _ask_cards(self) -> None:
        card_sheet.ask_where(self, self._say, self._failed)

    def _open_panel(self) -> None:
        if self.panel is None:  # few ever open it, and the page is not to wait for what it imports
            from clinoscope.ui.pages.profile_panel import ProfilePanel

            self.panel = ProfilePanel(self._host, self._shell)
            self.panel.kept.connect(self.refresh)
        self.panel.open_live()

    def _failed(self, error: KnownError) -> None:
        self._say(str(error), "danger")

    def _say(self, words: str, tone: str = "ink") -> None:
        tell_in_sight(self.outcome, words, tone)


class ProfileRow(QWidget):
    """A device, what its profile came from and when, and the way to take it away."""

    def __init__(self, profile: Profile, warning: str) -> None:
        super().__init__()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(profile.device, weight="medium"))
        made = f"{profile.made_at.astimezone():%Y-%m-%d}"
        self.about: QLabel = label(f"Made {made} {_FROM[profile.made_from]}", "small", "secondary", wrap=True)
        words.addWidget(self.about)
        if warning:
            words.addWidget(label(warning, "small", "amber", wrap=True))
        self.remove = QuietButton("Remove", tip=f"Correct pictures of {profile.device} no more")
        self.remove.setAccessibleName(f"Remove the profile of {profile.device}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.addLayout(words, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)


def _kept(vault: Vault) -> tuple[int, tuple[tuple[Profile, str], ...]]:
    """On a worker: after how many days a profile is old, and each profile with what is wrong with it."""
    from clinoscope.workflow import colour

    limit = colour.days(vault)
    return limit, tuple((profile, colour.too_old(profile, limit)) for profile in colour.profiles(vault))
