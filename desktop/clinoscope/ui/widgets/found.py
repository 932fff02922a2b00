"""The list beneath a search field: Enter opens what was typed, and never what stood there before."""

from __future__ import annotations

from collections.abc import Sequence

from clinoscope.ui.widgets.fields import SearchField
from clinoscope.ui.widgets.rows import Row, RowList


class Found:
    """What a search found, in ``rows``; Enter in ``search`` opens the current one.

    A scanner types a number and Enter at once, before the answer is there. What is listed then is not what was typed:
    the one that is found is opened when it comes, and of several a person chooses.
    """

    def __init__(self, search: SearchField, rows: RowList) -> None:
        self._search, self._rows = search, rows
        self._shown: str | None = None
        """What the rows are the answer to."""
        self._early: str | None = None
        """What stood in the field when Enter came too early."""
        search.moved.connect(rows.step)
        search.opened.connect(self._enter)

    def show(self, text: str, rows: Sequence[Row]) -> None:
        """The answer to ``text``, best first. The current row stays current while the same is looked for."""
        again, early = text == self._shown, self._early == text
        self._shown, self._early = text, None
        self._rows.show_rows(rows, select_first=True)
        if not again:
            self._rows.select(0)
        if early and len(rows) == 1:
            self._rows.open_current()

    def forget(self) -> None:
        """Another question begins: no row is the answer to anything that is typed from now on."""
        self._shown = self._early = None

    def _enter(self) -> None:
        text = self._search.text().strip()
        if text == self._shown:
            self._rows.open_current()
        else:
            self._early = text
