"""Where people type: a label above, the edit, and one line beneath that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from clinoscope.ui import theme
from clinoscope.ui.widgets.edits import LineEdit
from clinoscope.ui.widgets.text import label, restyle, set_tone


def titled(name: str, *parts: QWidget) -> QWidget:
    """Parts that are no field beneath a name as a field has it."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(label(name, "small", "secondary", weight="medium"))
    for part in parts:
        column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if isinstance(part, QPushButton) else Qt.AlignmentFlag(0))
    return made


class Checked(Protocol):
    """What people fill in and what can say whether it is right."""

    def ok(self) -> bool: ...

    def setFocus(self) -> None: ...


def all_ok(*fields: Checked) -> bool:
    """Let every field say what is wrong with it; the first that is wrong has the keyboard."""
    wrong = [field for field in fields if not field.ok()]
    if wrong:
        wrong[0].setFocus()
    return not wrong


class Field(QWidget):
    """A label, an edit, and one line of help or error.

    ``check`` takes the text and returns "" or what is wrong in a few words. ``reserve`` keeps the place of the line
    while there is nothing to say, so that nothing moves when there is.
    """

    submitted = Signal()
    edited = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        password: bool = False,
        placeholder: str = "",
        help_text: str = "",
        check: Callable[[str], str] | None = None,
        reserve: bool = False,
    ) -> None:
        super().__init__()
        self.secret = password
        self._help = help_text
        self._reserve = reserve
        self._check = check
        self.edit = LineEdit()
        self.edit.setFont(theme.font())
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(name)
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if password:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._name = label(name, "small", "secondary", weight="medium")
        self._name.setBuddy(self.edit)
        self._line = label(help_text, "small", "secondary", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._name)
        layout.addWidget(self.edit)
        layout.addWidget(self._line)
        self._show_line(help_text)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.returnPressed.connect(self.submitted)
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        self.edit.setText(text)
        self.set_error("")

    def ok(self) -> bool:
        """Check now, show what is wrong, say whether nothing is."""
        wrong = self._check(self.text()) if self._check else ""
        self.set_error(wrong)
        return not wrong

    def set_error(self, words: str) -> None:
        """Show what is wrong beneath the edit; "" takes it away."""
        self.edit.setProperty("wrong", "true" if words else "false")
        restyle(self.edit)
        self.edit.setAccessibleDescription(words)
        self._show_line(words or self._help)
        set_tone(self._line, "danger" if words else "secondary")

    def set_help(self, words: str, tone: str = "secondary") -> None:
        """The line beneath, when nothing is wrong."""
        self._help = words
        self._show_line(words)
        set_tone(self._line, tone)

    def help_text(self) -> str:
        """The line beneath when nothing is wrong."""
        return self._help

    def error(self) -> str:
        return self._line.text() if self.edit.property("wrong") == "true" else ""

    def _show_line(self, words: str) -> None:
        self._line.setText(words)
        self._line.setVisible(self._reserve or bool(words))

    def _on_edited(self, text: str) -> None:
        if self.edit.property("wrong") == "true":
            self.set_error("")
        self.edited.emit(text)


class SearchField(LineEdit):
    """Search as you type: ``wanted`` comes with every key, ``moved`` and ``opened`` are for the list beneath."""

    wanted = Signal(str)
    moved = Signal(int)
    opened = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.setFont(theme.font())
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(False)
        self.textChanged.connect(lambda text: self.wanted.emit(text.strip()))

    def event(self, event: QEvent) -> bool:
        # Nothing that is looked for begins with a question mark: in the empty field it asks for the keys.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.text() == "?"
            and not self.text()
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
