"""How the clinic numbers its patients: the program's own numbers, or a pattern with a check digit."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from clinoscope.domain.errors import KnownError
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.choice import Choice
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.fields import Field, titled
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import numbers
from clinoscope.workflow.numbers import Rule

_WHOSE = (("ours", "From the program"), ("own", "The clinic's own pattern"))
_PATTERN = "A is a letter, # a digit, X either; everything else stands for itself."
_LOOSE = "Off: a number that does not fit is pointed out, and may be kept."
_ABOUT = "It holds for patients who are added from now on. Those who are here keep their numbers."


class NumberPanel(Panel):
    """Opened from the settings."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Patient numbers", width=480)
        self._shell = shell
        self.whose = Choice("Numbers", _WHOSE)
        self.whose.changed.connect(lambda _: self._follow())
        self.pattern = Field("Pattern", placeholder="AA-######", help_text=_PATTERN)
        self.pattern.edited.connect(lambda _: self._follow())
        self.scheme = Combo("Check digit")
        self.scheme.addItem("No check digit", "")
        for scheme in numbers.schemes():
            self.scheme.addItem(scheme.name, scheme.id)
        self.scheme.currentIndexChanged.connect(lambda _: self._follow())
        self.about_scheme = label("", "small", "secondary", wrap=True)
        self._digit = titled("Check digit", self.scheme, self.about_scheme)
        self.strict = QCheckBox("Refuse numbers that do not fit")
        self._kind = label(_LOOSE, "small", "secondary", wrap=True)
        self.shown = label("", "body", wrap=True)
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        for part in (
            self.whose,
            self.pattern,
            self._digit,
            self.strict,
            self._kind,
        ):
            self.body.addWidget(part)
        self.body.addWidget(self.shown)
        self.body.addStretch(1)
        self.button = PrimaryButton("Save")
        self.button.clicked.connect(self.save)
        self.end_with(self.button)

    def open_fresh(self) -> None:
        """With what holds now."""
        self.open_panel(self.whose)
        run_task(self, numbers.rule, self._shell.open_vault, done=self._take)

    def save(self) -> None:
        """Keep it, when it is a pattern."""
        vault, wanted = self._shell.open_vault, self._rule()
        if self.whose.value() == "own" and not wanted.mask:
            self.pattern.set_error(numbers.NO_PATTERN)
            return
        run_task(self, numbers.set_rule, vault, wanted, done=self._saved, failed=self._refused, busy=self.button)

    def _take(self, held: Rule) -> None:
        self.whose.take("own" if held.mask else "ours")
        self.pattern.set_text(held.mask)
        self.scheme.setCurrentIndex(max(self.scheme.findData(held.scheme), 0))
        self.strict.setChecked(held.strict)
        self._follow()

    def _rule(self) -> Rule:
        if self.whose.value() == "ours":
            return Rule()
        return Rule(self.pattern.text().strip(), str(self.scheme.currentData()), self.strict.isChecked())

    def _follow(self) -> None:
        """Show what belongs to the choice, and a number as it would look."""
        own = self.whose.value() == "own"
        for part in (self.pattern, self._digit, self.strict, self._kind):
            part.setVisible(own)
        about = {scheme.id: scheme.about for scheme in numbers.schemes()}.get(str(self.scheme.currentData()), "")
        self.about_scheme.setText(about)
        self.about_scheme.setVisible(own and bool(about))
        held = self._rule()
        self.shown.setText(
            (f"A number looks like {numbers.example(held)}." if held.mask else "") if own else numbers.OURS
        )

    def _saved(self, _held: Rule) -> None:
        self.close_panel()
        self._shell.say("Saved.")

    def _refused(self, error: KnownError) -> None:
        self.pattern.set_error(str(error))
