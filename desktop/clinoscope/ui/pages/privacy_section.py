"""Settings, privacy: screen capture, the ground of training sets, how long patients are kept and who is past that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.ui import screen_capture
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import QuietButton
from clinoscope.ui.widgets.combo import Combo
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import consent, retention
from clinoscope.workflow.retention import Due, Rule

_GROUND = "Training sets on another legal ground than each patient's consent"
_GROUND_ABOUT = (
    "Off: who did not agree is left out. On: nobody is asked, and the clinic answers for it. The log keeps it."
)
_KEPT_ABOUT = "Nothing is ever erased by itself: who is past the rule is listed, and a person decides on each."
_NO_RULE = "The clinic has no rule: patients are kept without end."
_OFFERED = 10
"""Years after coming of age that stand there until a clinic makes a rule."""
SAVE_AFTER = 1000
"""Milliseconds of rest before a chosen rule is kept: each that is kept stands in the log."""


class PrivacySection(QWidget):
    """For administrators the rules, for clinicians the list of who is past them, for everybody screen capture."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__()
        self._host, self._shell = host, shell
        self.panels: list[Panel] = []
        self.capture = QCheckBox("Keep this window out of screenshots and screen sharing")
        self.capture.setChecked(shell.preferences.value.hide_from_capture and screen_capture.possible())
        self.capture.setEnabled(screen_capture.possible())
        self.capture.toggled.connect(self._hide)
        self.capture_about = label(screen_capture.about(), "small", "secondary", wrap=True)
        self.ground = QCheckBox(_GROUND)
        self.ground.toggled.connect(self._choose_ground)
        self.ground_about = label(_GROUND_ABOUT, "small", "secondary", wrap=True)
        self.years, self.minors = Combo("Keep patients"), Combo("Minors")
        self.years.addItem("Keep patients without end", 0)
        for count in retention.offered():
            self.years.addItem(f"Keep patients {count} years after the last visit", count)
            self.minors.addItem(f"Minors at least {count} years after coming of age", count)
        for combo in (self.years, self.minors):
            combo.setMinimumWidth(360)
            combo.currentIndexChanged.connect(self._choose_rule)
            combo.installEventFilter(self)
        self.rule = self._rule_choices()
        self.kept_about = label(_KEPT_ABOUT, "small", "secondary", wrap=True)
        self.past = label("", "body", wrap=True)
        self.list_due = QuietButton("Look at them…")
        self.list_due.clicked.connect(self._open_list)
        self._due: tuple[Due, ...] = ()
        self._taking = False
        self._ruled: Rule | None = None
        self._pending = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SAVE_AFTER)
        self._rest.timeout.connect(self.flush)
        self._lay_out()
        shell.changed.connect(self._on_changed)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.list_due)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        rows: tuple[QWidget, ...] = (
            *(self.capture, self.capture_about, self.ground, self.ground_about),
            *(self.rule, self.kept_about, self.past),
        )
        for part in rows:
            if part in (self.ground, self.rule):
                column.addSpacing(12)
            column.addWidget(part)
        column.addLayout(foot)

    def _rule_choices(self) -> QWidget:
        """Both choices of the rule as wide as each other, and as the longest of their words."""
        made = QWidget()
        across = QHBoxLayout(made)
        across.setContentsMargins(0, 0, 0, 0)
        both = QVBoxLayout()
        both.setSpacing(8)
        both.addWidget(self.years)
        both.addWidget(self.minors)
        across.addLayout(both)
        across.addStretch(1)
        return made

    def refresh(self) -> None:
        """What holds now, for who may see it."""
        rules, lists = self._shell.may(Act.PRIVACY), self._shell.may(Act.PATIENT_ERASE)
        ruled: tuple[QWidget, ...] = (self.ground, self.ground_about, self.rule, self.kept_about)
        for part in ruled:
            part.setVisible(rules)
        self.minors.setVisible(rules and bool(self.years.currentData()))
        self.past.setVisible(lists)
        self.list_due.setVisible(lists and bool(self._due))  # it may have the keyboard: not hidden only to come again
        vault = self._shell.open_vault

        def look() -> tuple[bool, Rule | None, tuple[Due, ...]]:
            return consent.other_ground(vault), retention.rule(vault), retention.due(vault) if lists else ()

        run_task(self, look, done=self._show)

    def _show(self, found: tuple[bool, Rule | None, tuple[Due, ...]]) -> None:
        ground, rule, self._due = found
        self._ruled = rule
        if self._pending:  # a choice that is being made stays as it is
            rule = self._chosen()
        self._taking = True
        self.ground.setChecked(ground)
        self.years.setCurrentIndex(max(self.years.findData(rule.years if rule else 0), 0))
        self.minors.setCurrentIndex(max(self.minors.findData(rule.after_majority if rule else _OFFERED), 0))
        self._taking = False
        self.minors.setVisible(self._shell.may(Act.PRIVACY) and rule is not None)
        self.past.setText(past_words(self._due) if self._ruled else _NO_RULE)
        self.list_due.setVisible(bool(self._due) and self._shell.may(Act.PATIENT_ERASE))

    def _choose_ground(self, on: bool) -> None:
        if not self._taking:
            run_task(self, consent.set_other_ground, self._shell.open_vault, on, done=self._kept)

    def _choose_rule(self, _place: int) -> None:
        """Arrow keys walk over what nobody wants: what is chosen counts once it rests."""
        if not self._taking and self._shell.may(Act.PRIVACY):
            self.minors.setVisible(bool(self.years.currentData()))
            self._pending = True
            self._rest.start()

    def _chosen(self) -> Rule | None:
        years = int(self.years.currentData())
        return Rule(years, int(self.minors.currentData())) if years else None

    def flush(self) -> None:
        """Keep a rule that was chosen without waiting for it to rest."""
        self._rest.stop()
        if not self._pending:
            return
        self._pending = False
        rule = self._chosen()
        if rule != self._ruled:
            self._ruled = rule
            vault = self._shell.open_vault
            run_task(self, retention.set_rule, vault, rule, done=self._kept, failed=self._not_kept)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.flush()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.flush()
        super().keyPressEvent(event)

    def _kept(self, _: object) -> None:
        self._shell.say("Saved. It is in the log.")
        if self.isVisible():  # kept on the way out of the page, or of the program
            self.refresh()

    def _not_kept(self, error: KnownError) -> None:
        """Show the rule that holds still."""
        self._shell.warn(str(error), "danger")
        if self.isVisible():
            self.refresh()

    def _hide(self, on: bool) -> None:
        self._shell.preferences.change(hide_from_capture=on)
        screen_capture.guard().set_on(on)

    def _open_list(self) -> None:
        from clinoscope.ui.pages.retention_panel import RetentionPanel

        for old in self.panels:
            old.deleteLater()
        panel = RetentionPanel(self._host, self._shell, self._due)
        self.panels = [panel, panel.erase]
        panel.closed.connect(self.refresh)  # how many are past the rule, as it is now
        panel.open_panel(panel.rows[0].keep)

    def _on_changed(self, kind: str) -> None:
        if self.isVisible() and kind == "patients":
            self.refresh()


def past_words(due: tuple[Due, ...]) -> str:
    """How many are past the rule, and how many of them are kept for a reason."""
    kept = sum(bool(one.kept) for one in due)
    count = len(due) - kept
    who = {0: "Nobody is", 1: "1 patient is"}.get(count, f"{count} patients are")
    more = {0: "", 1: " 1 more is kept for a reason."}.get(kept, f" {kept} more are kept for a reason.")
    return f"{who} past the clinic's rule.{more}"
