"""``clinoscope train``: a model package from a recipe and a folder of labelled pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope.cli.common import progress, say
from clinoscope.domain.errors import KnownError
from clinoscope.paths import MODELS

_TRAINING_LIBRARIES = frozenset({"tensorflow", "keras", "sklearn", "scipy", "joblib"})


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("train", help="train a model package (needs: python3 run.py setup --train)")
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

    def told(doing: str, share: float) -> None:
        progress(f"{100 * share:3.0f} %  {doing}")

    try:
        # The one door to the training room: nothing else of the running program goes there.
        from clinoscope.training.train import train

        package = train(options.recipe, options.data, options.out, options.backbones, told)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _TRAINING_LIBRARIES | {"clinoscope"}:
            raise
        raise KnownError(
            "Training needs TensorFlow, which is not part of this installation. "
            "In a checkout of the program, run: python3 run.py setup --train"
        ) from None
    say({"package": str(package)})
    return 0
