"""Where a day that has been is typed: what was understood stands beneath, so that 5/6 is never the wrong month."""

from __future__ import annotations

from datetime import date

from clinoscope.ui.dates import in_words, parse_birth, today
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
