"""What is written about a smear as a whole: target, white cell count, comments, objective, the second reader."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import User
from clinoscope.domain.smear import Why
from clinoscope.domain.smear_sheet import TARGETS, Comment, SmearSheet
from clinoscope.modes.smear_wording import SET_ASIDE
from clinoscope.ui.dates import in_words
from clinoscope.ui.smear.sheet_rows import CommentRow, FieldRow, stacked
from clinoscope.ui.widgets import Choice, Combo, Field, LinkButton, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.fields import all_ok
from clinoscope.workflow.smear import comments
from clinoscope.workflow.smear.calibration import Objective

if TYPE_CHECKING:
    from clinoscope.records import Vault

NO_COMMENTS = "None yet. They are written in Settings, under Smears."
WHITE_CELLS = "white_cells"
"""The kind of lab value that gives absolute counts."""
_OTHER = "other"
_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut


@dataclass(frozen=True)
class Lists:
    """What can be chosen from: comments, calibrated objectives, who may read as the second, and the white cell count
    that was drawn last, None where there is none."""

    comments: tuple[Comment, ...]
    objectives: tuple[Objective, ...]
    readers: tuple[User, ...]
    lab: LabValue | None = None


def lists(vault: Vault, patient_id: str) -> Lists:
    """Raises VaultError."""
    from clinoscope.workflow.smear import calibration, second

    labs = [lab for lab in vault.labs.of_patient(patient_id) if lab.kind == WHITE_CELLS]
    return Lists(
        comments.pick_list(vault), calibration.objectives(vault), second.readers(vault), labs[0] if labs else None
    )


class SheetPanel(Panel):
    """``wanted`` carries the changed fields of the sheet; ``reader_wanted`` a User or None; ``calibrate_wanted`` the
    name of an objective; ``take_in_wanted`` the numbers of fields that were set aside. Enter saves, wherever one is;
    Alt and a digit tick a comment of the laboratory's own."""

    wanted = Signal(object)
    reader_wanted = Signal(object)
    calibrate_wanted = Signal(str)
    take_in_wanted = Signal(object)

    def __init__(
        self,
        host: QWidget,
        sheet: SmearSheet,
        counted: int,
        found: Lists,
        aside: Mapping[int, Why] | None = None,
    ) -> None:
        """``aside`` are the fields that were set aside, with why."""
        super().__init__(host, "About this smear", width=440)
        self._before, self._lists = sheet, found
        self._add_counts(sheet, counted)
        self._add_lab(found.lab)
        self._add_aside(aside or {})
        self._rows = self._comment_rows(sheet, found.comments)
        self._add_comments()
        self.note = Field("Note")
        self.note.set_text(sheet.note)
        self.body.addWidget(self.note)
        self._add_scale(sheet)
        self._add_reader(sheet)
        self.body.addStretch(1)
        self.button = PrimaryButton("Save")
        self.button.clicked.connect(self._keep)
        self.end_with(self.button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # From two dozen comments it is a long way to the button.
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.window().focusWidget() is self.objective_name.edit:
            self._ask_calibrate()
        else:
            self._keep()

    def _add_counts(self, sheet: SmearSheet, counted: int) -> None:
        self.body.addWidget(label("White cells to count", "small", "secondary", weight="medium"))
        options = (*((str(number), str(number)) for number in TARGETS), (_OTHER, "Other"))
        self.target = Choice("White cells to count", options)
        self.other = Field("How many", check=lambda text: "" if _whole(text) else "A whole number above zero.")
        self.target.take(str(sheet.target) if sheet.target in TARGETS else _OTHER)
        self.other.set_text(str(sheet.target))
        self.target.changed.connect(lambda value: self.other.setVisible(value == _OTHER))
        self.shortfall = Field("Why fewer", help_text=f"{counted} are counted so far. Needed only to sign with fewer.")
        self.shortfall.set_text(sheet.shortfall)
        self.white_cells = Field(
            "White cell count, 10⁹/L", help_text="From the analyser. Gives absolute counts.", check=_check_count
        )
        self.white_cells.set_text("" if sheet.white_cells is None else f"{sheet.white_cells:g}")
        for part in (self.target, self.other, self.shortfall, self.white_cells):
            self.body.addWidget(part)
        self.other.setVisible(self.target.value() == _OTHER)
        self.shortfall.setVisible(counted < sheet.target or bool(sheet.shortfall))

    def _add_lab(self, lab: LabValue | None) -> None:
        self._taken: LabValue | None = None
        self.take_lab = LinkButton("")
        if lab is None:
            return
        drawn = in_words(lab.drawn_at.astimezone().date())
        self.take_lab.setText(f"Take {lab.value:g} from the lab values, drawn {drawn}")
        self.take_lab.clicked.connect(lambda: self._take(lab))
        self.body.addWidget(self.take_lab)

    def _take(self, lab: LabValue) -> None:
        self._taken = lab
        self.white_cells.set_text(f"{lab.value:g}")

    def _add_aside(self, aside: Mapping[int, Why]) -> None:
        # What was taken out together comes back together: it may be hundreds.
        unread = tuple(number for number, why in aside.items() if why is Why.NOT_READ)
        alone = [FieldRow((number,), SET_ASIDE[why]) for number, why in aside.items() if why is not Why.NOT_READ]
        self.aside = [*alone, *([FieldRow(unread, SET_ASIDE[Why.NOT_READ])] if unread else [])]
        self._aside_title = label("Fields set aside", "heading")
        if self.aside:
            self.body.addWidget(self._aside_title)
            self.body.addWidget(stacked(self.aside))
        for row in self.aside:
            row.wanted.connect(self.take_in_wanted)

    def _comment_rows(self, sheet: SmearSheet, offered: Sequence[Comment]) -> list[CommentRow]:
        """What is offered, and behind it what was picked before it left the list."""
        keys = comments.keys(offered)
        rows = [CommentRow(entry, sheet.comments, keys.get(entry.id, "")) for entry in offered]
        for row in rows:
            if row.entry.id in keys:
                tick = functools.partial(self._tick, row)
                QShortcut(QKeySequence(keys[row.entry.id]), self, tick, context=_WITHIN)
        here = {entry.id for entry in offered}
        gone = [entry for entry in sheet.worded if entry.id not in here]
        return rows + [CommentRow(entry, sheet.comments, "no longer in the list") for entry in gone]

    def _tick(self, row: CommentRow) -> None:
        """What a key did is to be seen, however far down it is."""
        row.toggle()
        self._scroll.ensureWidgetVisible(row)

    def _add_comments(self) -> None:
        for group in dict.fromkeys(row.entry.group for row in self._rows if not row.entry.own):
            self.body.addWidget(label(f"Morphology: {group.lower()}" if group else "Morphology", "heading"))
            self.body.addWidget(stacked([row for row in self._rows if row.entry.group == group and not row.entry.own]))
        own = [row for row in self._rows if row.entry.own]
        self.body.addWidget(label("Morphology: comments of your own", "heading"))
        self.body.addWidget(stacked(own) if own else label(NO_COMMENTS, "small", "secondary", wrap=True))

    def _add_scale(self, sheet: SmearSheet) -> None:
        self.objective = Combo("Objective")
        self.objective.addItem("Not calibrated: no scale bar", None)
        for entry in self._lists.objectives:
            self.add_objective(entry, chosen=sheet.scale == entry.scale)
        self.objective_name = Field("Another objective", placeholder="100x oil")
        self.calibrate = QuietButton("Calibrate with a picture of a stage micrometer…")
        self.calibrate.clicked.connect(self._ask_calibrate)
        self.body.addWidget(label("Scale", "heading"))
        for part in (self.objective, self.objective_name, self.calibrate):
            self.body.addWidget(part)

    def add_objective(self, entry: Objective, *, chosen: bool) -> None:
        """Offer a calibrated objective, in the place of an earlier measurement of it."""
        words = f"{entry.name}: {entry.micrometres:.3f} µm a pixel, pictures {entry.width} wide"
        for row in range(self.objective.count() - 1, 0, -1):
            scale = self.objective.itemData(row)
            if (scale.objective, scale.width) == (entry.name, entry.width):
                self.objective.removeItem(row)
        self.objective.addItem(words, entry.scale)
        if chosen:
            self.objective.setCurrentIndex(self.objective.count() - 1)

    def drop_fields(self, numbers: tuple[int, ...]) -> None:
        """Fields were taken in again."""
        for row in self.aside:
            if row.numbers == numbers:
                row.hide()
        self.aside = [row for row in self.aside if row.numbers != numbers]
        self._aside_title.setVisible(bool(self.aside))

    def _add_reader(self, sheet: SmearSheet) -> None:
        self.reader = Combo("Second reader")
        self.reader.addItem("Nobody", None)
        for user in self._lists.readers:
            self.reader.addItem(user.name, user)
            if sheet.second is not None and sheet.second.id == user.id:
                self.reader.setCurrentIndex(self.reader.count() - 1)
        self.body.addWidget(label("Second reader, who reads blind", "heading"))
        self.body.addWidget(self.reader)

    def _ask_calibrate(self) -> None:
        name = self.objective_name.text().strip()
        if name:
            self.calibrate_wanted.emit(name)
        else:
            self.objective_name.set_error("Give the objective a name first.")

    def _keep(self) -> None:
        shown = [*([self.other] if self.target.value() == _OTHER else []), self.white_cells]
        if not all_ok(*shown):
            return
        self.wanted.emit(self.changes())
        before = self._before.second.id if self._before.second else None
        user = self.reader.currentData()
        if (user.id if user else None) != before:
            self.reader_wanted.emit(user)

    def changes(self) -> dict[str, Any]:
        """The fields of the sheet as they stand here."""
        value = self.target.value()
        text = self.white_cells.text().replace(",", ".").strip()
        count = float(text) if text else None
        return {
            "target": int(self.other.text()) if value == _OTHER else int(value),
            "shortfall": self.shortfall.text().strip(),
            "white_cells": count,
            "lab": self._lab_of(count),
            "comments": tuple(given for row in self._rows if (given := row.given())),
            "note": self.note.text().strip(),
            "scale": self.objective.currentData(),
        }

    def _lab_of(self, count: float | None) -> str:
        """The lab value a count came from; a count that was typed is nobody's."""
        if self._taken is not None and count == self._taken.value:
            return self._taken.id
        return self._before.lab if count == self._before.white_cells else ""


def _whole(text: str) -> bool:
    return text.strip().isdecimal() and int(text) > 0


def _check_count(text: str) -> str:
    text = text.replace(",", ".").strip()
    if not text:
        return ""
    try:
        value = float(text)
    except ValueError:
        return "A number such as 7.4."
    return "" if 0 < value <= 1000 else "Between 0 and 1000."
