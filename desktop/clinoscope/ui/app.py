"""Start of the window. What is imported here is on the way to the painted login: keep it light."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.paths import default_vault

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QApplication

    from clinoscope.ui.preload import Preload
    from clinoscope.ui.window import Window

NO_DISPLAY = (
    "There is no display to open the window on. Connect one, or set DISPLAY; "
    "“clinoscope demo --out out” does the whole job without a window."
)
NO_DISPLAY_EXIT = 1
_SWITCH = 0.001 if sys.platform == "win32" else 0.0002  # seconds; under 1 ms Windows does not wait but spins


def display_available() -> bool:
    """Whether a window can be opened: a display answers, or Qt is told to draw without one."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return True
    if os.environ.get("WAYLAND_DISPLAY") and platform in ("", "wayland"):
        return True
    return _x_answers(os.environ.get("DISPLAY", ""))


def main(argv: list[str] | None = None) -> int:
    """Open the window and run until it is closed.

    ``--vault DIR`` opens another vault than the one used last; ``--measure-start`` prints the
    milliseconds from the start of the process to the painted, idle login window as
    ``{"milliseconds": N}`` and quits; ``--measure-preview ADDRESS`` shows a source, prints what that
    costs and quits. Returns the exit code: 0, or ``NO_DISPLAY_EXIT``.
    """
    options = _options(sys.argv[1:] if argv is None else argv)
    if not display_available():
        print(NO_DISPLAY, file=sys.stderr)
        return NO_DISPLAY_EXIT
    from PySide6.QtWidgets import QApplication

    app = QApplication(["clinoscope"])
    app.setApplicationName("Clinoscope")
    if options.measure_preview:
        from clinoscope.ui import measure_preview

        return measure_preview.run(app, options.measure_preview, options.task)
    window = build(app, options.vault, default_vault().parent)
    begun: list[Preload] = []
    if options.measure_start:
        _print_when_idle(app, window)
    else:
        _preload_when_idle(window, begun)
    window.show()
    code = app.exec()
    for preload in begun:
        preload.stop()
    live = sys.modules.get("clinoscope.ui.exam.live")  # there once a camera was looked through
    if live is not None:
        live.wait_for_all()
    return code


def build(app: QApplication, vault: Path | None, preferences_folder: Path, *, catch_bugs: bool = True) -> Window:
    """The dressed program's window, not shown yet. ``vault`` None: the one used last, or the default."""
    from clinoscope.ui import bugs, screen_capture, theme
    from clinoscope.ui.preferences import PreferencesFile
    from clinoscope.ui.shell import Shell
    from clinoscope.ui.window import Window

    # Whatever the window does, it waits so long for a worker that is busy in Python, and painting a panel takes
    # Python's lock thirty times: 40 ms at 1 ms each, 8 ms so. Two workers side by side are no slower for it.
    sys.setswitchinterval(_SWITCH)
    preferences = PreferencesFile(preferences_folder)
    if catch_bugs:
        bugs.install(preferences_folder / "reports")
    theme.watcher().less_motion = preferences.value.less_motion
    theme.apply(app, theme.Appearance(preferences.value.appearance))
    screen_capture.guard().install(preferences.value.hide_from_capture)
    folder = vault or (Path(preferences.value.vault) if preferences.value.vault else default_vault())
    window = Window(Shell(preferences), folder)
    app.setWindowIcon(window.windowIcon())  # dialogs, too
    window.resize(_first_size(app))
    return window


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="clinoscope", description="Open the window.")
    parser.add_argument("--vault", type=Path, help="folder of the vault to open")
    parser.add_argument("--measure-start", action="store_true", help="print the start-up time as JSON and quit")
    parser.add_argument("--measure-preview", metavar="ADDRESS", help="print what a live picture costs as JSON and quit")
    parser.add_argument("--task", default="skin/lesion-photo", help="the task of --measure-preview")
    return parser.parse_args(argv)


def _first_size(app: QApplication) -> QSize:
    """Most of the screen, at most what reads well."""
    from PySide6.QtCore import QSize

    free = app.primaryScreen().availableSize()
    return QSize(min(1440, free.width()), min(900, free.height()))


def _print_when_idle(app: QApplication, window: Window) -> None:
    from clinoscope.ui import first_paint, process_age

    def done() -> None:
        print(json.dumps({"milliseconds": round(process_age.milliseconds(), 1)}), flush=True)
        app.quit()

    first_paint.after(window, done)


def _preload_when_idle(window: Window, begun: list[Preload]) -> None:
    from clinoscope.ui import first_paint

    def begin() -> None:
        from clinoscope.ui import preload

        begun.append(preload.Preload())

    first_paint.after(window, begin)


def _x_answers(display: str) -> bool:
    """Whether the X server of ``DISPLAY`` takes a connection. Qt would abort the program if not."""
    import re
    import socket

    found = re.fullmatch(r"(?:unix)?([^:/]*):(\d+)(?:\.\d+)?", display)
    if not found:
        return False
    host, number = found.group(1), int(found.group(2))
    port = 6000 + number
    places: list[tuple[int, object]] = [(socket.AF_INET, (host or "localhost", port))] if port < 65536 else []
    if not host:
        path = f"/tmp/.X11-unix/X{number}"
        places = [(socket.AF_UNIX, path), (socket.AF_UNIX, "\0" + path), *places]
    for family, address in places:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            try:
                line.connect(address)  # type: ignore[arg-type]  # str for AF_UNIX, a pair for AF_INET
            except OSError:
                continue
            return True
    return False
