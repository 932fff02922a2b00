"""Bugs of ours: never hidden, never fatal, told calmly, with a report that holds no patient data.

A report has the kind of error, the lines of program it went through, and versions. It leaves the
error's own words out, because a message such as ``KeyError: 'Ada Okafor'`` may name a patient.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from clinoscope import __version__

HEADLINE = "Something went wrong in Clinoscope. Nothing you saved is lost."

_listener: Callable[[str], object] | None = None
_sentence_listener: Callable[[str], object] | None = None
_folder: Path | None = None


def install(folder: Path) -> None:
    """Catch what nothing else caught, on every thread; reports are also written to ``folder``."""
    global _folder
    _folder = folder
    sys.excepthook = _hook
    threading.excepthook = _thread_hook


def listen(on_report: Callable[[str], object] | None, on_sentence: Callable[[str], object] | None) -> None:
    """Who shows reports and sentences: the window. ``None`` when it closes."""
    global _listener, _sentence_listener
    _listener, _sentence_listener = on_report, on_sentence


def report(error: BaseException) -> str:
    """Tell about a bug: on stderr, in a file, and in the window if there is one."""
    text = describe(error)
    print(text, file=sys.stderr)
    _write(text)
    if _listener is not None:
        _listener(text)
    return text


def show_sentence(sentence: str) -> None:
    """Show the one sentence of a known error."""
    if _sentence_listener is not None:
        _sentence_listener(sentence)
    else:
        print(sentence, file=sys.stderr)


def describe(error: BaseException) -> str:
    """The report: kind, way through the program, versions. No message, no values, no paths of the clinic."""
    import platform

    from PySide6.QtCore import qVersion

    lines = [
        f"Clinoscope {__version__} · Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}",
        f"{datetime.now().astimezone().isoformat(timespec='seconds')}",
        "",
    ]
    for part in _chain(error):
        lines.append(type(part).__qualname__)
        for frame in traceback.extract_tb(part.__traceback__):
            lines.append(f"  {_inside(frame.filename)}:{frame.lineno} {frame.name}")
            if frame.line:
                lines.append(f"    {frame.line}")
    return "\n".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    part: BaseException | None = error
    while part is not None and part not in chain:
        chain.append(part)
        part = part.__cause__ or part.__context__
    return chain


def _inside(filename: str) -> str:
    """The file within its package: the path before it may hold the user's name."""
    parts = Path(filename).parts
    for anchor in ("clinoscope", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else filename


def _write(text: str) -> None:
    if _folder is None:
        return
    name = f"bug-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}.txt"
    try:
        _folder.mkdir(parents=True, exist_ok=True)
        (_folder / name).write_text(text, encoding="utf-8")
    except OSError:
        # The report is on screen and on stderr; a full disk must not make a second bug.
        return


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    report(error.with_traceback(trace))


def _thread_hook(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_value is not None:
        report(caught.exc_value)
