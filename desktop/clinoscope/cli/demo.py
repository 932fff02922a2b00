"""``clinoscope demo``: the whole job for every mode on phantoms, in a throw-away vault."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, progress, say


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "demo", "the whole job for every mode on drawn pictures")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the vault and the PDFs go")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the demo and print what it made."""
    from clinoscope.workflow import demo

    say(demo.run(options.out, progress))
    return 0
