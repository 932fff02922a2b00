"""``clinoscope patients import|export|template``: lists of patients as tables."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, open_vault, say, vault_arguments
from clinoscope.workflow import import_patients
from clinoscope.workflow.import_patients import Fate

_DATES = {"day-first": True, "month-first": False}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "patients", "take a list of patients in from a CSV file, or write one")
    acts = command.add_subparsers(metavar="import|export|template", required=True)
    take = add_command(acts, "import", "take in everyone who is not there yet: all of them or nobody")
    take.add_argument("file", type=Path, metavar="FILE", help="a CSV file whose first line names the columns")
    take.add_argument("--preview", action="store_true", help="say what would become of each line, and write nothing")
    take.add_argument("--dates", choices=list(_DATES), help="how 03/04/1990 is meant; without it such lines are errors")
    take.add_argument("--alike", action="store_true", help="also those who look like somebody who is there")
    vault_arguments(take)
    take.set_defaults(run=run_import)
    write = add_command(acts, "export", "write everyone to a CSV file; it is not encrypted")
    write.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    vault_arguments(write)
    write.set_defaults(run=run_export)
    empty = add_command(acts, "template", "write an empty list to be filled in")
    empty.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    empty.set_defaults(run=run_template)


def run_import(options: argparse.Namespace) -> int:
    """Take in and say how many; or, with --preview, say what becomes of each line. 1 when a line has an error."""
    with open_vault(options) as vault:
        today = datetime.now().astimezone().date()
        seen = import_patients.preview(vault, options.file, today, _DATES.get(options.dates))
        added = 0
        if not options.preview:
            added = import_patients.take_in(vault, seen, alike=options.alike)
    counts = Counter(line.fate.value for line in seen.lines)
    told = [
        {"line": line.number, "fate": line.fate.value, "words": line.words}
        for line in seen.lines
        if options.preview or line.fate is not Fate.NEW
    ]
    say({"added": added, **{fate.value: counts[fate.value] for fate in Fate}, "unused": seen.unused, "lines": told})
    return 1 if counts[Fate.ERROR.value] else 0


def run_export(options: argparse.Namespace) -> int:
    """Write everyone and say how many."""
    with open_vault(options) as vault:
        count = import_patients.export(vault, options.file)
    say({"file": str(options.file), "patients": count})
    return 0


def run_template(options: argparse.Namespace) -> int:
    """Write the template and say where."""
    import_patients.save_template(options.file)
    say({"file": str(options.file)})
    return 0
