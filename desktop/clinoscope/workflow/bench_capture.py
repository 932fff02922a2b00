"""``clinoscope bench capture``: the cost of a live picture, the age of a 4K stream, how soon a still has its region.

Of times the shortest run counts: on a shared machine the longer ones hold the work of others.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from clinoscope import modes
from clinoscope.domain.errors import KnownError
from clinoscope.domain.picture import Pixels
from clinoscope.workflow.bench_figures import at_least, at_most, value
from clinoscope.workflow.bench_stream import Stream, number_of, serving
from clinoscope.workflow.demo import phantom
from clinoscope.workflow.look import find_region

FRAMES = 30
SHOWN_SHARE = 0.95
"""Of the frames that a camera sends, those that are shown."""
CORES = 1.0
LATENCY_TO_DECODE = 4.0
"""A frame waits at most for the one that is being decoded, is decoded itself, and crosses the machine twice."""
GROWTH = 1.5
STILL_TO_REGION = 100
"""Milliseconds for 12 megapixels."""

_TASK = "skin/lesion-photo"
_FULL_HD, _FOUR_K, _TWELVE = (1920, 1080), (3840, 2160), (4000, 3000)
_SECONDS = 6.0
_LEAST = 9
_PATIENCE = 60.0

Child = Callable[[list[str]], str]


def measure(runs: int, child: Child) -> dict[str, Any]:
    """All figures, by name; ``child`` runs this program with arguments to its end and returns what it printed."""
    return {**_preview(child), **_four_k(), **_stills(runs)}


def _preview(child: Child) -> dict[str, Any]:
    """The window's own live picture with all its checks, in a process of its own, of a camera at 30 frames/s."""
    with serving(_drawn(_TASK, _FULL_HD), FRAMES) as stream:
        told = json.loads(child(["--measure-preview", stream.url, "--task", _TASK]))
    shown = told["frames"] / told["seconds"]
    # By the frame: a machine that others use shows fewer, and must not look better for it.
    cores = told["cpu_seconds"] / max(told["frames"], 1) * FRAMES
    return {
        "preview_frames_per_second": at_least(shown, FRAMES * SHOWN_SHARE),
        "preview_checks_per_second": value(told["checks"] / told["seconds"]),
        "preview_cores": at_most(cores, CORES),
    }


def _four_k() -> dict[str, Any]:
    """A 4K stream of 30 frames/s, more than one core decodes: how old is the newest frame, and does that grow?"""
    from clinoscope.capture.decode import decode_frame

    with serving(_drawn(_TASK, _FOUR_K), FRAMES) as stream:
        decode = []
        opened = time.monotonic()
        ages = _ages(stream)
        seconds = time.monotonic() - opened
        for jpeg in stream.jpegs[:9]:
            began = time.perf_counter()
            decode_frame(jpeg)
            decode.append(time.perf_counter() - began)
    third = len(ages) // 3
    early, late = statistics.median(ages[:third]), statistics.median(ages[-third:])
    alone = min(decode)
    ratio = statistics.median(ages) / alone
    return {
        "4k_frames_per_second": value(len(ages) / seconds),
        "4k_decode_ms": value(1000 * alone, 1),
        "4k_latency_ms": value(1000 * statistics.median(ages), 1),
        "4k_latency_to_decode": at_most(ratio, LATENCY_TO_DECODE),
        "4k_latency_growth": at_most(late / early, GROWTH),
    }


def _ages(stream: Stream) -> list[float]:
    """The age of each frame when it could be shown, in seconds, oldest first. The first one is not counted."""
    from clinoscope.capture.sources import open_source

    ages: list[float] = []
    source = open_source(stream.url, lambda frame: ages.append(frame.at - stream.sent[number_of(frame.pixels)]))
    source.start()
    began = time.monotonic()
    try:
        while time.monotonic() < began + _SECONDS or len(ages) < _LEAST:
            if time.monotonic() > began + _PATIENCE:
                raise KnownError("The 4K stream could not be measured: this machine is too busy with other things.")
            time.sleep(0.05)
    finally:
        source.stop()
    return ages[1:]


def _stills(runs: int) -> dict[str, Any]:
    """From the bytes of a 12-megapixel JPEG to its region, for one task of each kind of region.

    Processor time of all threads together, which the work of others hardly lengthens: on a machine of its own the
    clock shows no more.
    """
    import cv2

    from clinoscope.capture.files import open_picture

    tasks = {modes.task(task).region: task for task in reversed(modes.task_ids())}
    figures, decode = {}, []
    for kind, task_id in sorted(tasks.items()):
        if not phantom(task_id).is_file():
            continue
        done, data = cv2.imencode(".jpg", _drawn(task_id, _TWELVE)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        assert done, "OpenCV encodes any uint8 picture as JPEG"
        times = []
        for _ in range(runs + 1):
            began = time.process_time()
            pixels = open_picture(data.tobytes()).pixels
            decode.append(1000 * (time.process_time() - began))
            find_region(modes.task(task_id), pixels)
            times.append(1000 * (time.process_time() - began))
        # The first loads the networks and is not counted.
        figures[f"12mp_still_to_{kind}_ms"] = at_most(min(times[1:]), STILL_TO_REGION)
    return {"12mp_decode_ms": value(min(decode), 1), **figures}


def _drawn(task_id: str, size: tuple[int, int]) -> Pixels:
    """A task's phantom at a size, with the noise of a camera: a smooth drawing is decoded in half the time."""
    import cv2
    import numpy as np

    from clinoscope.capture.files import open_picture

    enlarged = cv2.resize(open_picture(phantom(task_id)).pixels, size, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(1).normal(0, 2, (size[1], size[0], 1))
    return np.asarray((enlarged + noise).clip(0, 255), dtype=np.uint8)
