"""``clinoscope evaluate``: how a task does on labelled pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import add_command, labels_argument, pictures_read, say, task_argument


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "evaluate", "measure a task on labelled pictures")
    task_argument(command)
    labels_argument(command, "columns path,label[,group]; paths relative to the CSV")
    command.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="metrics.json, readings.csv, report.pdf"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Evaluate and print metrics.json; 1 when some pictures could not be opened."""
    from clinoscope.workflow.evaluate import evaluate

    done = evaluate(modes.task(options.task), options.labels, options.out, pictures_read)
    say(done.metrics)
    return 1 if done.unreadable else 0
