"""The validation report over the page of the models: to read, save or print."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinoscope.ui.exam.report_view import ReportView
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import IconButton
from clinoscope.ui.widgets.panel import Panel

_WIDTH = 900
"""A page at its true size with its margins."""


class _View(ReportView):
    """The same view as of an exam's report, without the two ways back, since the panel has its own, and without a
    picture to show whole or save."""

    def _head(self) -> QWidget:
        head = super()._head()
        head.findChildren(IconButton)[0].hide()
        for part in (self.done, self.whole, self.picture):
            part.hide()
        return head


class ReportPanel(Panel):
    """Esc or the cross leads back."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Validation report", width=_WIDTH)
        self.view = _View()
        self.view.said.connect(shell.say)
        self.view.warned.connect(shell.warn)
        self.body.addWidget(self.view, 1)

    def open_pdf(self, pdf: bytes, name: str) -> None:
        """Show a report; ``name`` is offered when saving."""
        self.open_panel()
        self.view.show_pdf(pdf, name, "As it will print")
