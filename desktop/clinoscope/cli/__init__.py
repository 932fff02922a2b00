"""The command line: the same calls as the window, JSON on stdout, progress on stderr.

Exit status 0: done. 1: a reading could not be made, or the world failed (said in one sentence on
stderr). 2: wrong usage.
"""

from __future__ import annotations

import argparse
import sys

from clinoscope import __version__
from clinoscope.domain.errors import KnownError


def parser() -> argparse.ArgumentParser:
    """The whole command line. Each command's module adds itself."""
    from clinoscope.cli import bench, demo, evaluate, models, read, train, vault

    top = argparse.ArgumentParser(
        prog="clinoscope",
        description="Without a command the window opens. Research use only; not a diagnosis.",
        epilog="Exit status: 0 done, 1 a reading could not be made, 2 wrong usage.",
    )
    top.add_argument("--version", action="version", version=f"clinoscope {__version__}")
    # The window's own two options are handled before this parser; they stand here for --help.
    top.add_argument("--vault", metavar="DIR", help="open the window on this vault")
    top.add_argument("--measure-start", action="store_true", help="open the log-in, print the milliseconds, quit")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (demo, read, evaluate, train, models, vault, bench):
        module.add(commands)
    return top


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KnownError as error:
        print(f"clinoscope: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output went away (| head): nothing left to say, and nobody to say it to.
        sys.stderr.close()
        return 1
