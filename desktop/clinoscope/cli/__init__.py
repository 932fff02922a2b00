"""The command line: the same calls as the window, JSON on stdout, progress on stderr.

Exit status 0: done. 1: not done, because the world failed (said in one sentence on stderr) or a picture could not be
read; or what was asked is not so: a test not passed, a vault or package not whole, a limit missed. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from pathlib import Path

from clinoscope import __version__
from clinoscope.domain.errors import KnownError
from clinoscope.domain.notice import RESEARCH_ONLY


def parser() -> argparse.ArgumentParser:
    """The whole command line. Each command's module adds itself."""
    from clinoscope.cli import (
        accept,
        adapt,
        bench,
        card,
        demo,
        evaluate,
        export_dataset,
        models,
        patients,
        read,
        smear,
        train,
        vault,
    )

    top = argparse.ArgumentParser(
        prog="clinoscope",
        description=f"Without a command the window opens. {RESEARCH_ONLY}",
        epilog="Exit status: 0 done; 1 not done, or what was asked is not so; 2 wrong usage.",
    )
    top.add_argument("--version", action="version", version=f"clinoscope {__version__}")
    # The window's own two options are handled before this parser; they stand here for --help.
    top.add_argument("--vault", metavar="DIR", help="open the window on this vault")
    top.add_argument("--measure-start", action="store_true", help="open the log-in, print the milliseconds, quit")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    judging = (evaluate, accept, adapt, train)
    for module in (demo, read, smear, *judging, export_dataset, patients, models, vault, card, bench):
        module.add(commands)
    return top


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    from clinoscope.cli.common import OutputError, progress

    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 wherever it goes; a file name that is not becomes JSON's own escape (\udcff).
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except OutputError as error:
        _drop_output()
        progress(f"clinoscope: {error}")
        return 1
    except KnownError as error:
        progress(f"clinoscope: {error}")
        return 1
    except BrokenPipeError:
        # The reader of our output went away (| head): nothing left to say, and nobody to say it to.
        _drop_output()
        return 1


def _drop_output() -> None:
    """Let what could not be written go, or Python tries once more at its end and complains."""
    with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
