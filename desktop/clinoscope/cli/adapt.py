"""``clinoscope adapt``: a model fitted to this site's own labelled pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import add_command, labels_argument, pictures_read, progress, say, task_argument


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "adapt",
        "fit a task's model to this site's own labelled pictures and install what comes out",
        "A few dozen labelled pictures move the model's last layer, its certainty and what it refuses to "
        "where they belong for this camera and stain. It is measured on people and slides it was not fitted to.",
    )
    task_argument(command)
    labels_argument(command, "columns path,label[,group]; or a folder with one folder for each label")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="adaptation.json and the package")
    command.add_argument("--use", action="store_true", help="and make the readings of its task with it")
    command.add_argument("--models-site", type=Path, metavar="DIR", help="the folder of installed packages")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fit, print what it is worth; 0 when a package was made, 1 when the model is as good as it is."""
    from clinoscope.workflow import adapt
    from clinoscope.workflow.adapt_words import figure_rows, verdict

    made = adapt.run(modes.task(options.task), options.labels, options.out, pictures_read, site=options.models_site)
    if made.better and options.use:
        adapt.use(made, options.models_site)
    progress(verdict(made.figures))
    for name, before, after in figure_rows(made.figures):
        progress(f"{name}: {before} as trained, {after} fitted here")
    if made.better and not options.use:
        for ref in made.made:
            progress(f"Installed and not in use yet: {ref}")
    say(
        {
            "task": made.task.id,
            "base": str(made.base),
            "made": [str(ref) for ref in made.made],
            "in_use": made.better and options.use,
            "figures": str(made.out / adapt.JSON_FILE),
        }
    )
    return 0 if made.better else 1
