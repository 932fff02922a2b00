"""Under which other numbers a patient was recorded, on the patient's page, and how they come apart again."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.record import Merge, Patient
from clinoscope.ui.dates import in_words
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets.buttons import LinkButton, QuietButton
from clinoscope.ui.widgets.text import label
from clinoscope.workflow import people


class MergedBlock(QWidget):
    """``merge`` is the button that opens the panel; it stands where the page puts it."""

    def __init__(self, page: QWidget, shell: Shell) -> None:
        super().__init__()
        self._page, self._shell = page, shell
        self._patient: Patient | None = None
        self.panel: QWidget | None = None
        self.separate: list[LinkButton] = []
        self.merge = QuietButton("Merge…", icon="ph.git-merge", tip="Merge with another record of the same person")
        self.merge.setAccessibleName("Merge with another record…")
        self.merge.clicked.connect(self._open)
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 0, 8, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_for(self, patient: Patient, merges: tuple[Merge, ...]) -> Mapping[str, str]:
        """Show what was merged into a patient; the numbers of those records by their ids."""
        self._patient = patient
        self.merge.setVisible(self._shell.may(Act.PATIENT_MERGE))
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows, self.separate = [], []
        for merge in merges:
            row = self._row(merge)
            self._rows.append(row)
            self._column.addWidget(row)
        self.setVisible(bool(merges))
        return {merge.patient.id: merge.patient.identifier for merge in merges}

    def _row(self, merge: Merge) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(12)
        day = in_words(merge.at.astimezone().date())
        words = (
            f"Also recorded as {merge.patient.name}, {merge.patient.identifier}. "
            f"Merged {day} by {merge.by.name}: {merge.reason}"
        )
        across.addWidget(label(words, "small", "secondary", wrap=True), 1)
        if self._shell.may(Act.PATIENT_MERGE):
            separate = LinkButton("Separate again")
            separate.setAccessibleName(f"Separate {merge.patient.name}, {merge.patient.identifier}, again")
            separate.clicked.connect(lambda: self._separate(merge, separate))
            self.separate.append(separate)
            across.addWidget(separate, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _open(self) -> None:
        from clinoscope.ui.pages.merge_panel import MergePanel

        if not isinstance(self.panel, MergePanel):
            self.panel = MergePanel(self._page, self._shell)
            self.panel.merged.connect(self._merged)
        if self._patient is not None:
            self.panel.open_for(self._patient)

    def _merged(self, kept: Patient) -> None:
        self._shell.say("Merged. The records can be separated again here.")
        self._shell.go("patient", patient_id=kept.id)

    def _separate(self, merge: Merge, button: LinkButton) -> None:
        vault, merged = self._shell.open_vault, merge.patient
        said = f"{merged.name}, {merged.identifier}, is a record of its own again."
        run_task(self, people.separate, vault, merged.id, done=lambda _: self._shell.say(said), busy=button)
