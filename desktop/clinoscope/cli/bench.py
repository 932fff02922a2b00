"""``clinoscope bench``: how fast the program is here, as ratios in one run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, progress, say

_LEAST_RUNS = 3


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands, "bench", "measure start, reading, preview, capture, smears and records on this machine"
    )
    command.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=("all", "start", "read", "preview", "capture", "smear", "records"),
        help="what to measure (default: all)",
    )
    command.add_argument(
        "--runs", type=_runs, default=9, metavar="N", help="counted runs of each measurement, 3 or more (default 9)"
    )
    command.add_argument(
        "--records",
        choices=("small", "full"),
        default="small",
        help="vaults of up to 20,000 exams (default), or of 1,000,000, which takes half an hour and 25 GB",
    )
    command.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the vaults are made; they stay there and are used again"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print; the figures carry their limits, and 1 means one was missed."""
    from clinoscope.workflow import bench

    report = bench.run(options.part, options.runs, progress, records=options.records, folder=options.folder)
    say(report)
    return 0 if report["ok"] else 1


def _runs(text: str) -> int:
    if not text.isdecimal() or int(text) < _LEAST_RUNS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {_LEAST_RUNS} or more")
    return int(text)
