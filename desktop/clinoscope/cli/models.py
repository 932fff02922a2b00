"""``clinoscope models list|verify``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import say
from clinoscope.paths import MODELS
from clinoscope.workflow import models


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("models", help="the installed model packages")
    acts = command.add_subparsers(metavar="list|verify", required=True)
    for name, act, words in (
        ("list", run_list, "what is installed"),
        ("verify", run_verify, "check every file's hash"),
    ):
        child = acts.add_parser(name, help=words)
        child.add_argument("--models", type=Path, default=MODELS, metavar="DIR", help="the folder of packages")
        child.set_defaults(run=act)


def run_list(options: argparse.Namespace) -> int:
    """Print every package with its model, hash and figures."""
    say(
        [
            {
                "task": entry.task,
                "model": str(entry.model) if entry.model else None,
                "sha256": entry.model.sha256 if entry.model else None,
                "folder": str(entry.folder),
                "figures": entry.figures,
                "ok": not entry.problems,
            }
            for entry in models.installed(options.models)
        ]
    )
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print whether all is as it was made; 1 when a file was changed or is missing.

    Of the program's own folder a package for every task is expected, and the networks that find regions;
    another may hold as few packages as wanted.
    """
    found = models.installed(options.models)
    problems = [f"{entry.task}: {problem}" for entry in found for problem in entry.problems]
    if options.models == MODELS:
        missing = set(modes.task_ids()) - {entry.task for entry in found}
        problems += [f"{task}: there is no model package." for task in sorted(missing)]
        problems += models.finder_problems()
    say({"ok": not problems and bool(found), "packages": len(found), "problems": problems})
    return 1 if problems or not found else 0
