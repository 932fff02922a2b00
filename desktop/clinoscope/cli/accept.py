"""``clinoscope accept``: a site's own test of a model, and its validation report."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import add_command, labels_argument, open_vault, pictures_read, say, task_argument
from clinoscope.domain.errors import KnownError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "accept",
        "test a task's model on this site's own labelled pictures; writes the validation report",
        "Until a site's own test is passed and recorded in its vault, readings say “not validated here”.",
    )
    task_argument(command)
    labels_argument(command, "columns path,label[,group,camera,value,unit]; or a folder with one folder for each label")
    command.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="acceptance.json, readings.csv, validation.pdf"
    )
    command.add_argument("--by", default="", metavar="NAME", help="who tests, where no vault is opened")
    # Not common.vault_arguments: a test without a vault is a rehearsal, so here they may be left out.
    command.add_argument("--vault", type=Path, metavar="DIR", help="record the outcome in this vault")
    command.add_argument("--user", metavar="NAME", help="who opens the vault")
    command.add_argument("--password-file", type=Path, metavar="FILE", help="a file whose first line is the password")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Test, print the outcome with every criterion; 0 when passed, else 1."""
    from clinoscope.workflow import acceptance
    from clinoscope.workflow.criteria import Outcome

    given = [options.vault, options.user, options.password_file]
    if any(given) and not all(given):
        raise KnownError("To record the outcome, give --vault, --user and --password-file together.")
    with open_vault(options) if options.vault else nullcontext() as vault:
        done = acceptance.run(
            modes.task(options.task), options.labels, options.out, pictures_read, vault=vault, by=options.by
        )
    criteria = [
        {"name": one.name, "asked": one.asked, "found": one.found, "met": str(one.met)} for one in done.criteria
    ]
    say(
        {
            "task": done.task.id,
            "model": str(done.model),
            "outcome": str(done.outcome),
            "criteria": criteria,
            "report": str(done.report),
            "recorded": done.recorded,
        }
    )
    return 0 if done.outcome is Outcome.PASSED else 1
