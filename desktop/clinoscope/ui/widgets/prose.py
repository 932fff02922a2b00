"""Longer texts (model cards), set in the window's own type from Markdown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import (
    QFont,
    QShowEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser

from clinoscope.ui import theme

_LINE = 140
"""Line height in per cent."""
_HEADINGS = {1: ("title", 0), 2: ("heading", 20), 3: ("body", 12)}
"""Level: type role, space above in pixels. The first line of a card has the page's title above it already."""


class Prose(QTextBrowser):
    """Links do nothing: the program has no network."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # everything wraps
        self.setAccessibleName(name)
        self._markdown = ""
        self._stale = False
        theme.watcher().changed.connect(self._on_theme)

    def set_markdown(self, text: str) -> None:
        """Show a text. It is laid out once it can be seen: a model card takes 25 ms."""
        self._markdown = text
        self._stale = True
        if self.isVisible():
            self._set()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._set()

    def _on_theme(self) -> None:
        self._stale = True
        if self.isVisible():
            self._set()

    def _set(self) -> None:
        """Set a document of our own making: changing one that is shown lays it out anew with every change."""
        self._stale = False
        self.setDocument(_document(self._markdown, self))
        self.verticalScrollBar().setValue(0)


def _document(markdown: str, parent: QObject) -> QTextDocument:
    """Markdown brings sizes and table edges of Qt's own: they are replaced by ours, in the colours that are on."""
    made = QTextDocument(parent)
    made.setDefaultFont(theme.font())
    made.setDocumentMargin(0)
    made.setMarkdown(markdown)
    cursor = QTextCursor(made)
    block = made.begin()
    while block.isValid():
        _dress(cursor, block)
        block = block.next()
    for frame in made.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame)
    return made


def _dress(cursor: QTextCursor, block: QTextBlock) -> None:
    level = block.blockFormat().headingLevel()
    in_table = QTextCursor(block).currentTable() is not None
    room = QTextBlockFormat()
    room.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    room.setTopMargin(_HEADINGS.get(level, ("", 0))[1] if level else 0)
    room.setBottomMargin(0 if in_table else 4 if level else 8)
    room.setNonBreakableLines(False)  # a long command is read in full, not scrolled to
    cursor.setPosition(block.position())
    cursor.mergeBlockFormat(room)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    if level:
        letters = QTextCharFormat()
        letters.setFont(theme.font(_HEADINGS.get(level, ("body", 0))[0], "semibold"))
        cursor.setCharFormat(letters)  # not merged: Qt's own step up in size must go
    _our_letters(cursor, block)


def _our_letters(cursor: QTextCursor, block: QTextBlock) -> None:
    """Code a little quieter than whatever fixed font the system has, and bold as bold as our type is: Qt would smear
    what has no file of its own."""
    code, bold = QTextCharFormat(), QTextCharFormat()
    code.setFontFamilies([theme.FAMILY])
    code.setFontFixedPitch(False)
    code.setFontWeight(QFont.Weight.Medium)
    bold.setFontWeight(QFont.Weight.DemiBold)
    spans = []
    place = block.begin()
    while not place.atEnd():
        fragment = place.fragment()
        letters = fragment.charFormat()
        if letters.fontFixedPitch():
            spans.append((fragment.position(), fragment.length(), code))
        elif letters.fontWeight() > QFont.Weight.DemiBold:
            spans.append((fragment.position(), fragment.length(), bold))
        place += 1
    for start, length, letters in spans:
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(letters)


def _dress_table(table: QTextTable) -> None:
    shape = table.format()
    shape.setBorder(0.5)
    shape.setBorderBrush(theme.color("line"))
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderCollapse(True)
    shape.setCellPadding(8)
    shape.setCellSpacing(0)
    shape.setTopMargin(4)
    shape.setBottomMargin(12)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
