"""Settings of smears: reference ranges, comments and the keys of the classes, each a panel made when first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinoscope.ui.pages.layout import at_left
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.buttons import QuietButton

if TYPE_CHECKING:
    from clinoscope.ui.pages.comments_panel import CommentsPanel
    from clinoscope.ui.pages.keys_panel import KeysPanel
    from clinoscope.ui.pages.ranges_panel import RangesPanel


class SmearSection(QWidget):
    """Its panels lie over ``page``."""

    def __init__(self, page: QWidget, shell: Shell) -> None:
        super().__init__()
        self._page, self._shell = page, shell
        self.ranges_panel: RangesPanel | None = None
        self.comments_panel: CommentsPanel | None = None
        self.keys_panel: KeysPanel | None = None
        self.ranges = QuietButton("Reference ranges…")
        self.ranges.clicked.connect(self._open_ranges)
        self.comments = QuietButton("Comments of your own…")
        self.comments.clicked.connect(self._open_comments)
        self.keys = QuietButton("Keys of the classes…")
        self.keys.clicked.connect(self._open_keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(at_left(self.ranges, self.keys))
        column.addLayout(at_left(self.comments))

    def _open_ranges(self) -> None:
        if self.ranges_panel is None:
            from clinoscope.ui.pages.ranges_panel import RangesPanel

            self.ranges_panel = RangesPanel(self._page, self._shell)
        self.ranges_panel.open_fresh()

    def _open_comments(self) -> None:
        if self.comments_panel is None:
            from clinoscope.ui.pages.comments_panel import CommentsPanel

            self.comments_panel = CommentsPanel(self._page, self._shell)
        self.comments_panel.open_fresh()

    def _open_keys(self) -> None:
        if self.keys_panel is None:
            from clinoscope.ui.pages.keys_panel import KeysPanel

            self.keys_panel = KeysPanel(self._page, self._shell)
        self.keys_panel.open_fresh()
