"""The panel with the comments that this laboratory added to the report of a smear: add, change, order, take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from clinoscope.domain.access import Act
from clinoscope.domain.errors import KnownError
from clinoscope.domain.smear_sheet import Comment
from clinoscope.ui import theme
from clinoscope.ui.shell import Shell
from clinoscope.ui.tasks import run_task
from clinoscope.ui.widgets import IconButton, LinkButton, Panel, PrimaryButton, QuietButton, label
from clinoscope.ui.widgets.fields import Field, titled
from clinoscope.ui.widgets.rows import Column, Row, RowList
from clinoscope.ui.widgets.text import tell
from clinoscope.workflow.smear import comments
from clinoscope.workflow.smear.tables import MODE

if TYPE_CHECKING:
    from clinoscope.records import Vault

_ABOUT = (
    "Offered in the sheet of every smear; Alt+1 to Alt+9 tick the first nine there. A smear keeps the words it was "
    "given. Nothing about one patient belongs here: the note of a smear is for that."
)
_LEAST_ROWS = 3
_TEXT_LINES = 72


class WordsField(QPlainTextEdit):
    """What the report says, on several lines; Enter is ``submitted``, since it is one paragraph."""

    submitted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFont(theme.font())
        self.setFixedHeight(_TEXT_LINES)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setPlaceholderText("Empty: the short name")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)


class CommentList(RowList):
    """The comments in their order. ``moved(-1 or 1)`` is Alt+Up or Alt+Down, ``taken`` Delete."""

    moved = Signal(int)
    taken = Signal()

    def __init__(self) -> None:
        super().__init__((Column("Comment"), Column("Key", 60, right=True)), "Comments of your own")
        self.setMinimumHeight(_LEAST_ROWS * self.row_height)

    def sizeHint(self) -> QSize:
        """It scrolls by itself, so that its buttons stay in sight."""
        return self.minimumSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.taken.emit()
        else:
            super().keyPressEvent(event)


class CommentsPanel(Panel):
    """Opened from the settings. Each act is kept at once; what was taken away can be put back while it is open."""

    def __init__(self, host: QWidget, shell: Shell) -> None:
        super().__init__(host, "Comments of your own", width=480)
        self._shell = shell
        self._own: tuple[Comment, ...] = ()
        self._before: tuple[Comment, ...] | None = None
        self._changing: Comment | None = None
        self._may = False
        self.name = Field("Short name")
        self.name.submitted.connect(self.save)
        self.text = WordsField("In the report")
        self.text.submitted.connect(self.save)
        self.said = label("", "small", wrap=True)
        self.rows = CommentList()
        self.rows.opened.connect(lambda row: self._take_up(row.what))
        self.rows.picked.connect(lambda _: self._offer())
        self.rows.moved.connect(self.move_current)
        self.rows.taken.connect(self.take_away)
        self._typed = titled("In the report", self.text)
        self.body.addWidget(label(_ABOUT, "small", "secondary", wrap=True))
        for part in (self.name, self._typed, self.rows):
            self.body.addWidget(part)
        self._acts = self._act_row()
        self.body.addWidget(self._acts)
        self.body.setStretchFactor(self.rows, 1)
        self.body.addStretch(0)
        self.back = LinkButton("Put it back")
        self.back.clicked.connect(self._put_back)
        self.below.addWidget(self.said)
        self.below.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.new = QuietButton("New comment")
        self.new.clicked.connect(self._begin)
        self.button = PrimaryButton("Add comment")
        self.button.clicked.connect(self.save)
        self.foot.addStretch(1)
        self.foot.addWidget(self.new)
        self.foot.addWidget(self.button)

    def open_fresh(self) -> None:
        """Show what holds now; who may not change it reads it, and who may."""
        self._may = may = self._shell.may(Act.EXAM_REVIEW, MODE)
        for part in (self.name, self._typed, self.button):
            part.setVisible(may)
        self._before = None
        self._begin()
        tell(self.said, "" if may else self._shell.why_not(Act.EXAM_REVIEW), "ink")
        self.open_panel(self.name if may else self.rows)
        run_task(self, comments.own, self._shell.open_vault, done=self._show)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._changing is not None:
            self._begin()
            self.rows.setFocus()
        else:
            super().keyPressEvent(event)

    def save(self) -> None:
        """Add what was typed, or put it in the place of what is being changed."""
        if not self.button.isEnabled():
            return
        made, old = comments.make(self.name.text(), self.text.toPlainText()), self._changing
        if old is None:
            self._keep((*self._own, made), "is in the list.", made)
        else:
            self._keep([made if entry == old else entry for entry in self._own], "is changed.", made)

    def move_current(self, step: int) -> None:
        """Let the current comment change places with the one above (-1) or beneath it (1)."""
        entry, place = self._current()
        if entry is not None and 0 <= place + step < len(self._own):
            wanted = list(self._own)
            wanted[place], wanted[place + step] = wanted[place + step], entry
            self._keep(wanted)

    def take_away(self) -> None:
        """Leave the current comment out of the list; smears that have it keep it."""
        entry, _ = self._current()
        if entry is not None:
            gone = f"“{entry.name}” is no longer offered. Smears that have it keep it."
            if entry == self._changing:
                self._begin()
            self._keep([one for one in self._own if one != entry], gone, before=self._own)
            self.rows.setFocus()

    def _act_row(self) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        self.change = QuietButton("Change", tip="Change the words (Enter)")
        self.change.clicked.connect(self.rows.open_current)
        self.up = IconButton("ph.arrow-up", "Further up (Alt+Up)")
        self.up.clicked.connect(lambda: self.move_current(-1))
        self.down = IconButton("ph.arrow-down", "Further down (Alt+Down)")
        self.down.clicked.connect(lambda: self.move_current(1))
        self.take = QuietButton("Take away", icon="ph.trash", tip="No longer offer it (Delete)")
        self.take.clicked.connect(self.take_away)
        for button in (self.change, self.up, self.down):
            across.addWidget(button)
        across.addStretch(1)
        across.addWidget(self.take)
        return row

    def _current(self) -> tuple[Comment | None, int]:
        row = self.rows.current()
        if row is None or not self._may:
            return None, -1
        place = [entry.id for entry in self._own].index(str(row.key))
        return self._own[place], place

    def _show(self, own: Sequence[Comment]) -> None:
        self._own = tuple(own)
        keys = comments.keys(own)
        rows = [Row(entry.id, (entry.name, keys.get(entry.id, "")), below=entry.text, what=entry) for entry in own]
        self.rows.show_rows(rows, select_first=True)
        self.rows.setVisible(bool(own))
        self.body.setStretch(self.body.count() - 1, 0 if own else 1)
        self._acts.setVisible(bool(own) and self._may)
        self._offer()

    def _offer(self) -> None:
        """Only what can be done to the current comment."""
        place = self.rows.currentIndex().row()
        self.change.setEnabled(place >= 0)
        self.take.setEnabled(place >= 0)
        self.up.setEnabled(place > 0)
        self.down.setEnabled(0 <= place < len(self._own) - 1)

    def _take_up(self, entry: Comment) -> None:
        """Put a comment's words into the fields, to be changed."""
        if self._may:
            self._fill(entry.name, entry.text, entry)
            self.name.edit.selectAll()

    def _begin(self) -> None:
        """Empty fields, for a new one."""
        self._fill("", "", None)

    def _fill(self, name: str, text: str, changing: Comment | None) -> None:
        self._changing = changing
        self.name.set_text(name)
        self.text.setPlainText(text)
        self.new.setVisible(changing is not None)
        self.button.setText("Save" if changing else "Add comment")
        self._say("")
        self.name.setFocus()

    def _keep(
        self,
        wanted: Sequence[Comment],
        told: str = "",
        made: Comment | None = None,
        before: tuple[Comment, ...] | None = None,
    ) -> None:
        def kept(own: tuple[Comment, ...]) -> None:
            self._show(own)
            if made is not None:
                self._begin()
                self.rows.select([entry.id for entry in own].index(made.id))
            self._before = before
            self._say(f"“{' '.join(made.name.split())}” {told}" if made else told)

        run_task(self, _keep, self._shell.open_vault, tuple(wanted), done=kept, failed=self._refuse, busy=self.button)

    def _put_back(self) -> None:
        if self._before is not None:
            self._keep(self._before)
            self.rows.setFocus()

    def _refuse(self, error: KnownError) -> None:
        if isinstance(error, comments.TextRefused):
            tell(self.said, str(error), "danger")
            self.text.setFocus()
        else:
            self.name.set_error(str(error))
            self.name.setFocus()

    def _say(self, words: str) -> None:
        tell(self.said, words, "ink")
        self.back.setVisible(bool(words) and self._before is not None)


def _keep(vault: Vault, wanted: Sequence[Comment]) -> tuple[Comment, ...]:
    comments.set_own(vault, wanted)
    return comments.own(vault)
