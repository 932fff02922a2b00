"""``clinoscope``: the window when nothing else is asked for, a command otherwise."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the program. Returns the exit status: those of ``clinoscope.cli``, or 130 (stopped with Ctrl-C)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _leave_no_core()
    if not arguments or arguments[0] in ("--measure-start", "--measure-preview", "--vault"):
        from clinoscope.ui.app import main as window

        return window(arguments)
    try:
        from clinoscope.cli import main as command_line

        return command_line(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("clinoscope: Stopped.\n")
        return 130


def _leave_no_core() -> None:
    """No file with the program's memory, keys and patients in it, should it crash. Windows writes none by itself."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


if __name__ == "__main__":
    from multiprocessing import freeze_support

    freeze_support()  # in the frozen program a worker process begins here, and ends here too
    sys.exit(main())
