"""``clinoscope``: the window when nothing else is asked for, a command otherwise."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the program. Returns the exit status: 0, 1 (a reading could not be made, or another
    failure of the world) or 2 (wrong usage)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] in ("--measure-start", "--vault"):
        from clinoscope.ui.app import main as window

        return window(arguments)
    from clinoscope.cli import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
