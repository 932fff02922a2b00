"""What the laboratory measured, beside the time line: the list, adding to it, and voiding what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.domain.labs import LabValue
from clinoscope.domain.record import Patient
from clinoscope.ui.dates import in_words
from clinoscope.ui.pages.lab_form import LabForm
from clinoscope.ui.pages.lab_plots import plots
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets.buttons import DangerButton, IconButton, LinkButton, QuietButton
from clinoscope.ui.widgets.fields import Field, all_ok
from clinoscope.ui.widgets.layouts import clear
from clinoscope.ui.widgets.notices import Chip
from clinoscope.ui.widgets.series import Series
from clinoscope.ui.widgets.text import hairline, label
from clinoscope.workflow import labs

WIDTH = 328
_PLOTTED = WIDTH - 24  # what the margins leave


class LabRow(QWidget):
    """One value, and the ``number`` it was added under when that is no longer the patient's.

    ``void_wanted(LabValue, reason)`` once the reason is typed; ``stops`` are those of Tab.
    """

    void_wanted = Signal(object, str)

    def __init__(self, lab: LabValue, number: str = "") -> None:
        super().__init__()
        self.lab = lab
        self.stops: tuple[QWidget, ...] = ()
        self.value = label(labs.words(lab), "body", "secondary" if lab.void else "ink", weight="semibold", wrap=True)
        what = f"{labs.kind(lab.kind).name} · {drawn(lab)}"
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.value, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(label(what, "small", "secondary", wrap=True))
        under = f", under {number}" if number else ""
        column.addWidget(label(f"Added by {lab.added_by.name}{under}", "small", "secondary", wrap=True))
        self.setAccessibleName(f"{labs.words(lab)}, {what}")
        if lab.void:
            top.addWidget(Chip("Voided"), 0, Qt.AlignmentFlag.AlignTop)
            day = in_words(lab.void.at.astimezone().date())
            words = f"Voided {day} by {lab.void.by.name}: {lab.void.reason}"
            column.addWidget(label(words, "small", "secondary", wrap=True))
            return
        self.void = IconButton("ph.prohibit", f"Void {labs.words(lab)}…")
        self.void.clicked.connect(self._ask)
        top.addWidget(self.void, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._question())
        self.asking.hide()

    def _question(self) -> QWidget:
        """Why the value is voided, asked beneath it."""
        self.reason = Field("What is wrong with it?", check=_reason_error)
        self.reason.submitted.connect(self._want)
        sure, cancel = DangerButton("Void this value"), QuietButton("Keep it")
        sure.clicked.connect(self._want)
        cancel.clicked.connect(self._keep)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(sure)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        self.asking = QWidget()
        inner = QVBoxLayout(self.asking)
        inner.setContentsMargins(0, 8, 0, 8)
        inner.setSpacing(8)
        inner.addWidget(self.reason)
        inner.addLayout(buttons)
        self.stops = (self.void, self.reason.edit, sure, cancel)
        return self.asking

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.lab.void and self.asking.isVisible():
            self._keep()
            return
        super().keyPressEvent(event)

    def _ask(self) -> None:
        self.asking.show()
        self.reason.setFocus()

    def _keep(self) -> None:
        self.asking.hide()
        self.reason.set_text("")
        self.void.setFocus()

    def _want(self) -> None:
        if all_ok(self.reason):
            self.void_wanted.emit(self.lab, self.reason.text())


class LabBlock(QWidget):
    """The lab values of the patient given to ``show_for``."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._patient: Patient | None = None
        self._latest = Latest(self)
        self._values: tuple[LabValue, ...] = ()
        self._with_voided = False
        self._numbers: Mapping[str, str] = {}
        self.rows: list[LabRow] = []
        self.plots: list[Series] = []
        self.setFixedWidth(WIDTH)
        self.add = QuietButton("Add", icon="ph.plus", tip="Add a lab value (Ctrl+B)")
        self.add.setAccessibleName("Add a lab value")
        self.add.clicked.connect(self._open_form)
        # Not the button's own shortcut: that one presses it for 100 ms, and the first digits would be lost.
        self.shortcut = QShortcut(QKeySequence("Ctrl+B"), self, self._open_form)
        head = QHBoxLayout()
        head.addWidget(label("Lab values", "heading"), 1)
        head.addWidget(self.add)
        self.form = LabForm(shell)
        self.form.added.connect(self._added)
        self.form.left.connect(self._close_form)
        self.form.hide()
        self.none = label(
            "None yet. A haemoglobin shows how far a reading may be trusted.", "small", "secondary", wrap=True
        )
        self.more = LinkButton("")
        self.more.clicked.connect(self._switch_voided)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._scrolled(), 1)

    def _scrolled(self) -> QScrollArea:
        """The form, the plots and the list, one below the other."""
        self._plotted = QVBoxLayout()
        self._plotted.setSpacing(4)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        body = QWidget()
        body.setObjectName("ScrollBody")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        for part in (self.form, self.none):
            inside.addWidget(part)
        inside.addLayout(self._plotted)
        inside.addLayout(self._list)
        inside.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        return scroll

    def show_for(
        self, patient: Patient, values: tuple[LabValue, ...], numbers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """A patient's values, voided ones among them; a form that is open for another patient is put away.

        ``numbers`` are those of records that were merged into the patient's, by the id of their patient.
        """
        self._numbers = numbers
        if self._patient is None or self._patient.id != patient.id:
            self.form.hide()
            self._with_voided = False
        self._patient = patient
        self.add.setVisible(self._shell.may(Act.LAB_WRITE))
        self._show(values)

    def reload(self) -> None:
        """Read them again."""
        vault, patient = self._shell.vault, self._patient
        if vault is not None and patient is not None:
            self._latest.run(lambda: labs.of_patient(vault, patient.id, voided=True), done=self._show)

    def _show(self, values: tuple[LabValue, ...]) -> None:
        self._values = values
        for layout in (self._plotted, self._list):
            clear(layout)
        self.plots = plots(values, _PLOTTED)
        for plot in self.plots:
            self._plotted.addWidget(plot)
        shown = [lab for lab in values if self._with_voided or lab.void is None]
        self.rows = []
        for lab in shown:
            row = LabRow(lab, self._numbers.get(lab.patient_id, ""))
            if row.stops:
                row.void.setVisible(self._shell.may(Act.LAB_WRITE))
            row.void_wanted.connect(self._void)
            if self.rows:
                self._list.addWidget(hairline())
            self._list.addWidget(row)
            row.show()  # at once: Tab may be the next key
            self.rows.append(row)
        self._put_in_order()
        self.none.setVisible(not shown)
        voided = sum(lab.void is not None for lab in values)
        self.more.setVisible(bool(voided))
        self.more.setText("Hide voided values" if self._with_voided else f"Show {voided} voided")

    def _put_in_order(self) -> None:
        """Tab goes down the block: what is made later would come after everything else in the window."""
        stops = [self.form.cancel, *(stop for row in self.rows for stop in row.stops), self.more]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _open_form(self) -> None:
        if self._patient is not None and self._shell.may(Act.LAB_WRITE):
            self.form.open_for(self._patient)

    def _close_form(self) -> None:
        self.form.hide()
        self.add.setFocus()

    def _added(self, lab: LabValue) -> None:
        self._close_form()
        self._shell.say(f"{labs.kind(lab.kind).name} added.")

    def _void(self, lab: LabValue, reason: str) -> None:
        vault = self._shell.open_vault
        run_task(self, lambda: labs.void(vault, lab, reason), done=self._voided, failed=self._not_voided)

    def _voided(self, _lab: LabValue) -> None:
        self.add.setFocus()
        self._shell.say("Voided. It stays in the vault with your reason.")

    def _not_voided(self, error: KnownError) -> None:
        self._shell.warn(str(error), "danger")
        self.reload()

    def _switch_voided(self) -> None:
        self._with_voided = not self._with_voided
        self._show(self._values)


def drawn(lab: LabValue) -> str:
    """``3 Nov 2026 14:30``, or the day alone where no more is known."""
    local = lab.drawn_at.astimezone()
    return in_words(local.date()) if lab.day_only else f"{in_words(local.date())} {local:%H:%M}"


def _reason_error(text: str) -> str:
    return "" if text.strip() else "Say it in a few words: it is kept with the value."
