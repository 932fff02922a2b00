"""``clinoscope smear``: a whole folder of fields to a list of cells, a differential and a report, without a window."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, progress, say

_EVERY = 2.0  # seconds between two lines of progress


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "smear", "read a folder of smear fields: cells.csv, summary.json, report.pdf")
    command.add_argument("folder", type=Path, metavar="FOLDER", help="the fields; folders inside it are read, too")
    command.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="where the results go; a second call goes on"
    )
    command.add_argument(
        "--target", type=_count, default=100, metavar="N", help="white cells that are wanted (default: 100)"
    )
    command.add_argument("--jobs", type=_count, metavar="N", help="processes that read (default: one for each core)")
    command.add_argument("--cluster", default="", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read and print the summary; 1 when a picture could not be read."""
    from clinoscope.workflow.smear import assemble, batch

    try:
        done = batch.run(
            options.folder,
            options.out,
            target=options.target,
            jobs=options.jobs,
            cluster=options.cluster,
            progress=_Lines(),
        )
    except OSError as error:
        raise batch.BatchError(
            f"The results cannot be written to {options.out}: {error.strerror}. Choose another folder."
        ) from None
    told = assemble.as_json(done.summary)
    for entry in told["not_read"]:
        progress(f"clinoscope: {entry['field']}: {entry['problem']}")
    for name in told["look_like_no_field"]:
        progress(f"clinoscope: {name}: This does not look like a field of a stained smear.")
    say({"folder": str(options.out), "read_now": done.read_now, **told})
    return 1 if told["not_read"] else 0


class _Lines:
    """A line of progress every two seconds, with the time that is left."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, done: int, of: int, left: float | None) -> None:
        now = time.monotonic()
        if left is None:
            progress(f"{of} fields, {done} of them read before" if done else f"{of} fields")
        elif now - self._told >= _EVERY or done == of:
            self._told = now
            progress(f"{done} of {of} fields, about {left:.0f} s left")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)
