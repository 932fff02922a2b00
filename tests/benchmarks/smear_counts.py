"""The neutrophil percentage without any review, per source: read against what is known.

    python tests/benchmarks/smear_counts.py DATA [--package FOLDER]

What the data allow: no source has smears, that is many fields of one slide with every white cell typed. So the typed
single cells of a source are taken together as if they were one smear (`cells`), and, where fields hold typed cells
(chula_esid, bccd), those are found and read by the whole chain (`fields`). The percentage is of the white cells that
both sides know: types that the models do not name are left out of the truth, and counted as `left_out`.

A source that a package learned from is printed as `seen`: its figures say that the chain works, not how well it does
elsewhere. Which ones the package in use learned from is read from its card. Intervals: 95 %, by bootstrap over groups.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from clinoscope import modes
from clinoscope.domain.region import Box, Region
from clinoscope.inference import cells as counting
from clinoscope.inference import classify, packages
from clinoscope.inference.agreement import figure
from clinoscope.inference.bootstrap import RESAMPLES, draws, members, per_group, ratio
from clinoscope.modes.wording import NOT_WHITE, likeliest
from clinoscope.regions import find
from clinoscope.workflow.smear.reading import TYPE, read_field

NAMES = {
    "pbc_barcelona": "PBC",
    "chula_esid": "Chula",
    "lmu_munich_via_leukopy": "LMU",
    "bccd": "BCCD",
    "zheng_ds1_tecom": "Zheng",
    "choi_bone_marrow_seoul": "Choi",
}
"""What each source is called in a package's card and ``trained_on``."""
LIMIT = 5.0
"""Points that the percentage may be off."""


def difference(truth: list[bool], read: list[bool | None], groups: list[str]) -> dict[str, Any]:
    """Percentages and their difference; ``read`` is None where the chain sees no white cell."""
    member, count = members(groups)
    white = np.array([value is not None for value in read], float)
    columns = np.stack(
        [np.ones(len(truth)), np.array(truth, float), white, np.array([bool(value) for value in read], float)], axis=1
    )
    every, true, seen, hits = (draws(count, RESAMPLES, 0) @ per_group(member, count, columns)).T
    off = figure(100 * (ratio(hits, seen) - ratio(true, every)))
    value = off["value"]
    return {
        "n": len(truth),
        "groups": count,
        "true_percent": round(100 * float(np.mean(truth)), 1),
        "read_percent": round(100 * float(np.sum([bool(value) for value in read]) / max(1, white.sum())), 1),
        "off_points": {key: None if part is None else round(float(part), 1) for key, part in off.items()},
        "within_5_points": value is not None and abs(value) <= LIMIT,
    }


def rows_of(data: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (data / "neutrophil" / "cells.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found[row["source"]].append(row)
    return found


def typed_cells(data: Path, rows: list[dict[str, str]], read: Callable[[Any], str], most: int) -> dict[str, Any]:
    known = {label.id for label in modes.task(TYPE).labels} - NOT_WHITE
    white = [row for row in rows if row["cell"] in known]
    chosen = (
        white if len(white) <= most else [white[i] for i in np.random.default_rng(5).permutation(len(white))[:most]]
    )
    tops = [read(np.asarray(Image.open(data / "neutrophil" / row["path"]).convert("RGB"))) for row in chosen]
    told = difference(
        [row["cell"] == "neutrophil" for row in chosen],
        [None if top in NOT_WHITE else top == "neutrophil" for top in tops],
        [row["group"] or row["path"] for row in chosen],
    )
    return {**told, "left_out": len(rows) - len(white)}


def typed_fields(data: Path, source: str, types: dict[str, str]) -> dict[str, Any] | None:
    """Fields whose one cell is typed, found and read by the whole chain; every found white cell counts."""
    truth, read, groups, missed = [], [], [], 0
    for name, label in sorted(types.items()):
        path = data / "neutrophil" / source / "fields" / name
        if not path.is_file():
            continue
        cells = read_field(np.asarray(Image.open(path).convert("RGB"))).cells
        tops = [likeliest(cell.type) for cell in cells if likeliest(cell.type) not in NOT_WHITE]
        missed += not tops
        # one typed cell a field: the surest find stands for it
        truth.append(label == "neutrophil")
        read.append(tops[0] == "neutrophil" if tops else None)
        groups.append(name.partition("_")[0] if source == "chula_esid" else name)
    return {**difference(truth, read, groups), "fields_without_a_find": missed} if truth else None


def main() -> None:
    parser = argparse.ArgumentParser(description="The neutrophil percentage without review, per source")
    parser.add_argument("data", type=Path)
    parser.add_argument("--package", type=Path, help="a package of neutrophil/type in place of the one in use")
    parser.add_argument("--most", type=int, default=600, help="cells of a source that are read at most")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    package = (
        packages.load(options.package)
        if options.package
        else counting.used(packages.for_task("neutrophil/cells"), TYPE)
    )
    card = " ".join([package.trained_on, *(source.name for source in package.sources)])
    learned = {name for name, words in NAMES.items() if words.lower() in card.lower()} | {"pbc_barcelona"}
    if "american" in package.trained_on.lower():
        learned.add("bccd")

    def read(pixels: Any) -> str:
        region = find("cell", pixels) or Region(Box(0, 0, pixels.shape[1], pixels.shape[0]), "whole")
        return likeliest(classify.distribution(pixels, region, region.box, package))

    rows = rows_of(options.data)
    for source, entries in sorted(rows.items()):
        told = typed_cells(options.data, entries, read, options.most)
        print(
            json.dumps(
                {"source": source, "what": "cells", "seen": source in learned, "package": str(package.ref), **told}
            ),
            flush=True,
        )
    fields = {
        "bccd": {f"{row['group']}.jpg": row["cell"] for row in rows["bccd"]},
        "chula_esid": {},
    }
    with (options.data / "neutrophil" / "boxes.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["source"] == "chula_esid" and row["cell"]:
                fields["chula_esid"][Path(row["field"]).name] = row["cell"]
    for source, types in fields.items():
        told_fields = typed_fields(options.data, source, types)
        if told_fields:
            print(json.dumps({"source": source, "what": "fields", "seen": True, **told_fields}), flush=True)


if __name__ == "__main__":
    main()
