"""``clinoscope export-dataset``: a clinic's own signed exams as a labelled training set that names nobody."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, open_vault, progress, say, task_argument, vault_arguments
from clinoscope.workflow import export_dataset
from clinoscope.workflow.export_dataset import HB_DAYS, LabelBy

_EVERY = 2.0  # seconds between two lines of progress


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "export-dataset", "signed exams of a task as a training set that names nobody")
    task_argument(command)
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder for the training set")
    vault_arguments(command)
    command.add_argument(
        "--label",
        choices=[entry.value for entry in LabelBy],
        default=LabelBy.REVIEW.value,
        help="what the clinician said (review, the default), or anemic by the haemoglobin (hb)",
    )
    command.add_argument(
        "--hb-days",
        type=_days,
        default=HB_DAYS,
        metavar="N",
        help=f"how many days a haemoglobin may lie before or after the picture (default: {HB_DAYS})",
    )
    command.add_argument(
        "--whole", action="store_true", help="whole pictures, not the region with a margin; refused for lips and eyes"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export and print what was written. Raises KnownError when there is nothing to export."""
    with open_vault(options) as vault:
        done = export_dataset.export(
            vault,
            options.task,
            options.out,
            label_by=LabelBy(options.label),
            hb_days=options.hb_days,
            whole=options.whole,
            progress=_Lines(),
        )
    say(
        {
            "folder": str(done.folder),
            "task": done.task,
            "pictures": done.pictures,
            "patients": done.patients,
            "labels": dict(done.labels),
            "left_out": dict(done.left_out),
        }
    )
    return 0


class _Lines:
    """A line of progress every two seconds, with the time that is left."""

    def __init__(self) -> None:
        self._begun = self._told = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if done == 0 or now - self._told < _EVERY:
            return
        self._told = now
        left = (now - self._begun) / done * (of - done)
        progress(f"{done} of {of} exams, about {left:.0f} s left")


def _days(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of days")
    return int(text)
