"""Where a day that has been is typed: what was understood stands beneath, so that 5/6 is never the wrong month."""

from __future__ import annotations

from datetime import date

from clinoscope.domain.errors import KnownError, NotAllowed
from clinoscope.ui.dates import in_words, parse_birth, today
from clinoscope.ui.shell import Shell
from clinoscope.ui.widgets.fields import Field


class DayField(Field):
    """``empty`` is what is said where no day is typed."""

    def __init__(self, name: str, empty: str) -> None:
        super().__init__(name, check=self._wrong, help_text=" ")
        self._empty = empty
        self.edited.connect(self._echo)

    def show_today(self) -> None:
        """Begin with the day it is."""
        self.set_text(today().isoformat())
        self._echo()

    def day(self) -> date:
        """What is typed. Raises ValueError unless it is ``ok``."""
        found = parse_birth(self.text(), today())
        if found is None:
            raise ValueError(self._empty)
        return found

    def refuse(self, error: KnownError, shell: Shell) -> None:
        """Why what was typed was not kept: beneath it where the day does not fit the clock or the birth date, else
        across the window."""
        if isinstance(error, NotAllowed):
            self.set_error(str(error))
            self.setFocus()
        else:
            shell.warn(str(error), "danger")

    def _wrong(self, _text: str) -> str:
        try:
            self.day()
        except ValueError as error:
            return str(error)
        return ""

    def _echo(self) -> None:
        try:
            self.set_help(in_words(self.day()))
        except ValueError:
            self.set_help(" ")
