"""The log: who did what, when. To read, never to change."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.ui.dates import in_words
from clinoscope.ui.page import Page
from clinoscope.ui.pages.layout import heading, page_column
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.notices import EmptyState
from clinoscope.ui.widgets.rows import Column, Header, Row, RowList
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import audit

_COLUMNS = (Column("What"), Column("About", tone="ink"), Column("Who", 150), Column("When", 176, right=True))
_EXPLAIN = (
    "Each entry holds the hash of the one before: one that is changed or taken out shows when the vault is checked."
)


class AuditPage(Page):
    """Five hundred entries at a time: more come when the end is near."""

    keys = (("↑ ↓  Page Down", "Through the entries"), ("Tab", "To the filters"), ("Esc", "Back to Settings"))

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._latest = Latest(self)
        self._asking = False
        self._done = False
        self.back = QuietButton("Settings", icon="ph.arrow-left", tip="Back to Settings (Esc)")
        self.back.clicked.connect(lambda: shell.go("settings"))
        column = page_column(self)
        head, _title = heading("Log", self.back)
        column.addLayout(head)
        column.addWidget(label(_EXPLAIN, "body", "secondary", wrap=True))
        self.who, self.what, self.about = Combo("Who"), Combo("What"), Combo("About")
        filters = QHBoxLayout()
        filters.setSpacing(8)
        for combo, width in ((self.who, 200), (self.what, 220), (self.about, 280)):
            combo.setFixedWidth(width)
            combo.currentIndexChanged.connect(lambda _place: self._load())
            filters.addWidget(combo)
        filters.addStretch(1)
        self.count = label("", "small", "secondary")
        filters.addWidget(self.count)
        column.addLayout(filters)
        self._fill(self.what, [("Everything", ""), *((name, group) for group, name in audit.groups().items())])
        self.rows = RowList(_COLUMNS, "Log entries", height=44)
        self.rows.verticalScrollBar().valueChanged.connect(self._near_the_end)
        self.none = EmptyState("ph.magnifying-glass", "No such entry")
        table = QWidget()
        inner = QVBoxLayout(table)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(Header(self.rows))
        inner.addWidget(self.rows, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(table)
        self._stack.addWidget(self.none)
        column.addWidget(self._stack, 1)

    def enter(self, **what: object) -> None:
        patient = self.shell.patient
        found = [("Every patient", "")] + ([(f"Only {patient.name}", patient.id)] if patient is not None else [])
        self._fill(self.about, found)
        self.about.setEnabled(patient is not None)
        self.about.setToolTip("" if patient is not None else "Open a patient first, to see only what is about them.")
        run_task(self, audit.people, self.shell.open_vault, done=self._show_people)
        self._load()
        self.rows.setFocus()

    def _show_people(self, people: tuple[tuple[str, str], ...]) -> None:
        self._fill(self.who, [("Everyone", ""), *((name, user) for user, name in people)])

    def _fill(self, combo: Combo, options: list[tuple[str, str]]) -> None:
        """New options; the one that was taken stays if it is still there."""
        before = combo.currentData()
        combo.blockSignals(True)
        combo.clear()
        for words, value in options:
            combo.addItem(words, value)
        combo.setCurrentIndex(max(combo.findData(before), 0))
        combo.blockSignals(False)

    def _wanted(self) -> audit.Filter:
        return audit.Filter(*(str(combo.currentData() or "") for combo in (self.who, self.what, self.about)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shell.go("settings")
        else:
            super().keyPressEvent(event)

    def _load(self) -> None:
        self._ask(None)

    def _ask(self, before: int | None) -> None:
        if before is None:
            self.rows.loading()
        self._asking = True
        self._latest.run(
            audit.entries,
            self.shell.open_vault,
            self._wanted(),
            before,
            done=lambda found: self._show(found, more=before is not None),
            failed=self._failed,
        )

    def _failed(self, error: KnownError) -> None:
        self._asking = False
        self.shell.warn(str(error), "danger")

    def _show(self, entries: tuple[audit.Entry, ...], *, more: bool) -> None:
        self._asking = False
        now = datetime.now(UTC)
        rows = [_row(entry, now) for entry in entries]
        if more:
            self.rows.add_rows(rows)
        else:
            self.rows.show_rows(rows)
            self.rows.scrollToTop()
        self._done = len(entries) < audit.PAGE
        shown = len(self.rows.rows())
        told = many(shown, "entry", "entries")
        self.count.setText(told if self._done else f"The newest {told}")
        self._stack.setCurrentIndex(0 if shown else 1)

    def _near_the_end(self, value: int) -> None:
        bar, rows = self.rows.verticalScrollBar(), self.rows.rows()
        if not self._asking and not self._done and rows and value > bar.maximum() - bar.pageStep():
            self._ask(int(str(rows[-1].key)))


def _row(entry: audit.Entry, now: datetime) -> Row:
    tones = {"danger": ("Emergency", "danger"), "amber": ("Note", "amber")}
    about = " · ".join(part for part in (entry.about, entry.details) if part)
    local = entry.at.astimezone()
    day = "Today" if local.date() == now.astimezone().date() else in_words(local.date())
    return Row(
        key=entry.seq, texts=(entry.words, about, entry.who, f"{day} {local:%H:%M:%S}"), chip=tones.get(entry.tone)
    )
