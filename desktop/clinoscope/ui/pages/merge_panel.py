"""Merging two records of one person: choose the other one, see both side by side, say what holds and why."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.domain.record import Patient, Sex
from clinoscope.ui import theme
from clinoscope.ui.dates import in_words
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import Latest, run_task
from clinoscope.ui.widgets.buttons import LinkButton, PrimaryButton
from clinoscope.ui.widgets.fields import Field, SearchField, all_ok
from clinoscope.ui.widgets.found import Found
from clinoscope.ui.widgets.layouts import clear
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.rows import Column, Row, RowList
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import people

_SHOWN = 20
_ABOUT = (
    "For two records of one person. Exams and lab values stay as they were made and are shown together. "
    "The record whose number you take stays, and leads to both. You can separate them again at any time."
)
_SEXES = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other", Sex.UNKNOWN: "Not known"}
_FACTS = (("identifier", "Number"), ("name", "Name"), ("born", "Born"), ("sex", "Sex"), ("note", "Note"))
"""The number comes first: whose number holds is the record that stays."""


class MergePanel(Panel):
    """``merged(Patient)``, the one that is kept."""

    merged = Signal(object)

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Merge with another record", width=620)
        self._shell = shell
        self._latest = Latest(self)
        self._pair: tuple[Patient, Patient] | None = None
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        self.search = SearchField("Name, number or birth date of the other record")
        self.rows = RowList((Column("Name"), Column("Born", 120), Column("Number", 140)), "Other records")
        self.rows.setMinimumHeight(320)
        self.rows.opened.connect(lambda row: self._choose(row.what))
        self.search.wanted.connect(self._look)
        self._found = Found(self.search, self.rows)
        self.facts = FactChoice()
        self.reason = Field("How do you know that both are the same person?", check=_reason_error)
        self.reason.submitted.connect(self.merge)
        self.other = LinkButton("Choose another record")
        self.other.clicked.connect(self._back)
        for part in (self.search, self.rows, self.facts, self.reason):
            self.body.addWidget(part)
        self.body.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self.problem = label("", "body", "danger", wrap=True)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self.button = PrimaryButton("Merge the records")
        self.button.clicked.connect(self.merge)
        self.end_with(self.button)

    def open_for(self, patient: Patient) -> None:
        """Choose the other record of ``patient``."""
        self._pair = (patient, patient)
        self.reason.set_text("")
        self._found.forget()
        self.search.setText("")
        self._back()
        self.open_panel(self.search)
        self._look("")

    def merge(self) -> None:
        """Merge as chosen, when a reason is given."""
        if self._pair is None or not self.facts.isVisible() or not self.button.isEnabled() or not all_ok(self.reason):
            return
        kept, gone = self.facts.chosen()
        vault, reason = self._shell.open_vault, self.reason.text()
        run_task(
            self, people.merge, vault, gone.id, kept, reason, done=self._done, failed=self._refused, busy=self.button
        )

    def _look(self, text: str) -> None:
        vault = self._shell.open_vault
        self._latest.run(people.search, vault, text, _SHOWN, done=lambda found: self._show(text, found))

    def _show(self, text: str, found: tuple[Patient, ...]) -> None:
        here = self._pair[0].id if self._pair else ""
        rows = [
            Row(one.id, (one.name, in_words(one.born) if one.born else "", one.identifier), what=one)
            for one in found
            if one.id != here
        ]
        self._found.show(text, rows)

    def _choose(self, other: object) -> None:
        if self._pair is None or not isinstance(other, Patient):
            return
        self._pair = (self._pair[0], other)
        self.facts.show_both(*self._pair)
        self._step(comparing=True)
        self.facts.setFocus()

    def _back(self) -> None:
        self._step(comparing=False)
        self.search.setFocus()

    def _step(self, *, comparing: bool) -> None:
        searching: tuple[QWidget, ...] = (self.search, self.rows)
        told: tuple[QWidget, ...] = (self.facts, self.reason, self.other, self.button)
        for part in (*searching, *told):
            part.setVisible((part in told) is comparing)
        self.problem.hide()

    def _done(self, kept: Patient) -> None:
        self.close_panel()
        self.merged.emit(kept)

    def _refused(self, error: KnownError) -> None:
        self.problem.setText(str(error))
        self.problem.show()


class FactChoice(QWidget):
    """Two records side by side; where they differ, one of both values is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 8)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._both: tuple[Patient, Patient] | None = None
        self.options: dict[str, tuple[Option, Option]] = {}
        """The two options of every fact that differs."""

    def show_both(self, one: Patient, other: Patient) -> None:
        """The first one's values are taken, but for those that only the other has."""
        clear(self._grid)
        self._both, self.options = (one, other), {}
        for column, whose in enumerate(("This record", "The other one"), start=1):
            self._grid.addWidget(label(whose, "body", weight="semibold"), 0, column)
        for row, (fact, name) in enumerate(_FACTS, start=1):
            words = [_words(patient, fact) for patient in self._both]
            title = label(name, "small", "secondary", weight="medium")
            title.setFixedHeight(theme.CONTROL)
            self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            if words[0] == words[1]:
                same = label(words[0], "body", wrap=True)
                same.setMinimumHeight(theme.CONTROL)
                self._grid.addWidget(same, row, 1, 1, 2)
                continue
            group = QButtonGroup(self)
            pair = (Option(name, words[0], group), Option(name, words[1], group))
            pair[bool(getattr(other, fact)) and not getattr(one, fact)].radio.setChecked(True)
            self.options[fact] = pair
            for column, option in enumerate(pair, start=1):
                self._grid.addWidget(option, row, column)
        self.setFocusProxy(self.options["identifier"][0].radio)

    def chosen(self) -> tuple[Patient, Patient]:
        """The record that is kept, as it is from now on, and the other one."""
        assert self._both is not None
        place = int(self.options["identifier"][1].radio.isChecked())
        kept, gone = self._both[place], self._both[1 - place]
        taken = {
            fact: getattr(self._both[int(pair[1].radio.isChecked())], fact)
            for fact, pair in self.options.items()
            if fact != "identifier"
        }
        return replace(kept, **taken), gone


class Option(QWidget):
    """A value that can be taken; its words break where they are long, as those of Qt's own button do not."""

    def __init__(self, fact: str, words: str, group: QButtonGroup) -> None:
        super().__init__()
        self.radio = QRadioButton()
        self.radio.setAccessibleName(f"{fact}: {words}")
        group.addButton(self.radio)
        self.words: QLabel = label(words, "body", wrap=True)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(4)
        self.words.setMinimumHeight(theme.CONTROL)
        across.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self.words, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.radio.setChecked(True)


def _words(patient: Patient, fact: str) -> str:
    if fact == "born":
        return in_words(patient.born) if patient.born else "Not known"
    if fact == "sex":
        return _SEXES[patient.sex]
    return str(getattr(patient, fact)) or "None"


def _reason_error(text: str) -> str:
    return "" if text.strip() else "Say it in a few words: it is kept with both records."
