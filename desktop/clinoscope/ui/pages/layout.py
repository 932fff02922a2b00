"""How every page is laid out: 32 px around, a title with room for what can be done at its right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.ui.widgets.text import label

MARGIN = 32
WIDEST = 1120
"""Rows longer than this are hard to follow across the screen."""


def page_column(page: QWidget, widest: int = WIDEST, bleed: int = 0) -> QVBoxLayout:
    """A column of at most ``widest`` pixels in the middle of the page.

    ``bleed`` is how far the column reaches into the margins: for rows whose hover or focus shape
    is wider than what stands in them.
    """
    outer = QHBoxLayout(page)
    outer.setContentsMargins(MARGIN - bleed, 24, MARGIN - bleed, 24)
    inside = QWidget()
    inside.setMaximumWidth(widest)
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    outer.addStretch(1)
    outer.addWidget(inside, 1000)
    outer.addStretch(1)
    return column


def notice() -> QLabel:
    """What stands on every page that shows a reading."""
    return label(RESEARCH_ONLY, "small", "secondary")


def heading(title: str, *right: QWidget) -> tuple[QHBoxLayout, QLabel]:
    """The page's title, and widgets at its right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    words = label(title, "answer")
    words.setMinimumHeight(40)
    row.addWidget(words, 1)
    for widget in right:
        row.addWidget(widget)
    return row, words


def at_left(*widgets: QWidget) -> QHBoxLayout:
    """Widgets beside each other, as wide as they are, the rest of the row free."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
