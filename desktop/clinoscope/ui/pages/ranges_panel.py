"""The panel with the laboratory's reference ranges: shown, saved as a table, and taken from a changed one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.ui.file_dialogs import ask_open, ask_save
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import LinkButton, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.text import tell
from clinoscope.workflow.smear import ranges_csv, tables
from clinoscope.workflow.smear.tables import RangeRow

if TYPE_CHECKING:
    from clinoscope.records import Vault

FILE = "reference-ranges.csv"
OWN = "Ranges of this laboratory"
SHIPPED = "The shipped ranges: check them against your own people"
TABLES = "Tables (*.csv)"
_ABOUT = (
    "By age and sex, for the differential counts of this vault. Save them as a table, change it in any spreadsheet, "
    "and import it again."
)


class RangesPanel(Panel):
    """Opened from the settings."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Reference ranges", width=480)
        self._shell = shell
        self.whose = label("", "body", weight="medium", wrap=True)
        self.said = label("", "small", "secondary", wrap=True)
        self.table = label("", "small", wrap=True)
        self.shipped = LinkButton("Back to the shipped ranges")
        self.shipped.clicked.connect(lambda: self._keep(None))
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        for part in (self.whose, self.said, self.shipped, self.table):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.save = QuietButton("Save the table…")
        self.save.clicked.connect(self._ask_save)
        self.take = PrimaryButton("Import a table…")
        self.take.clicked.connect(self._ask_take)
        self.foot.addWidget(self.save, 1)
        self.foot.addWidget(self.take, 1)

    def open_fresh(self) -> None:
        """Show what holds now."""
        self.said.hide()
        self.open_panel(self.take)
        self._load()

    def _load(self) -> None:
        run_task(self, _look, self._shell.open_vault, done=self._show)

    def _show(self, found: tuple[bool, str]) -> None:
        own, words = found
        self.whose.setText(OWN if own else SHIPPED)
        self.shipped.setVisible(own)
        self.table.setText(words)

    def _ask_save(self) -> None:
        ask_save(self, "Save the reference ranges", FILE, TABLES, self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the ranges that hold as a table."""
        done = f"Saved as {path.name}. Once it is changed, import it with the other button."
        vault = self._shell.open_vault
        run_task(self, _save, vault, path, done=lambda _: self._say(done), failed=self._refuse, busy=self.save)

    def _ask_take(self) -> None:
        ask_open(self, "Import a table of reference ranges", TABLES, self.take_from)

    def take_from(self, path: Path) -> None:
        """Put the ranges of a table in the place of those that hold; all of them or none."""
        vault = self._shell.open_vault
        run_task(self, _take, vault, path, done=self._taken, failed=self._refuse, busy=self.take)

    def _keep(self, rows: tuple[RangeRow, ...] | None) -> None:
        run_task(
            self, tables.set_ranges, self._shell.open_vault, rows, done=lambda _: self._taken(0), failed=self._refuse
        )

    def _taken(self, count: int) -> None:
        told = many(count, "range was imported.", "ranges were imported.")
        self._say(f"{told} Drafts show them when they are opened next." if count else "")
        self._load()

    def _refuse(self, error: KnownError) -> None:
        self._say(f"Nothing was changed.\n{error}", "danger")

    def _say(self, words: str, tone: str = "ink") -> None:
        tell(self.said, words, tone)
        self.take.setFocus()  # a button that was busy has lost the keyboard


def _look(vault: Vault) -> tuple[bool, str]:
    """Whether the ranges are the laboratory's own, and all of them in words."""
    rows = tables.ranges(vault)
    names = {entry.id: entry.name for entry in tables.of_vault(vault).values()}
    names |= {group.id: group.name for group in tables.groups()}
    lines = [
        "\n".join([names.get(of, of), *(_words(row) for row in rows if row.of == of)])
        for of in dict.fromkeys(row.of for row in rows)
    ]
    return rows != tables.ranges(), "\n\n".join(lines)


def _words(row: RangeRow) -> str:
    """``from 2 years, F: 30–77 %, 2.4–7.3 · 10⁹/L``."""
    years, months = divmod(row.from_months, 12)
    number, unit = (row.from_months, "month") if months else (years, "year")
    age = f"from {many(number, unit, f'{unit}s')}" if row.from_months else "from birth"
    spans = [f"{row.percent[0]:g}–{row.percent[1]:g}\u00a0%"] if row.percent else []
    spans += [f"{row.absolute[0]:g}–{row.absolute[1]:g}\u00a0·\u00a010⁹/L"] if row.absolute else []
    return f"{', '.join(part for part in (age, row.sex.value) if part)}: {', '.join(spans)}"


def _save(vault: Vault, path: Path) -> None:
    from clinoscope.workflow.files import save

    save(path, ranges_csv.to_csv(tables.ranges(vault)), "The table")


def _take(vault: Vault, path: Path) -> int:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotAllowed(f"The table could not be read: {error.strerror}.") from error
    rows = ranges_csv.of_csv(data)
    tables.set_ranges(vault, rows)
    return len(rows)
