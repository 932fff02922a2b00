"""A list of patients from a file: every line with what becomes of it first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.ui.dates import in_words, today
from clinoscope.ui.file_dialogs import ask_open, ask_save
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton, QuietButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.fields import titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.rows import Column, Header, Row, RowList
from clinoscope.ui.widgets.text import label, set_tone
from clinoscope.workflow import import_patients
from clinoscope.workflow.import_patients import Fate

if TYPE_CHECKING:
    from clinoscope.workflow.import_patients import Planned, Preview

TABLES = "Tables (*.csv *.txt *.tsv)"
TEMPLATE = "patients.csv"
_ABOUT = (
    "A CSV file from any spreadsheet or program. Its first line names the columns: number, name (or given name and "
    "family name), born, sex, note. Nothing is written before you press Import."
)
_DATES = (("", "Not said"), ("day", "Day first"), ("month", "Month first"))
_ORDER = {"day": True, "month": False}
_CHIPS = {
    Fate.NEW: ("Will be added", "accent"),
    Fate.THERE: ("Here already", "slate"),
    Fate.ALIKE: ("Looks alike", "amber"),
    Fate.ERROR: ("Error", "danger"),
}
_FIRST = (Fate.ERROR, Fate.ALIKE, Fate.NEW, Fate.THERE)
"""What needs a look stands on top."""


class _Rows(Sequence[Row]):
    """The rows of many lines, each made when it is looked at."""

    def __init__(self, lines: list[Planned]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> _Rows: ...

    def __getitem__(self, place: int | slice) -> Row | _Rows:
        return _Rows(self._lines[place]) if isinstance(place, slice) else _row(self._lines[place])


class ImportPanel(Panel):
    """Opened from the page People; the list of it fills by itself when patients come."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Import patients", width=880)
        self._shell = shell
        self._latest = Latest(self)
        self._file: Path | None = None
        self.seen: Preview | None = None
        self.choose = QuietButton("Choose a file…", icon="ph.table")
        self.choose.clicked.connect(self._ask_file)
        self.template = LinkButton("Save an empty list to fill in")
        self.template.clicked.connect(self._ask_template)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.choose)
        row.addWidget(self.template)
        row.addStretch(1)
        self.dates = Choice("Dates such as 03/04/1990", _DATES)
        self.dates.changed.connect(lambda _: self._read_again())
        self._dates = titled("Dates such as 03/04/1990", self.dates)
        self.said = label("", "body", wrap=True)
        self.rows = RowList((Column("Patient"), Column("Line", 64, right=True)), "Lines")
        self.rows.setMinimumHeight(220)
        self._table = QWidget()
        table = QVBoxLayout(self._table)
        table.setContentsMargins(0, 0, 0, 0)
        table.setSpacing(0)
        table.addWidget(Header(self.rows))
        table.addWidget(self.rows, 1)
        self.alike = QCheckBox("Also add those who look alike")
        self.alike.toggled.connect(lambda _: self._count())
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        self.body.addLayout(row)
        self.body.addWidget(self._dates)
        self.body.addWidget(self.said)
        self.body.addWidget(self._table, 1)
        self.body.addStretch(0)  # takes the room while there is no table
        self.below.addWidget(self.alike)
        self.button = PrimaryButton("Import")
        self.button.clicked.connect(self.take_in)
        self.end_with(self.button, "Close")

    def open_empty(self) -> None:
        """Before a file is chosen."""
        self._file = None
        self.dates.take("")
        self._clear()
        self.open_panel(self.choose)

    def read(self, file: Path) -> None:
        """Show what would become of each line of a file."""
        self._file = file
        self.dates.take("")
        self._read_again()

    def take_in(self) -> None:
        """Import what is shown."""
        if self.seen is None or not self.button.isEnabled():
            return
        vault, seen, alike = self._shell.open_vault, self.seen, self.alike.isChecked()
        self._say("Importing…")
        run_task(
            self,
            lambda: import_patients.take_in(vault, seen, alike=alike),
            done=self._taken,
            failed=self._refused,
            busy=self.button,
        )

    def _ask_file(self) -> None:
        ask_open(self, "A list of patients", TABLES, self.read)

    def _ask_template(self) -> None:
        ask_save(self, "Save an empty list", TEMPLATE, TABLES, self.save_template)

    def save_template(self, file: Path) -> None:
        """Write an empty list there."""
        done = f"Saved as {file.name}. Fill it in with any spreadsheet, and choose it here."
        run_task(self, import_patients.save_template, file, done=lambda _: self._say(done), failed=self._refused)

    def _read_again(self) -> None:
        if self._file is None:
            return
        vault, file, order = self._shell.open_vault, self._file, _ORDER.get(self.dates.value())
        self._clear()
        self._say("Reading…")

        def look() -> tuple[Preview, _Rows]:
            seen = import_patients.preview(vault, file, today(), order)
            return seen, _Rows(sorted(seen.lines, key=lambda line: _FIRST.index(line.fate)))

        self._latest.run(look, done=self._show, failed=self._refused, busy=self.choose)

    def _show(self, found: tuple[Preview, _Rows]) -> None:
        self.seen, rows = found
        self.rows.show_rows(rows)
        asked = bool(self.seen.undecided) or bool(self.dates.value())
        self._dates.setVisible(asked)
        self._table.setVisible(True)
        self.alike.setVisible(self.seen.count(Fate.ALIKE) > 0)
        self._count()

    def _count(self) -> None:
        """Say how many of what, and let Import be pressed when that adds somebody."""
        if self.seen is None:
            return
        new, there, alike, wrong = (self.seen.count(fate) for fate in (Fate.NEW, Fate.THERE, Fate.ALIKE, Fate.ERROR))
        parts = [
            f"{new} will be added",
            f"{there} here already" if there else "",
            _alike_words(alike, taken=self.alike.isChecked()) if alike else "",
            f"{wrong} with an error {'is' if wrong == 1 else 'are'} left out" if wrong else "",
        ]
        words = ", ".join(filter(None, parts)) + "."
        if self.seen.unused:
            words += f" Columns that are not imported: {', '.join(self.seen.unused)}."
        self._say(words)
        adding = new + (alike if self.alike.isChecked() else 0)
        self.button.setText(f"Import {adding}" if adding else "Import")
        self.button.setVisible(adding > 0)

    def _taken(self, count: int) -> None:
        self._clear()
        words = many(count, "patient was added.", "patients were added.")
        self._say(words)
        self._shell.say(words)
        self.choose.setFocus()

    def _refused(self, error: KnownError) -> None:
        self._say(f"Nothing was written. {error}", "danger")

    def _clear(self) -> None:
        self.seen = None
        self.said.hide()
        self.rows.show_rows(())
        for part in (self._dates, self._table, self.alike, self.button):
            part.hide()
        self.alike.setChecked(False)

    def _say(self, words: str, tone: str = "ink") -> None:
        self.said.setText(words)
        set_tone(self.said, tone)
        self.said.show()


def _alike_words(count: int, *, taken: bool) -> str:
    if count == 1:
        return "1 looks alike" if taken else "1 looks alike and is left out"
    return f"{count} look alike" if taken else f"{count} look alike and are left out"


def _row(line: Planned) -> Row:
    patient = line.patient
    chip = _CHIPS[line.fate]
    if patient is None:
        return Row(key=line.number, texts=(line.words, str(line.number)), chip=chip)
    who = (patient.name, in_words(patient.born) if patient.born else "", patient.identifier)
    return Row(
        key=line.number,
        texts=(" · ".join(filter(None, who)), str(line.number)),
        below=line.words,
        chip=chip,
    )
