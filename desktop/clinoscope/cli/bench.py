"""``clinoscope bench``: how fast the program is here, as ratios in one run."""

from __future__ import annotations

import argparse
from typing import Any

from clinoscope.cli.common import progress, say


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("bench", help="measure start, reading, preview and smears on this machine")
    command.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=("all", "start", "read", "preview", "smear"),
        help="what to measure (default: all)",
    )
    command.add_argument(
        "--runs", type=int, default=9, metavar="N", help="counted runs of each measurement (default 9)"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print; the figures carry their limits, and 1 means one was missed."""
    from clinoscope.workflow import bench

    report = bench.run(options.part, max(3, options.runs), progress)
    say(report)
    return 0 if report["ok"] else 1
