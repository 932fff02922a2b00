"""Settings of smears: reference ranges and the keys of the classes, each a panel made when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import QuietButton

if TYPE_CHECKING:
    from clinoscope.ui.pages.keys_panel import KeysPanel
    from clinoscope.ui.pages.ranges_panel import RangesPanel


class SmearSection(QWidget):
    """Its panels lie over ``page``."""

    def __init__(self, page: QWidget, shell: Shell) -> None:
        super().__init__()
        self._page, self._shell = page, shell
        self.ranges_panel: RangesPanel | None = None
        self.keys_panel: KeysPanel | None = None
        self.ranges = QuietButton("Reference ranges…")
        self.ranges.clicked.connect(self._open_ranges)
        self.keys = QuietButton("Keys of the classes…")
        self.keys.clicked.connect(self._open_keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.ranges)
        row.addWidget(self.keys)
        row.addStretch(1)

    def _open_ranges(self) -> None:
        if self.ranges_panel is None:
            from clinoscope.ui.pages.ranges_panel import RangesPanel

            self.ranges_panel = RangesPanel(self._page, self._shell)
        self.ranges_panel.open_fresh()

    def _open_keys(self) -> None:
        if self.keys_panel is None:
            from clinoscope.ui.pages.keys_panel import KeysPanel

            self.keys_panel = KeysPanel(self._page, self._shell)
        self.keys_panel.open_fresh()
