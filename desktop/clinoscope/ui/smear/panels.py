"""What slides in from the right on the bench: sign, the reference cells, a class of one's own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Patient
from clinoscope.domain.smear_sheet import MOST_OWN_CLASSES, CellClass
from clinoscope.modes.smear_wording import left_out
from clinoscope.modes.wording import fields, white_cells
from clinoscope.ui import theme
from clinoscope.ui.exam.signing_panel import SigningPanel
from clinoscope.ui.smear.differential_table import figure
from clinoscope.ui.smear.state import State
from clinoscope.ui.widgets import DangerButton, Field, IconButton, LinkButton, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.fields import all_ok
from clinoscope.workflow.smear import tables

if TYPE_CHECKING:
    from clinoscope.records import Vault

_PICTURE = 96


class SignPanel(SigningPanel):
    """The count in words, then the password again. ``wanted`` carries the password."""

    def __init__(self, host: QWidget, state: State, patient: Patient, user: str) -> None:
        sheet = state.exam.smear
        assert sheet is not None, "the bench shows smears only"
        counted = ", ".join(
            f"{line.name} {figure(line.percent.value)}\u00a0%"
            for line in state.differential.lines
            if line.count and line.percent is not None
        )
        rows = [
            ("Patient", f"{patient.name} · {patient.identifier}"),
            ("Counted", f"{white_cells(state.counted)} in {fields(state.fields)}"),
            ("Not counted", " ".join(left_out(state.aside))),
            ("Fewer than the target", sheet.shortfall if state.counted < sheet.target else ""),
            ("Differential", counted),
            ("Comments", "; ".join(state.comments)),
            ("Note", sheet.note),
        ]
        explain = "Every cell, what was suggested and what was decided are signed. A signed smear can be amended."
        super().__init__(host, "Sign smear", rows, explain, user)


@dataclass(frozen=True)
class Reference:
    """One picture of the reference panel; ``own`` when the laboratory put it there."""

    entry: tables.PanelEntry
    name: str
    picture: bytes
    own: bool


def references(vault: Vault) -> tuple[Reference, ...]:
    """All of them, in the order of the panel. Raises VaultError."""
    names = {entry.id: entry.name for entry in tables.classes().values()}
    return tuple(Reference(entry, names[entry.of], *tables.panel_picture(vault, entry)) for entry in tables.panel())


class ReferencePanel(Panel):
    """Normal cells to hold one's own against.

    ``put_wanted(class)`` puts the current cell in the place of the picture shown, ``take_wanted(class)`` goes back to
    the drawn one.
    """

    put_wanted = Signal(str)
    take_wanted = Signal(str)

    def __init__(self, host: QWidget, shown: tuple[Reference, ...], current: str) -> None:
        super().__init__(host, "Reference cells", width=420)
        for one in shown:
            self.body.addWidget(self._row(one, offered=one.entry.of == current))
        self.body.addWidget(label(tables.panel_note(), "small", "secondary", wrap=True))
        self.body.addStretch(1)

    def links(self, text: str) -> list[LinkButton]:
        """The links of that text, from top to bottom."""
        return [link for link in self.findChildren(LinkButton) if link.text() == text]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 4, Qt.Key.Key_PageUp: -4}
        step = steps.get(Qt.Key(event.key()))
        scroll = self.findChild(QScrollArea)
        if step is None or scroll is None:
            super().keyPressEvent(event)
        else:
            bar = scroll.verticalScrollBar()
            bar.setValue(bar.value() + step * (_PICTURE + 16))

    def _row(self, one: Reference, *, offered: bool) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        picture = label("")
        shown = QPixmap()
        shown.loadFromData(one.picture)
        smooth = Qt.TransformationMode.SmoothTransformation
        picture.setPixmap(shown.scaled(_PICTURE, _PICTURE, Qt.AspectRatioMode.KeepAspectRatio, smooth))
        picture.setAccessibleName(f"{'Your own' if one.own else 'Drawn'} {one.name.lower()}")
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addWidget(label(one.name, "body", weight="semibold"))
        beside.addWidget(label(one.entry.look, "small", "secondary", wrap=True))
        for text, signal, wanted in (
            ("Put the current cell here", self.put_wanted, offered),
            ("Back to the drawn one", self.take_wanted, one.own),
        ):
            if wanted:
                link = LinkButton(text)
                link.clicked.connect(lambda _=False, signal=signal: signal.emit(one.entry.of))
                beside.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        beside.addStretch(1)
        across.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(beside, 1)
        return row


class ClassesPanel(Panel):
    """The laboratory's own classes: add one, take one away. ``wanted`` carries all of them as they should be."""

    wanted = Signal(object)

    def __init__(self, host: QWidget, own: tuple[CellClass, ...]) -> None:
        super().__init__(host, "Classes of your own", width=440)
        self._own = own
        explain = "They stand in the gallery of every smear. What is signed keeps the classes it was signed with."
        self.body.addWidget(label(explain, "small", "secondary", wrap=True))
        self.name = Field("Name", check=lambda text: "" if text.strip() else "Give the class a name.")
        self.key = Field("Key", help_text="One letter or digit that no other class has.")
        self.white = QCheckBox("One of the white cells that make up 100 %")
        self.white.setChecked(True)
        self.white.setFont(theme.font())
        for line in (self.name, self.key):
            line.submitted.connect(self._add)
        for part in (self.name, self.key, self.white):
            self.body.addWidget(part)
        if own:
            self.body.addWidget(label(f"{len(own)} of {MOST_OWN_CLASSES}", "heading"))
        for entry in own:
            self.body.addWidget(self._entry(entry))
        self.body.addStretch(1)
        self.button = PrimaryButton("Add class", icon="ph.plus")
        self.button.clicked.connect(self._add)
        self.foot.addWidget(self.button, 1)

    def refuse(self, error: KnownError) -> None:
        """It could not be kept: say why, under what is wrong."""
        self.button.setEnabled(True)
        wrong = self.key if isinstance(error, tables.KeyRefused) else self.name
        wrong.set_error(str(error))
        wrong.setFocus()

    def take_away(self, class_id: str) -> None:
        """Ask for all of them but one."""
        self.wanted.emit(tuple(one for one in self._own if one.id != class_id))

    def _entry(self, entry: CellClass) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        key = f" · {entry.key.upper()}" if entry.key else ""
        across.addWidget(label(f"{entry.name}{key}", "body", wrap=True), 1)
        take = IconButton("ph.trash", f"Take away {entry.name}")
        take.clicked.connect(lambda: self.take_away(entry.id))
        across.addWidget(take)
        return row

    def _add(self) -> None:
        if self.button.isEnabled() and all_ok(self.name):
            self.button.setEnabled(False)
            made = CellClass(
                id=f"own-{uuid.uuid4().hex[:8]}",
                name=self.name.text(),
                key=self.key.text().strip().lower(),
                white=self.white.isChecked(),
                own=True,
            )
            self.wanted.emit((*self._own, made))


class AsidePanel(Panel):
    """Asks before fields leave the count. ``wanted`` means yes."""

    wanted = Signal()

    def __init__(self, host: QWidget, title: str, explain: str, *, keep: str, button: str) -> None:
        super().__init__(host, title)
        self.body.addWidget(label(explain, "body", "secondary", wrap=True))
        self.body.addStretch(1)
        self.keep = QuietButton(keep)
        self.keep.clicked.connect(self.close_panel)
        self.button = DangerButton(button)
        self.button.clicked.connect(self.wanted)
        self.foot.addWidget(self.keep, 1)
        self.foot.addWidget(self.button, 1)


def set_aside(host: QWidget, number: int, cells: int) -> AsidePanel:
    """Asks before a field and its cells leave the count."""
    count = "Its one cell leaves" if cells == 1 else f"Its {cells} cells leave"
    explain = f"{count} the count. The picture stays in the record, and the field can be taken in again."
    return AsidePanel(host, f"Set field {number} aside?", explain, keep="Keep it", button="Set aside")


def take_out(host: QWidget, count: int) -> AsidePanel:
    """Asks before the fields that are not read are left out."""
    title = f"Take {many(count, 'field', 'fields')} out?"
    explain = "Not read, and left out of the count. The pictures stay in the record; Sheet… takes them in again."
    return AsidePanel(host, title, explain, keep="Cancel", button="Take out")
