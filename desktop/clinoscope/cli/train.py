"""``clinoscope train``: a model package from a recipe and a folder of labelled pictures."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, progress, say
from clinoscope.domain.errors import KnownError
from clinoscope.paths import MODELS

_EVERY = 5.0  # seconds between two lines about the same thing
_ENOUGH = 0.01  # share of the run from whose time the rest is reckoned
_SKIPPED = 2.0  # seconds for the whole run: what is faster was read back, not done
_TRAINING_LIBRARIES = frozenset({"tensorflow", "keras", "sklearn", "scipy", "joblib"})


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "train", "train a model package (needs: python3 run.py setup --train)")
    command.add_argument("recipe", type=Path, metavar="RECIPE", help="a file of models/recipes, or your own")
    command.add_argument("--data", required=True, type=Path, metavar="DIR", help="the labelled pictures")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the package goes")
    command.add_argument(
        "--backbones",
        type=Path,
        default=MODELS / "backbones",
        metavar="DIR",
        help="the pretrained networks' weights files (default: models/backbones)",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train and print where the package lies. Raises KnownError when the training libraries are absent."""
    try:
        # The one door to the training room: nothing else of the running program goes there.
        from clinoscope.training.train import train

        package = train(options.recipe, options.data, options.out, options.backbones, Lines())
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _TRAINING_LIBRARIES | {"clinoscope"}:
            raise
        raise KnownError(
            "Training needs TensorFlow, which is not part of this installation. "
            "In a checkout of the program, run: python3 run.py setup --train"
        ) from None
    say({"package": str(package)})
    return 0


class Lines:
    """A line of progress when something new begins and every few seconds, with about how long the rest will take.

    What a run that goes on finds done already passes at once and is not counted.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._doing, self._told = "", 0.0
        self._spent, self._gained = 0.0, 0.0
        self._last = (clock(), 0.0)

    def __call__(self, doing: str, share: float) -> None:
        now = self._clock()
        self._count(now, share)
        if doing == self._doing and now - self._told < _EVERY:
            return
        self._doing, self._told = doing, now
        progress(f"{100 * share:3.0f} %  {doing}{self._left(share)}")

    def _count(self, now: float, share: float) -> None:
        spent, gained = now - self._last[0], share - self._last[1]
        self._last = (now, share)
        if spent > _SKIPPED * gained:
            self._spent, self._gained = self._spent + spent, self._gained + gained

    def _left(self, share: float) -> str:
        if self._gained < _ENOUGH or share >= 1:
            return ""
        seconds = self._spent / self._gained * (1 - share)
        if seconds < 90:
            return f", about {max(1, round(seconds))} s left"
        return f", about {round(seconds / 60)} min left" if seconds < 5400 else f", about {seconds / 3600:.1f} h left"
