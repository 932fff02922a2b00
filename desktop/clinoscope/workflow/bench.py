"""How fast the program is on this machine. Single times mean little on a shared machine: what
counts are medians and the ratios between things measured in turn in one run."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.look import look

Progress = Callable[[str], None]

START_SECONDS = 0.7
START_TO_TENSORFLOW = 0.35
PEAK_MEGABYTES = 300
STILL_MILLISECONDS = 60
PREDICT_RATIO = 10
PREVIEW_FRAMES = 30
_STILL = (1920, 1080)
_READ_TASK = "skin/lesion-photo"


class BenchError(KnownError):
    """A measurement could not be made."""


def run(part: str, runs: int, progress: Progress) -> dict[str, Any]:
    """Measure one part (``start``, ``read``, ``preview``) or ``all`` of them.

    Every figure is a dict with ``value``, ``limit`` and ``ok``; ``ok`` of the whole is True when
    none was missed. A comparison that needs TensorFlow is left out, by name, where it is absent.
    """
    parts = {"start": _start, "read": _read, "preview": _preview}
    report: dict[str, Any] = {"runs": runs}
    for name, measure in parts.items():
        if part in ("all", name):
            progress(f"Measuring {name}")
            report[name] = measure(runs)
    figures = [entry for name in parts for entry in report.get(name, {}).values()]
    report["ok"] = all(entry.get("ok", True) for entry in figures)
    return report


def _start(runs: int) -> dict[str, Any]:
    """Process start to the painted log-in, in turn with ``import tensorflow``."""
    window, tensorflow = [], []
    for _ in range(runs + 1):
        window.append(json.loads(_child([*_program(), "--measure-start"])[0])["milliseconds"] / 1000)
        if find_spec("tensorflow") is not None:
            began = time.perf_counter()
            _child([sys.executable, "-c", "import tensorflow"])
            tensorflow.append(time.perf_counter() - began)
    # The first run of each warms the disk cache and is not counted.
    seconds = statistics.median(window[1:])
    figures = {"login_seconds": _at_most(seconds, START_SECONDS)}
    if tensorflow:
        ratios = [ours / theirs for ours, theirs in zip(window[1:], tensorflow[1:], strict=True)]
        figures["login_to_import_tensorflow"] = _at_most(statistics.median(ratios), START_TO_TENSORFLOW)
    else:
        figures["login_to_import_tensorflow"] = _left_out()
    return figures


def _read(runs: int) -> dict[str, Any]:
    """A 1920x1080 still to its answer on one thread, the first load not counted."""
    import cv2

    from clinoscope.capture.files import from_frame, open_picture
    from clinoscope.domain.picture import Origin

    cv2.setNumThreads(1)
    task = modes.task(_READ_TASK)
    drawn = open_picture(phantom(_READ_TASK)).pixels
    still = from_frame(cv2.resize(drawn, _STILL, interpolation=cv2.INTER_AREA), Origin.CAMERA, "bench")
    look(task, still, quality=False)
    totals, inference = [], []
    for _ in range(runs):
        laps = look(task, still, quality=False).milliseconds
        totals.append(laps["total"])
        inference.append(laps["inference"])
    figures = {
        "still_to_answer_ms": _at_most(statistics.median(totals), STILL_MILLISECONDS),
        "inference_ms": {"value": round(statistics.median(inference), 2)},
        "peak_megabytes": _peak(),
    }
    figures["keras_predict_to_inference"] = _predict_ratio(runs, statistics.median(inference))
    return figures


def _predict_ratio(runs: int, inference: float) -> dict[str, Any]:
    """``keras.Model.predict`` of the same network on one picture, over our inference."""
    if find_spec("tensorflow") is None:
        return _left_out()
    out, _ = _child([sys.executable, "-m", "clinoscope.training.predict_time", _READ_TASK, str(runs)])
    return _at_least(json.loads(out)["milliseconds"] / inference, PREDICT_RATIO)


def _peak() -> dict[str, Any]:
    """Peak memory of a process that opens a picture and reads it with one model."""
    _, peak = _child([*_program(), "read", str(phantom(_READ_TASK)), "--task", _READ_TASK, "--no-quality"])
    return _left_out() if peak is None else _at_most(peak, PEAK_MEGABYTES)


def _preview(runs: int) -> dict[str, Any]:
    """What one 1080p frame costs: decoding a camera's JPEG, and the live check beside it."""
    import cv2

    from clinoscope.capture.files import open_picture
    from clinoscope.quality.live import LiveCheck

    cv2.setNumThreads(1)
    drawn = cv2.resize(open_picture(phantom(_READ_TASK)).pixels, _STILL, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", drawn[:, :, ::-1])
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    task = modes.task(_READ_TASK)
    check = LiveCheck(task.quality, task.region)
    decode, checked = [], []
    for _ in range(5 * runs):
        began = time.perf_counter()
        frame = cv2.cvtColor(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        decoded = time.perf_counter()
        check.look(frame)
        decode.append(decoded - began)
        checked.append(time.perf_counter() - decoded)
    return {
        "frames_per_second": _at_least(1 / statistics.median(decode), PREVIEW_FRAMES),
        "live_check_ms": {"value": round(1000 * statistics.median(checked), 2)},
    }


def _program() -> list[str]:
    """This very program: the frozen executable, or the module under this Python."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clinoscope"]


def _child(command: list[str]) -> tuple[str, float | None]:
    """Run a child to its end. Returns its stdout and peak memory in MB (None on Windows).

    Raises BenchError when it fails.
    """
    environment = dict(os.environ)
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
    peak: float | None = None
    with child:
        out, err = child.communicate() if sys.platform == "win32" else (child.stdout.read(), child.stderr.read())  # type: ignore[union-attr]
        if sys.platform != "win32":
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes on macOS, KiB elsewhere
            peak = usage.ru_maxrss * unit / 1e6
    if child.returncode:
        raise BenchError(f"{' '.join(command[:4])} failed: {(err.strip().splitlines() or ['no message'])[-1]}")
    return out, peak


def _at_most(value: float, limit: float) -> dict[str, Any]:
    return {"value": round(value, 3), "limit": limit, "ok": value <= limit}


def _at_least(value: float, limit: float) -> dict[str, Any]:
    return {"value": round(value, 3), "limit": limit, "ok": value >= limit}


def _left_out() -> dict[str, Any]:
    return {"value": None, "left_out": "not measurable here (needs TensorFlow, or a POSIX system for memory)"}
