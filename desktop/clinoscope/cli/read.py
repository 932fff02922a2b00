"""``clinoscope read`` and ``clinoscope cells``: readings of pictures, without a record."""

from __future__ import annotations

import argparse
import dataclasses
import time
from pathlib import Path
from typing import Any

from clinoscope import modes
from clinoscope.cli.common import add_command, progress, say, task_argument
from clinoscope.domain.errors import PictureError
from clinoscope.domain.picture import Picture
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task
from clinoscope.workflow.acceptance import State
from clinoscope.workflow.colour import Light
from clinoscope.workflow.look import Look, look


def add(commands: Any) -> None:
    """Add both commands to the parser."""
    command = add_command(commands, "read", "read pictures: one JSON line each")
    command.add_argument("pictures", nargs="+", type=Path, metavar="IMAGE")
    task_argument(command)
    command.add_argument("--region", type=_box, metavar="x,y,w,h", help="read this part instead of finding one")
    command.add_argument("--no-quality", action="store_true", help="read even a picture that fails its checks")
    command.set_defaults(run=run_read)
    cells = add_command(commands, "cells", "find and type the white cells of smear fields: one JSON line each")
    cells.add_argument("pictures", nargs="+", type=Path, metavar="FIELD")
    cells.set_defaults(run=run_cells)


def run_read(options: argparse.Namespace) -> int:
    """One line per picture. 1 when a picture could not be opened; *cannot judge* is an answer."""
    task = modes.task(options.task)
    region = Region(options.region, how="drawn") if options.region else None

    def line(path: Path) -> dict[str, Any]:
        picture, opened = _open(path)
        inside = _inside(region, picture)
        seen = look(task, picture, region=inside, quality=not options.no_quality)
        return {"path": str(path), "task": task.id, **_as_json(seen, opened)}

    return _each(options.pictures, task, line)


def run_cells(options: argparse.Namespace) -> int:
    """One line per field, every white cell with its type and stage."""
    task = modes.task("neutrophil/cells")

    def line(path: Path) -> dict[str, Any]:
        picture, _ = _open(path)
        seen = look(task, picture, quality=False)
        return {"path": str(path), "cells": _cells_as_json(seen)}

    return _each(options.pictures, task, line)


def _each(paths: list[Path], task: Task, line: Any) -> int:
    """Say ``line(path)`` for each path; a picture that cannot be opened gets its sentence."""
    status = 0
    for path in paths:
        try:
            say(line(path))
        except PictureError as error:
            progress(f"clinoscope: {path}: {error}")
            say({"path": str(path), "task": task.id, "error": str(error)})
            status = 1
    return status


def _open(path: Path) -> tuple[Picture, float]:
    from clinoscope.workflow.capture import open_picture

    start = time.perf_counter()
    picture = open_picture(path)
    return picture, (time.perf_counter() - start) * 1000


def _inside(region: Region | None, picture: Picture) -> Region | None:
    """The asked-for region, if it lies at least partly in the picture."""
    if region is None:
        return None
    box = region.box
    if box.x >= picture.width or box.y >= picture.height or box.right <= 0 or box.bottom <= 0:
        raise PictureError(
            f"The region {box.x},{box.y},{box.w},{box.h} lies outside the picture, "
            f"{picture.width} × {picture.height} px."
        )
    return Region(box.clipped(picture.width, picture.height), how="drawn")


def _as_json(seen: Look, opened: float) -> dict[str, Any]:
    reading = seen.reading
    laps = dict(seen.milliseconds)
    laps["load"] = round(laps["load"] + opened, 2)
    laps["total"] = round(laps["total"] + opened, 2)
    told: dict[str, Any] = {
        "answer": reading.answer,
        "labels": list(reading.labels),
        "probabilities": dict(reading.probabilities),
        "model": str(reading.model),
        "sha256": reading.model.sha256,
        "standing": State.NOT_TESTED.value,  # tests of a site lie in its vault, and this command opens none
    }
    if reading.cautious:
        told["cautious"] = True
    if reading.reason:
        told["reason"] = reading.reason
    if reading.flags:
        told["flags"] = [dataclasses.asdict(flag) for flag in reading.flags]
    if reading.measures:
        told["measures"] = {
            measure.name: {"value": measure.value, "uncertainty": measure.uncertainty, "unit": measure.unit}
            for measure in reading.measures
        }
    if reading.cells:
        told["cells"] = _cells_as_json(seen)
    return {
        "colour": _colour_as_json(seen.light),
        "quality": {
            "ok": seen.quality.ok,
            "problems": [
                {"check": finding.check.value, "value": finding.value, "limit": finding.limit, "advice": finding.advice}
                for finding in seen.quality.problems
            ],
        },
        "region": _region_as_json(seen.region),
        "reading": told,
        "milliseconds": {name: laps[name] for name in ("load", "colour", "quality", "region", "inference", "total")},
    }


def _colour_as_json(light: Light) -> dict[str, Any]:
    """What the picture was corrected by before it was checked and read, and what there is to say about it."""
    told: dict[str, Any] = {"corrected": light.correction is not None}
    if light.correction is not None:
        told |= {
            "reference": light.correction.reference.value,
            "gains": list(light.correction.gains),
            "score": light.correction.score,
            "method": light.correction.method,
        }
    return {**told, "remark": light.remark} if light.remark else told


def _region_as_json(region: Region | None) -> dict[str, Any] | None:
    if region is None:
        return None
    return {**_box_as_json(region.box), "how": region.how, "score": round(region.score, 4)}


def _cells_as_json(seen: Look) -> list[dict[str, Any]]:
    return [
        {**_box_as_json(cell.box), "score": cell.score, "type": dict(cell.type), "stage": dict(cell.stage)}
        for cell in seen.reading.cells
    ]


def _box_as_json(box: Box) -> dict[str, int]:
    return {"x": box.x, "y": box.y, "w": box.w, "h": box.h}


def _box(text: str) -> Box:
    try:
        return Box.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not x,y,w,h in whole pixels") from None
