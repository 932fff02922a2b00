"""The calm panel that tells about a bug of ours."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from clinoscope.ui import bugs, theme
from clinoscope.ui.widgets.buttons import PrimaryButton
from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label


class BugPanel(Panel):
    """What happened, what is safe, and a report to copy that names no patient."""

    def __init__(self, host: QWidget, report: str) -> None:
        super().__init__(host, "A fault in the program", width=520)
        self.report = report
        self.body.addWidget(label(bugs.HEADLINE, "body", wrap=True))
        self.body.addWidget(
            label(
                "You can go on working. The report below says where the program stumbled; it holds no patient data. "
                "Please send it to whoever looks after Clinoscope at your clinic.",
                "body",
                "secondary",
                wrap=True,
            )
        )
        text = QPlainTextEdit(report)
        text.setReadOnly(True)
        text.setFont(theme.font("small"))
        text.setAccessibleName("Report")
        text.setMinimumHeight(280)
        self.body.addWidget(text, 1)
        self._copy = PrimaryButton("Copy report", icon="ph.copy")
        self._copy.clicked.connect(self._on_copy)
        self.end_with(self._copy, "Close")
        self.closed.connect(self.deleteLater)

    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self.report)
        self._copy.setText("Copied")
