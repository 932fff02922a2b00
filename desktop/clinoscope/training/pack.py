"""Writes a trained package: the LiteRT file, the numbers of its rules, the package file, the card and the report."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.picture import Pixels
from clinoscope.inference import flags as flag_rules
from clinoscope.inference import network, packages, toml, watcher
from clinoscope.inference.calibration import softmax
from clinoscope.inference.card import FORMAT, Package
from clinoscope.inference.metrics import packed, packed_labels, rounded, share
from clinoscope.inference.rejection import save_reference
from clinoscope.training import explanation, export, flags, quantise, report
from clinoscope.training.assess import Measured, Trained
from clinoscope.training.generate import GeneratedFigures
from clinoscope.training.model_card import card
from clinoscope.training.report import Report
from clinoscope.training.seen import prepared
from clinoscope.training.sentences import how, weakness

CHECKED = 48
"""Pictures on which the LiteRT file is held against the Keras model."""
COMPARED = 400
"""Held-out pictures, at most, on which the forms of the network are compared."""
LARGEST_DIFFERENCE = 0.03
"""Of a calibrated probability between the two; float16 weights stay far below."""


def pack(trained: Trained, command: str, out_dir: Path, seconds: Callable[[], float]) -> Path:
    """Write ``out_dir/package`` and, beside it, the report and ``readings.csv``; returns the folder.

    ``command`` makes it again, ``seconds()`` is how long the run has taken. Raises RuntimeError when the LiteRT file
    does not agree with the Keras model.
    """
    folder = out_dir / "package"
    if folder.exists():
        shutil.rmtree(folder)  # what an earlier run left would be packed too
    folder.mkdir(parents=True)
    compared, checked = _compare(trained)
    model = export.network(trained.learner.network(trained.fit), trained.fit.head)
    squares = _squares(trained, np.arange(len(trained.gathered.rows)))
    (folder / packages.MODEL_FILE).write_bytes(quantise.convert(model, compared.chosen, squares))
    (folder / "reference.npz").write_bytes(save_reference(trained.refusal.reference))
    (folder / quantise.COMPARISON_FILE).write_bytes(quantise.dumps(compared))
    arrays = {name: values for flag in trained.flags for name, values in flag.arrays.items()}
    if arrays:
        (folder / flag_rules.FILE).write_bytes(flags.save(arrays))
    # the package must load before it can be checked, and its card tells what the checks found
    _write(folder, trained, command, checked)
    strays = _strays(model, packages.load(folder), squares, trained.temperature)
    if strays > LARGEST_DIFFERENCE and compared.chosen != "float16":
        reason = f"float16: {compared.chosen} strays by up to {strays:.2f} in a probability from what was calibrated."
        compared = dataclasses.replace(compared, chosen="float16", reason=reason)
        (folder / packages.MODEL_FILE).write_bytes(quantise.convert(model, "float16"))
        (folder / quantise.COMPARISON_FILE).write_bytes(quantise.dumps(compared))
        _write(folder, trained, command, checked)
        strays = _strays(model, packages.load(folder), squares, trained.temperature)
    if strays > LARGEST_DIFFERENCE:
        raise RuntimeError(f"the LiteRT file of {trained.recipe.name} strays by {strays:.3f} from the Keras model")
    told = _report(trained, command, compared, checked, seconds())
    report.write(told, trained.readings, out_dir)
    card_text = card(report.with_readings(told, trained.readings))
    (folder / "MODEL_CARD.md").write_text(card_text, encoding="utf-8")
    _write(folder, trained, command, checked)
    _write_readings(out_dir / "readings.csv", trained)
    return folder


def _compare(trained: Trained) -> tuple[quantise.Comparison, explanation.Checked]:
    """The forms of the first fold's network, and its maps, on pictures of groups it never saw."""
    fit, labels = trained.held.fits[0], trained.gathered.labels
    held = np.flatnonzero(trained.held.fold == 0)
    rest = np.flatnonzero(trained.held.fold != 0)
    held = held[:: -(-len(held) // COMPARED)]
    model = export.network(trained.learner.network(fit), fit.head)
    squares, learnt = _squares(trained, held), _squares(trained, rest[:: -(-len(rest) // COMPARED)])
    compared = quantise.compare(
        model, squares, labels[held], representative=learnt, temperature=trained.temperature, needs=_needs(trained)
    )
    checked = explanation.check(model, squares.astype(np.float32), trained.recipe.seed, compared.content)
    return compared, checked


def _needs(trained: Trained) -> quantise.Needs:
    """A screening threshold is a probability, so a package with one is not fitted to a site (decision 0066)."""
    return quantise.Needs(
        embedding=any(flag.rule.kind in ("linear", "distance") for flag in trained.flags),
        other_head=not trained.recipe.screens,
    )


def _squares(trained: Trained, pictures: NDArray[np.intp]) -> Pixels:
    """The first square of each of some pictures, at most ``COMPARED`` of them: (n, size, size, 3)."""
    chosen = [trained.gathered.subjects[index] for index in pictures[:: -(-len(pictures) // COMPARED)]]
    first = [
        dataclasses.replace(subject, region=dataclasses.replace(subject.region, box=subject.region.boxes[0], parts=()))
        for subject in chosen
    ]
    return prepared(trained.learner.eye, first, trained.recipe.input)


def _write(folder: Path, trained: Trained, command: str, checked: explanation.Checked) -> None:
    files = sorted(path for path in folder.iterdir() if path.name != packages.PACKAGE_FILE)
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    document = _document(trained, command, hashes, checked)
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed(toml.dumps(document)))


def _document(trained: Trained, command: str, files: Mapping[str, str], checked: explanation.Checked) -> dict[str, Any]:
    recipe, chosen = trained.recipe, trained.learner.eye.variant
    document: dict[str, Any] = {
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
            "steps": (*recipe.input.steps, *chosen.steps),
        },
        "calibration": {"temperature": trained.temperature},
        "conformal": {"method": "lac", "coverage": recipe.coverage, "quantile": trained.quantile},
        "caution": None if trained.caution is None else dataclasses.asdict(trained.caution),
        "rejection": {
            "rule": trained.refusal.rule,
            "threshold": trained.refusal.threshold,
            "reference": "reference.npz",
            "watcher": watcher.SHA256,
        },
        "explanation": dataclasses.asdict(checked.explanation),
        "flags": [flags.document(flag.rule) for flag in trained.flags],
        "figures": _figures(trained),
        "sources": [{"name": entry.name, "licence": entry.licence, "what": entry.what} for entry in recipe.sources],
        "files": files,
    }
    return {name: value for name, value in document.items() if name not in ("flags", "caution") or value}


def _report(
    trained: Trained, command: str, compared: quantise.Comparison, checked: explanation.Checked, seconds: float
) -> Report:
    """All that was tried and measured."""
    recipe = trained.recipe
    return Report(
        recipe=report.facts(recipe, command),
        figures=trained.figures,
        made=report.made_now(seconds),
        how=how(trained),
        weak=weakness(trained),
        pictures=_pictures(trained),
        without_region=trained.gathered.without_region,
        left_out=trained.gathered.left_out,
        variants=_variants(trained),
        top_k=trained.top,
        stratified=trained.stratified,
        elsewhere=[
            {
                "name": other.name,
                "note": other.note,
                "figures": other.figures,
                "cautious": other.cautious,
                "refused": other.refused,
            }
            for other in trained.elsewhere
        ],
        own_refused=trained.own_refused,
        foreign_refused=trained.foreign_refused,
        unseen_refused=trained.unseen_refused,
        tones=trained.tones,
        origins=trained.origins,
        explanation=checked,
        quantised=compared,
        flags=trained.flags,
        history=[list(fit.history) for fit in trained.held.fits if fit.history],
        temperature=trained.temperature,
        quantile=trained.quantile,
        caution=trained.caution,
        notes=_notes(trained),
    )


def _notes(trained: Trained) -> list[str]:
    fitted = {flag.rule.id for flag in trained.flags}
    left_out = [remark.name for remark in trained.recipe.remarks if remark.id not in fitted]
    return [
        "The forms of the network and its maps were checked on the network and the held-out part of one fold.",
        *(f"The flag {name} was left out: too few pictures say whether it holds." for name in left_out),
    ]


def _generated(variant: str, figures: GeneratedFigures) -> str:
    return (
        f"{variant}: {figures.generated} pictures generated from {figures.pictures} (first fold); Fréchet distance to "
        f"them {figures.frechet:.0f}, between their halves {figures.frechet_real:.0f}; nearest real picture "
        f"{figures.nearest:.0f} away, among the real ones {figures.nearest_real:.0f}; copies {figures.copies:.0%}."
    )


def _pictures(trained: Trained) -> list[dict[str, Any]]:
    """How many pictures and groups of each source, and of which labels."""
    rows = trained.gathered.rows
    out = []
    for source in dict.fromkeys(row.source for row in rows):
        own = [row for row in rows if row.source == source]
        counts = Counter(row.label for row in own)
        labels = {label: counts[label] for label in trained.recipe.labels if counts[label]}
        out.append({"source": source, "groups": len({row.group for row in own}), "labels": labels})
    return out


def _variants(trained: Trained) -> list[dict[str, Any]]:
    out = []
    for each in trained.tried:
        way = next(way for way in trained.recipe.ways if way.name == each.name)
        out.append(
            {
                **dataclasses.asdict(way),
                "figures": each.figures,
                "seconds": each.held.seconds,
                "chosen": each.name == trained.learner.eye.variant.name,
            }
        )
    return out


def _figures(trained: Trained) -> dict[str, Any]:
    measured, recipe = trained.figures, trained.recipe
    return {
        "n": measured["n"],
        "groups": measured["groups"],
        "how": how(trained),
        "weak": weakness(trained),
        **packed(measured),
        "own_refused": rounded(trained.own_refused),
        "foreign_refused": rounded(_over_all(trained.refusal.foreign, trained.foreign_groups)),
        "unseen_refused": rounded(_over_all(trained.refusal.unseen, trained.foreign_groups)),
        "labels": packed_labels(measured, recipe.labels),
        "elsewhere": [_elsewhere(other) for other in trained.elsewhere],
        "tones": [
            {
                "tone": tone,
                "n": figures["n"],
                "accuracy": rounded(figures["accuracy"]),
                "balanced_accuracy": rounded(figures["balanced_accuracy"]),
            }
            for tone, figures in trained.tones.items()
        ],
    }


def _elsewhere(other: Measured) -> dict[str, Any]:
    """A source as it is read where the package is not validated."""
    figures = other.cautious or other.figures
    return {
        "source": other.name,
        "n": figures["n"],
        "note": other.note,
        **{name: figure for name, figure in packed(figures).items() if name != "auc"},
        "refused": rounded(other.refused),
    }


def _over_all(hits: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, float | None] | None:
    """The share refused over all sets together; a group is of one set."""
    if not hits:
        return None
    return share(np.concatenate(list(hits.values())), [f"{name} {group}" for name in hits for group in groups[name]])


def _strays(model: Any, package: Package, squares: Pixels, temperature: float) -> float:
    """The largest difference of a calibrated probability between the packaged file and the Keras model."""
    some = squares[:: -(-len(squares) // CHECKED)]
    light = softmax(np.stack([network.run(package, square).logits for square in some]), temperature)
    full = softmax(export.keras_logits(model, some.astype(np.float32)), temperature)
    return float(np.abs(light - full).max())


def _write_readings(path: Path, trained: Trained) -> None:
    """The held-out probabilities of every picture."""
    labels, readings = trained.recipe.labels, trained.readings
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "label", "group", "fold", "top", *(f"p:{label}" for label in labels)])
        rows = zip(trained.gathered.rows, trained.held.fold, readings.probabilities, strict=True)
        for row, fold, values in rows:
            top = labels[int(values.argmax())]
            writer.writerow([row.path, row.label, row.group, fold, top, *(f"{value:.4f}" for value in values)])
