"""``clinoscope train``: a model package from a recipe and a folder of labelled pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope.cli.common import progress, say
from clinoscope.paths import MODELS


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
    """Train and print where the package lies."""
    # The one door to the training room: nothing else of the running program goes there.
    from clinoscope.training.train import train

    def told(doing: str, share: float) -> None:
        progress(f"{100 * share:3.0f} %  {doing}")

    say({"package": str(train(options.recipe, options.data, options.out, options.backbones, told))})
    return 0
