"""The acts on a bench that can be taken back, and those that were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clinoscope.domain.errors import NotAllowed

NOTHING = "There is nothing to undo."
NOTHING_AGAIN = "There is nothing to redo."


@dataclass(frozen=True)
class Step:
    """One act: the labels of some cells before and after it, "" for undecided."""

    before: Mapping[int, str]
    after: Mapping[int, str]


@dataclass(frozen=True)
class Drawn:
    """One act: a cell was added by hand, or taken away (``gone``)."""

    cell: int
    gone: bool


@dataclass
class History:
    """Acts in their order. Not for more than one thread at a time."""

    done: list[Step | Drawn] = field(default_factory=list)
    undone: list[Step | Drawn] = field(default_factory=list)

    def note(self, act: Step | Drawn) -> None:
        """An act was done: what was taken back before cannot be done again."""
        self.done.append(act)
        self.undone.clear()

    def last(self) -> Step | Drawn:
        """The act to take back. Raises NotAllowed when there is none."""
        if not self.done:
            raise NotAllowed(NOTHING)
        return self.done[-1]

    def next(self) -> Step | Drawn:
        """The act to do again. Raises NotAllowed when there is none."""
        if not self.undone:
            raise NotAllowed(NOTHING_AGAIN)
        return self.undone[-1]

    def took_back(self) -> None:
        """The last act was taken back."""
        self.undone.append(self.done.pop())

    def did_again(self) -> None:
        """The act that was taken back last was done again."""
        self.done.append(self.undone.pop())
