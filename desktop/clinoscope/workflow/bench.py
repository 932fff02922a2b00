"""How fast the program is on this machine. Single times mean little on a shared machine: what
counts are medians and the ratios between things measured in turn in one run."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.workflow import bench_capture, bench_records
from clinoscope.workflow.bench_figures import at_least, at_most, value
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
_LOOK_EVERY = 0.01  # seconds


class BenchError(KnownError):
    """A measurement could not be made."""


def run(
    part: str, runs: int, progress: Progress, *, records: str = "small", folder: Path | None = None
) -> dict[str, Any]:
    """Measure one part (``start``, ``read``, ``preview``, ``capture``, ``smear``, ``records``) or ``all`` of them.

    Every figure is a dict with ``value``, ``limit`` and ``ok``; ``ok`` of the whole is True when
    none was missed. A comparison that needs TensorFlow is left out, by name, where it is absent.
    ``records`` and ``folder`` say how large the vaults are and where they are made, see ``bench_records``.
    """
    parts: dict[str, Callable[[int], dict[str, Any]]] = {
        "start": _start,
        "read": _read,
        "preview": _preview,
        "capture": _capture,
        "smear": _smear,
        "records": lambda counted: bench_records.measure(records, folder, counted, progress, _told),
    }
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
    figures = {"login_seconds": at_most(seconds, START_SECONDS)}
    if tensorflow:
        ratios = [ours / theirs for ours, theirs in zip(window[1:], tensorflow[1:], strict=True)]
        figures["login_to_import_tensorflow"] = at_most(statistics.median(ratios), START_TO_TENSORFLOW)
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
    if look(task, still, quality=False).region is None:
        raise BenchError(f"Nothing to read was found in the drawn picture of {_READ_TASK}: there is nothing to time.")
    totals, inference = [], []
    for _ in range(runs):
        laps = look(task, still, quality=False).milliseconds
        totals.append(laps["total"])
        inference.append(laps["inference"])
    return {
        "still_to_answer_ms": at_most(statistics.median(totals), STILL_MILLISECONDS),
        "inference_ms": value(statistics.median(inference)),
        "peak_megabytes": _peak(),
        "keras_predict_to_litert": _predict_ratio(runs),
    }


def _predict_ratio(runs: int) -> dict[str, Any]:
    """``keras.Model.predict`` over LiteRT: the same network on the same square, in turn in one process."""
    if find_spec("tensorflow") is None:
        return _left_out()
    out, _ = _child([sys.executable, "-m", "clinoscope.training.predict_time", _READ_TASK, str(runs)])
    times = json.loads(out)
    return at_least(times["milliseconds"] / times["litert_milliseconds"], PREDICT_RATIO)


def _peak() -> dict[str, Any]:
    """Peak memory of a process that opens a picture and reads it with one model."""
    _, peak = _child([*_program(), "read", str(phantom(_READ_TASK)), "--task", _READ_TASK, "--no-quality"])
    return _left_out() if peak is None else at_most(peak, PEAK_MEGABYTES)


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
        "frames_per_second": at_least(1 / statistics.median(decode), PREVIEW_FRAMES),
        "live_check_ms": value(1000 * statistics.median(checked)),
    }


def _capture(runs: int) -> dict[str, Any]:
    """A live picture with all its checks, a 4K stream, and stills of 12 megapixels."""
    return bench_capture.measure(runs, _told)


def _smear(runs: int) -> dict[str, Any]:
    """One field found and read, and a smear of 2,000 cells opened."""
    from clinoscope.workflow.smear import speed

    return {
        "field_ms": at_most(statistics.median(speed.field_times(runs)), speed.FIELD_MILLISECONDS),
        "open_2000_cells_ms": at_most(statistics.median(speed.open_times(runs)), speed.OPEN_MILLISECONDS),
    }


def _program() -> list[str]:
    """This very program: the frozen executable, or the module under this Python."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "clinoscope"]


def _told(arguments: list[str]) -> str:
    """What this program prints when it is run with arguments."""
    return _child([*_program(), *arguments])[0]


def _child(command: list[str]) -> tuple[str, float | None]:
    """Run a child to its end. Returns its stdout and peak memory in MB (None on Windows).

    Raises BenchError when it fails.
    """
    environment = dict(os.environ)
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Files, not pipes: a child that says much on both never waits for its reader.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment) as child:
            peak = _peak_until_end(child)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            last = (err.read().strip().splitlines() or ["no message"])[-1]
            raise BenchError(f"{' '.join(command[:4])} failed: {last}")
        return out.read(), peak


def _peak_until_end(child: subprocess.Popen[bytes]) -> float | None:
    """Wait for a child; its peak memory in MB, None where the system does not tell."""
    if sys.platform == "darwin":
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_maxrss / 1e6
    if sys.platform != "linux":
        child.wait()
        return None
    # Not ru_maxrss here: Linux hands the parent's own peak on to the child (setmax_mm_hiwater_rss in exec).
    # VmHWM begins anew with the program and never falls, so the last look before the end has the peak.
    peak = 0.0
    while child.poll() is None:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{child.pid}/status").read_text(encoding="ascii"))
        peak = max(peak, int(found[1]) * 1024 / 1e6 if found else 0.0)
        time.sleep(_LOOK_EVERY)
    return peak


def _left_out() -> dict[str, Any]:
    return {"value": None, "left_out": "not measurable here (needs TensorFlow, or a POSIX system for memory)"}
