"""A growing delay after wrong passwords, kept in the vault's folder.

It slows down whoever sits at the program. It cannot stop someone who copies the files: Argon2id does.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from clinoscope.domain.counts import many
from clinoscope.domain.errors import KnownError, WrongPassword
from clinoscope.records.errors import translated
from clinoscope.records.files import write_whole

DELAYS = (0, 0, 0, 1, 2, 4, 8, 16, 32, 60)
"""Seconds to wait after that many wrong tries in a row; the last holds for all that follow."""

WRONG = "The name or the password is not right."
WRONG_CODE = "The recovery code is not the one of this vault."

T = TypeVar("T")


class _State(msgspec.Struct):
    wrong: int = 0
    last: float = 0.0  # seconds since 1970, so that it means the same after a restart


class Tries:
    """The count of wrong tries of one vault, shared by all that ask for a password."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tries.json"
        self._one_at_a_time = threading.Lock()

    def attempt(self, act: Callable[[], T]) -> T:
        """Call ``act``, which raises WrongPassword, unless the delay has not passed yet.

        Never sleeps. Raises WrongPassword whose ``retry_after`` is the delay that is left.
        """
        with self._one_at_a_time:
            state = self._load()
            left = self._left(state)
            if left > 0:
                raise WrongPassword(f"Too many wrong tries: wait {_seconds(left)} and try again.", left)
            # Counted before it is looked at: killing the program in between gains nothing.
            wrong = state.wrong + 1
            self._save(_State(wrong, time.time()))
            try:
                found = act()
            except WrongPassword as error:
                raise _with_delay(error, _delay(wrong)) from None
            except KnownError:
                self._save(state)
                raise
            with translated():
                self._path.unlink(missing_ok=True)
            return found

    @property
    def wrong(self) -> int:
        """How many tries in a row were wrong."""
        return self._load().wrong

    def _left(self, state: _State) -> float:
        now = time.time()
        if state.last > now:  # the clock was set back: start the same delay again, never a longer one
            self._save(_State(state.wrong, now))
            return _delay(state.wrong)
        return max(0.0, state.last + _delay(state.wrong) - now)

    def _load(self) -> _State:
        with translated():
            if not self._path.exists():
                return _State()
            data = self._path.read_bytes()
        try:
            return msgspec.json.decode(data, type=_State)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _State(len(DELAYS), time.time())  # scribbled over: as slow as it gets

    def _save(self, state: _State) -> None:
        with translated():
            write_whole(self._path, msgspec.json.encode(state))


def _delay(wrong: int) -> float:
    return float(DELAYS[min(wrong, len(DELAYS) - 1)])


def _with_delay(error: WrongPassword, delay: float) -> WrongPassword:
    if delay <= 0:
        return error
    return WrongPassword(f"{error} Wait {_seconds(delay)} before the next try.", delay)


def _seconds(delay: float) -> str:
    whole = max(1, round(delay))
    return many(whole, "second", "seconds")
