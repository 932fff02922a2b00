"""``clinoscope models list|verify|install|use|remove``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import add_command, progress, say
from clinoscope.workflow import models

Run = Callable[[argparse.Namespace], int]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "models", "the model packages: which there are, install, choose, remove")
    acts = command.add_subparsers(metavar="list|verify|install|use|remove", required=True)
    for name, act, words in (
        ("list", run_list, "what ships and what is installed"),
        ("verify", run_verify, "check every file's hash"),
    ):
        child = _act(acts, name, act, words)
        child.add_argument("--models", type=Path, metavar="DIR", help="only the packages below this folder")
    child = _act(acts, "install", run_install, "install a package: verified, wholly or not at all")
    child.add_argument("package", type=Path, metavar="FOLDER_OR_ZIP")
    child.add_argument("--use", action="store_true", help="and make the readings of its task with it")
    child = _act(acts, "use", run_use, "choose the package that makes the readings of a task")
    child.add_argument("task", choices=modes.task_ids(), metavar="TASK")
    child.add_argument("which", metavar="WHICH", help="NAME@VERSION, the beginning of its SHA-256, or “shipped”")
    child = _act(acts, "remove", run_remove, "remove an installed package; what it said of itself is kept")
    child.add_argument("which", metavar="WHICH", help="NAME@VERSION or the beginning of its SHA-256")


def run_list(options: argparse.Namespace) -> int:
    """Print every package with its model, hash and figures, then the tasks that nobody has trained."""
    found = models.installed(options.models, options.models_site)
    told = [_told(entry) for entry in found]
    if options.models is None:
        told += [
            {"task": task.id, "trained": False, "labels": [label.id for label in task.labels]}
            for task in models.not_trained(found)
        ]
    say(told)
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print whether all is as it was made; 1 when a file was changed or is missing.

    Of the program's own packages one for every task that ships is expected, the networks that find
    regions, and every package that was chosen; another folder may hold as few packages as wanted.
    """
    found = models.installed(options.models, options.models_site)
    problems = [f"{_name(entry)}: {problem}" for entry in found for problem in entry.problems]
    if options.models is None:
        missing = set(modes.shipped_ids()) - {entry.task for entry in found if entry.shipped}
        problems += [f"{task}: there is no model package." for task in sorted(missing)]
        problems += models.choice_problems(options.models_site) + models.finder_problems()
    say({"ok": not problems and bool(found), "packages": len(found), "problems": problems})
    return 1 if problems or not found else 0


def run_install(options: argparse.Namespace) -> int:
    """Install a package and print what it is and whether it is in use."""
    last = ""

    def told(doing: str, _share: float) -> None:
        nonlocal last
        if doing != last:
            progress(doing)
        last = doing

    added = models.install(options.package, told, options.models_site)
    in_use = added.in_use
    if options.use and not in_use:
        models.use(models.pick(added.model.sha256, added.task, options.models_site), options.models_site)
        in_use = True
    if not added.new:
        progress(f"{added.model} is already there.")
    elif not in_use:
        progress(f"Not in use yet: clinoscope models use {added.task} {added.model}")
    say(
        {
            "task": added.task,
            "model": str(added.model),
            "sha256": added.model.sha256,
            "new": added.new,
            "in_use": in_use,
        }
    )
    return 0


def run_use(options: argparse.Namespace) -> int:
    """Choose the package of a task and print it."""
    entry = models.pick(options.which, options.task, options.models_site)
    models.use(entry, options.models_site)
    say({"task": entry.task, "model": str(entry.model), "sha256": entry.sha256, "in_use": True})
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Remove an installed package and print which."""
    entry = models.pick(options.which, site=options.models_site)
    models.remove(entry, options.models_site)
    say({"task": entry.task, "model": str(entry.model) if entry.model else None, "removed": True})
    return 0


def _act(acts: Any, name: str, act: Run, words: str) -> argparse.ArgumentParser:
    child = add_command(acts, name, words)
    child.add_argument("--models-site", type=Path, metavar="DIR", help="the folder of installed packages")
    child.set_defaults(run=act)
    return child


def _told(entry: models.Installed) -> dict[str, object]:
    return {
        "task": entry.task,
        "trained": True,
        "model": str(entry.model) if entry.model else None,
        "sha256": entry.sha256 or None,
        "folder": str(entry.folder),
        "origin": models.SHIPPED if entry.shipped else "installed",
        "in_use": entry.in_use,
        "figures": entry.figures,
        "ok": not entry.problems,
    }


def _name(entry: models.Installed) -> str:
    return entry.task if entry.shipped else f"{entry.task or 'installed'} ({entry.model or entry.sha256[:12]})"
