"""``clinoscope card``: the page of colour cards to print and cut out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinoscope.cli.common import add_command, say
from clinoscope.domain.errors import KnownError
from clinoscope.workflow import colour
from clinoscope.workflow.files import write_together


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = add_command(commands, "card", "make the page of colour cards, to print and cut out")
    command.add_argument("--out", required=True, type=Path, metavar="FILE", help="the PDF to write")
    command.add_argument("--paper", choices=colour.PAPERS, default=colour.PAPERS[0], help="default: %(default)s")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page and say where it is. Raises KnownError when it cannot be written there."""
    out: Path = options.out
    try:
        write_together(out.absolute().parent, {out.name: colour.card_pdf(options.paper)})
    except OSError as error:
        raise KnownError(f"The cards cannot be written to {out}: {error.strerror}. Choose another folder.") from None
    say({"file": str(out), "paper": options.paper})
    return 0
