"""Writes a trained package: the LiteRT file, the reference numbers, the package file and the card."""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clinoscope.inference import network, packages
from clinoscope.inference.calibration import softmax
from clinoscope.inference.card import FORMAT, Package
from clinoscope.inference.classify import prepare
from clinoscope.inference.metrics import share
from clinoscope.inference.rejection import save_reference
from clinoscope.training import export, toml
from clinoscope.training.assess import Trained
from clinoscope.training.model_card import card
from clinoscope.training.sentences import how, weakness

CHECKED = 48
"""Pictures on which the LiteRT file is held against the Keras model."""
LARGEST_DIFFERENCE = 0.03
"""Of a calibrated probability between the two; float16 weights stay far below."""


def pack(trained: Trained, recipe_path: Path, out_dir: Path) -> Path:
    """Write ``out_dir/package`` and, beside it, ``report.json`` and ``readings.csv``; returns the folder.

    Raises RuntimeError when the LiteRT file does not agree with the Keras model.
    """
    folder = out_dir / "package"
    folder.mkdir(parents=True, exist_ok=True)
    model = export.network(trained.backbone, trained.head)
    (folder / packages.MODEL_FILE).write_bytes(export.to_tflite(model))
    (folder / "reference.npz").write_bytes(save_reference(trained.refusal.reference))
    command = f"clinoscope train models/recipes/{recipe_path.name} --data ../shared/data --out build/{recipe_path.stem}"
    # the package must load before it can be checked, and its card tells what the check found
    _write(folder, trained, command)
    agreement = _compare(model, packages.load(folder), trained)
    (folder / "MODEL_CARD.md").write_text(card(trained, command, agreement), encoding="utf-8")
    _write(folder, trained, command)
    _write_report(out_dir, trained, agreement)
    return folder


def _write(folder: Path, trained: Trained, command: str) -> None:
    files = sorted(path for path in folder.iterdir() if path.name != packages.PACKAGE_FILE)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed(toml.dumps(_document(trained, command, hashes))))


def _document(trained: Trained, command: str, files: Mapping[str, str]) -> dict[str, Any]:
    recipe = trained.recipe
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": recipe.version,
        "task": recipe.task,
        "kind": "classify",
        "labels": recipe.labels,
        "intended_use": recipe.intended_use,
        "trained_on": recipe.trained_on,
        "command": command,
        "signature": "",
        "input": {
            "size": recipe.input.size,
            "colour": recipe.input.colour,
            "margin": recipe.input.margin,
            "outline_only": recipe.input.outline_only,
        },
        "calibration": {"temperature": trained.temperature},
        "conformal": {"method": "lac", "coverage": recipe.coverage, "quantile": trained.quantile},
        "rejection": {
            "rule": trained.refusal.rule,
            "threshold": trained.refusal.threshold,
            "reference": "reference.npz",
        },
        "figures": _figures(trained),
        "sources": [{"name": entry.name, "licence": entry.licence, "what": entry.what} for entry in recipe.sources],
        "files": files,
    }


def _figures(trained: Trained) -> dict[str, Any]:
    measured, recipe = trained.figures, trained.recipe
    return {
        "n": measured["n"],
        "groups": measured["groups"],
        "how": how(trained),
        "weak": weakness(trained),
        "accuracy": _round(measured["accuracy"]),
        "balanced_accuracy": _round(measured["balanced_accuracy"]),
        "auc": _round(measured["auc"]),
        "ece": _round(measured["ece"]),
        "coverage": _round(measured["conformal_coverage"]),
        "answered": _round(measured["share_answered"]),
        "accuracy_answered": _round(measured["accuracy_when_answered"]),
        "own_refused": _round(trained.own_refused),
        "foreign_refused": _round(_mean_share(trained.refusal.foreign)),
        "unseen_refused": _round(_mean_share(trained.refusal.unseen)),
        "labels": [
            {
                "label": label,
                "n": measured["per_class"][label]["n"],
                **{
                    name: _round(measured["per_class"][label][name])
                    for name in ("sensitivity", "specificity", "precision")
                },
            }
            for label in recipe.labels
        ],
        "elsewhere": [
            {
                "source": other.name,
                "n": other.figures["n"],
                "note": other.note,
                "accuracy": _round(other.figures["accuracy"]),
                "balanced_accuracy": _round(other.figures["balanced_accuracy"]),
                "coverage": _round(other.figures["conformal_coverage"]),
                "answered": _round(other.figures["share_answered"]),
                "accuracy_answered": _round(other.figures["accuracy_when_answered"]),
                "refused": _round(other.refused),
            }
            for other in trained.elsewhere
        ],
    }


def _mean_share(hits: Mapping[str, Any]) -> dict[str, float | None] | None:
    """The share refused over all sets together."""
    if not hits:
        return None
    together = np.concatenate(list(hits.values()))
    return share(together, [str(index) for index in range(len(together))])


def _round(figure: Mapping[str, float | None] | None) -> dict[str, float] | None:
    if figure is None or figure["value"] is None:
        return None
    return {name: round(value, 4) for name, value in figure.items() if value is not None}


def _compare(model: Any, package: Package, trained: Trained) -> dict[str, float]:
    """The LiteRT file against the Keras model on real pictures, and the time of one picture."""
    subjects = trained.gathered.subjects
    squares = [
        prepare(subject.pixels, subject.region, subject.region.boxes[0], trained.recipe.input)
        for subject in subjects[:: max(1, len(subjects) // CHECKED)][:CHECKED]
    ]
    outputs = [network.run(package, square) for square in squares]
    light = softmax(np.stack([output.logits for output in outputs]), trained.temperature)
    full = softmax(export.keras_logits(model, np.stack(squares).astype(np.float32)), trained.temperature)
    difference = float(np.abs(light - full).max())
    if difference > LARGEST_DIFFERENCE:
        raise RuntimeError(f"the LiteRT file of {package.name} strays by {difference:.3f} from the Keras model")
    return {
        "pictures": len(squares),
        "largest_difference": difference,
        "same_answers": float((light.argmax(axis=1) == full.argmax(axis=1)).mean()),
        "milliseconds": milliseconds(package),
        "bytes": len(package.content[packages.MODEL_FILE]),
    }


def milliseconds(package: Package, runs: int = 50) -> float:
    """Median processor time of the network on one picture; it runs on one thread, the caller's.

    Processor time, since what else the machine does at the moment says nothing about the network.
    """
    size = package.input.size if package.input else 0
    square = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    times = []
    for _ in range(runs + 5):
        start = time.thread_time()
        network.run(package, square)
        times.append(1000 * (time.thread_time() - start))
    return statistics.median(times[5:])


def _write_report(out_dir: Path, trained: Trained, agreement: Mapping[str, float]) -> None:
    """``report.json`` with all figures, ``readings.csv`` with the held-out probabilities of every picture."""
    document = {
        "recipe": trained.recipe.name,
        "backbone": trained.choice.backbone,
        "strength": trained.choice.strength,
        "folds": [[choice.backbone, choice.strength, choice.loss] for choice in trained.held.choices],
        "temperature": trained.temperature,
        "quantile": trained.quantile,
        "without_region": trained.gathered.without_region,
        "figures": trained.figures,
        "elsewhere": {other.name: other.figures for other in trained.elsewhere},
        "own_refused": trained.own_refused,
        "foreign_refused": trained.foreign_refused,
        "unseen_refused": trained.unseen_refused,
        "litert": agreement,
    }
    (out_dir / "report.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    _write_readings(out_dir / "readings.csv", trained)


def _write_readings(path: Path, trained: Trained) -> None:
    labels: Sequence[str] = trained.recipe.labels
    probabilities = softmax(trained.held.logits, trained.temperature)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "label", "group", "fold", "top", *(f"p:{label}" for label in labels)])
        for row, fold, values in zip(trained.gathered.rows, trained.held.fold, probabilities, strict=True):
            top = labels[int(values.argmax())]
            writer.writerow([row.path, row.label, row.group, fold, top, *(f"{value:.4f}" for value in values)])
