"""The tables of a training report, the same in the PDF and in the model card: words only, no layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinoscope.modes.wording import percent
from clinoscope.training.report import Report
from clinoscope.training.report_words import duration, show, trained, words

_MACRO = {"specificity": "specificity", "precision": "precision", "f1": "F1", "jaccard": "Jaccard"}
_PER_LABEL = ("sensitivity", "specificity", "precision", "f1", "jaccard")


@dataclass(frozen=True)
class Table:
    """``line`` says under the heading what the table shows; every row has as many cells as ``head``.

    ``strong`` is the row to mark, if any; ``after`` a sentence below the table.
    """

    title: str
    line: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    strong: int | None = None
    after: str = ""


def overall(report: Report) -> Table:
    figures, coverage = report.figures, report.recipe["coverage"]
    lines = [
        ("accuracy", show(figures["accuracy"]), "share of pictures whose likeliest label is right"),
        ("balanced accuracy", show(figures["balanced_accuracy"]), "the same when every label counts the same"),
        *((f"mean {_MACRO[name]}", show(figure), "over the labels") for name, figure in figures["macro"].items()),
        ("Matthews correlation", show(figures["mcc"]), "1 is perfect, 0 is guessing"),
        ("AUC", show(figures["auc"]), "how well the two labels are ranked; 0.5 is guessing"),
        ("expected calibration error", show(figures["ece"]), "how far stated and true certainty lie apart"),
        ("sets that hold the true label", show(figures["conformal_coverage"]), f"{percent(coverage)} was promised"),
        ("share answered", show(figures["share_answered"]), "one label in the set; otherwise unsure"),
        ("accuracy when answered", show(figures["accuracy_when_answered"]), "of those answered"),
    ]
    if report.recipe.get("ordered"):
        near = show(figures["within_one"])
        lines.insert(2, ("within one", near, "the answer is the true label or stands next to it"))
    for count, figure in report.top_k.items():
        if count != "1":
            lines.append((f"top {count}", show(figure), f"true label among the {count} likeliest"))
    return Table(
        "The figures",
        report.how or "On groups never seen in training. The likeliest label counts as the answer, unless stated.",
        ("figure", "value (95 % interval)", "what it says"),
        [line for line in lines if line[1] != "–"],
    )


def reliability(report: Report) -> Table | None:
    if not report.reliability:
        return None
    rows = [
        (
            f"{percent(row['from'])} to {percent(row['to'])}",
            str(row["n"]),
            percent(row["confidence"]),
            show(row["right"]),
        )
        for row in report.reliability
        if row["n"]
    ]
    return Table(
        "How sure it says it is, and how often it is right",
        "The pictures by the probability of their likeliest label: the stated mean and the share that was right, with "
        "the 95 % interval of Wilson. The diagram of it is in the report of the training run.",
        ("stated", "pictures", "mean stated", "right"),
        rows,
    )


def flattery(report: Report) -> Table | None:
    """How much folds that part the groups would have flattered."""
    if report.stratified is None:
        return None
    key, name = report.main
    rows = [
        (how, show(figures[key]), show(figures["accuracy"]))
        for how, figures in (
            ("groups kept together (what counts)", report.figures),
            ("groups parted (flatters)", report.stratified),
        )
    ]
    return Table(
        "How much parting groups would flatter",
        "The same measured twice. When pictures of one group may lie on both sides, the network can recognise the "
        "group instead of the finding; many published figures are of that kind.",
        ("folds", name, "accuracy"),
        rows,
    )


def variants(report: Report) -> Table | None:
    if not report.variants:
        return None
    key, name = report.main
    rows = []
    for entry in report.variants:
        figures = entry["figures"]
        rows.append(
            (
                ("→ " if entry["chosen"] else "") + entry["name"],
                _variant_words(entry),
                show(figures[key]),
                show(figures["accuracy"]),
                show(figures["ece"]),
                duration(entry["seconds"]) if entry.get("seconds") is not None else "–",
            )
        )
    strong = next((index for index, entry in enumerate(report.variants) if entry["chosen"]), None)
    after = (
        "The best of several looks a little better than it is, since chance helped to choose it. Choosing anew in "
        f"every fold on the other folds alone gives {name} {show(report.figures[key])}: this is the figure that counts."
    )
    return Table(
        "What was compared",
        "Every variant learned and was measured in the same folds; → marks the one that went into the package. It is "
        "the one that gave the true labels the most probability (balanced log loss), not always the highest figure.",
        ("variant", "what it is", name, "accuracy", "calibration error", "time"),
        rows,
        strong,
        after,
    )


def _variant_words(entry: Mapping[str, Any]) -> str:
    parts = [f"{entry['backbone']}, {trained(entry)}"]
    if entry.get("steps"):
        parts.append("steps: " + ", ".join(entry["steps"]))
    balance = {"weights": "rare labels weigh more", "repeat": "rare labels shown more often", "none": "not balanced"}
    if entry.get("balance"):
        parts.append(balance.get(entry["balance"], entry["balance"]))
    if not entry.get("augment", True):
        parts.append("unchanged views only")
    if entry.get("generated"):
        parts.append(f"{entry['generated']} generated pictures")
    return "; ".join(parts)


def by_label(report: Report) -> Table:
    rows = [
        (words(label), str(entry["n"]), *(show(entry[name]) for name in _PER_LABEL))
        for label, entry in report.figures["per_class"].items()
    ]
    return Table(
        "By label",
        "Sensitivity: of pictures with this label, the share read as it. Specificity: of the others, the share not "
        "read as it. Precision: of those read as it, the share that is right. F1 and Jaccard join first and last.",
        ("label", "n", "sensitivity", "specificity", "precision", "F1", "Jaccard"),
        rows,
    )


def refusals(report: Report) -> Table | None:
    if report.own_refused is None:
        return None
    rows = [("own pictures (wrongly refused)", show(report.own_refused, as_percent=True), "")]
    for name, figure in report.foreign_refused.items():
        rows.append((name, show(figure, as_percent=True), show(report.unseen_refused.get(name), as_percent=True)))
    return Table(
        "Pictures of another kind",
        "Share refused with cannot judge: by a rule that learned from other pictures of the same set, and by one "
        "that never saw that set (what to expect of a kind of picture nobody thought of).",
        ("pictures", "refused", "refused, kind never seen"),
        rows,
    )


def elsewhere(report: Report) -> Table | None:
    if not report.elsewhere:
        return None
    columns = {"accuracy": "accuracy", "balanced accuracy": "balanced_accuracy"}
    if report.recipe.get("ordered"):
        columns["within one"] = "within_one"
    columns |= {
        "coverage": "conformal_coverage",
        "answered": "share_answered",
        "right when answered": "accuracy_when_answered",
    }
    rows = [
        (
            other["name"] + (f" ({other['note']})" if other.get("note") else ""),
            str(other["figures"]["n"]),
            *(show(other["figures"][key]) for key in columns.values()),
            show(other["refused"], as_percent=True),
        )
        for other in report.elsewhere
    ]
    return Table(
        "Other sources",
        "Other laboratories, clinics and cameras, none of which trained what is measured here; a source that is part "
        "of training was left out for its own line.",
        ("source", "n", *columns, "refused"),
        rows,
    )


def cautious(report: Report) -> Table | None:
    """Other sources as a site reads them that has not validated the package."""
    if report.caution is None:
        return None
    columns = {
        "calibration error": "ece",
        "coverage": "conformal_coverage",
        "answered": "share_answered",
        "right when answered": "accuracy_when_answered",
    }
    rows = [
        (other["name"], *(show(other["cautious"][key]) for key in columns.values()))
        for other in report.elsewhere
        if other.get("cautious")
    ]
    return Table(
        "Read with caution",
        "Until a site has passed its own test, readings there take this second calibration. It is fitted on sources "
        "read by networks that never saw them; here on all but that of the line, and on other parts of it where the "
        "rest is too small.",
        ("source", *columns),
        rows,
    )


def tones(report: Report) -> Table | None:
    if not report.tones:
        return None
    rows = [
        (tone, str(entry["n"]), show(entry["accuracy"]), show(entry["balanced_accuracy"]))
        for tone, entry in report.tones.items()
    ]
    return Table(
        "By skin tone",
        "The tone is estimated from the picture (individual typology angle), not asked. Labels are not spread evenly "
        "over the tones, so the rows differ for that reason too.",
        ("skin tone", "n", "accuracy", "balanced accuracy"),
        rows,
    )


def origins(report: Report) -> Table | None:
    if not report.origins:
        return None
    rows = [
        (source, str(entry["n"]), *(show(entry[name]) for name in ("accuracy", "balanced_accuracy", "share_answered")))
        for source, entry in report.origins.items()
    ]
    return Table(
        "By source",
        "The same held-out pictures apart by where they come from. Every network had learned from others of the same "
        "source; for sources that none had seen see below. A balanced accuracy is over the labels that a source has.",
        ("source", "n", "accuracy", "balanced accuracy", "answered"),
        rows,
    )


def flags(report: Report) -> Table | None:
    if not report.flags:
        return None
    rows = []
    for flag in report.flags:
        rule = flag.rule
        kind = {
            "label": f"chance of {words(rule.label)}",
            "linear": "a rule of its own",
            "texture": "a rule of its own, on fine texture",
            "distance": "how unlike the ordinary ones",
        }[rule.kind]
        chosen = "chosen for specificity" if rule.kind == "distance" else "chosen for sensitivity"
        rows.append(
            (
                rule.name,
                f"{kind}, from {rule.threshold:.3g} on ({chosen})",
                show(flag.figures.get("sensitivity")),
                show(flag.figures.get("specificity")),
                rule.note,
            )
        )
    return Table(
        "Flags beside the answer",
        "A flag is raised beside the answer, whatever the answer is. A threshold chosen for sensitivity misses little "
        "and is raised too often on purpose. Measured with thresholds chosen without the fold they were tried on.",
        ("flag", "raised by", "sensitivity", "specificity", "note"),
        rows,
    )


def quantised(report: Report) -> Table | None:
    found = report.quantised
    if found is None:
        return None
    rows = [
        (
            form.form + (" (shipped)" if form.form == found.chosen else ""),
            f"{form.bytes / 1e6:.1f} MB",
            f"{form.milliseconds:.1f} ms",
            "–" if form.memory_mb is None else f"{form.memory_mb:.0f} MB",
            f"{form.accuracy:.3f}",
            f"{form.balanced_accuracy:.3f}",
            f"{form.ece:.3f}",
            f"{100 * form.same_answers:.1f} %",
        )
        for form in found.forms
    ]
    strong = next(index for index, form in enumerate(found.forms) if form.form == found.chosen)
    keras = (
        "Keras, predict",
        "–",
        f"{found.keras_milliseconds:.1f} ms",
        "–",
        f"{found.keras_accuracy:.3f}",
        "–",
        "–",
        "–",
    )
    return Table(
        "Size and speed of each form",
        f"The same network with its numbers kept in different ways, on the same {found.pictures} pictures. LiteRT: "
        "processor time of one picture on one thread; Keras: by the clock, on every core. Answers against Keras.",
        ("form", "file", "time", "memory", "accuracy", "balanced accuracy", "calibration error", "same answers"),
        [*rows, keras],
        strong,
        f"Shipped: {found.reason}",
    )


def explanation(report: Report) -> Table | None:
    from clinoscope.training import explanation as limits

    found = report.explanation
    if found is None:
        return None
    shown = found.explanation.shown
    rows = [
        ("all layers random: likeness of the maps", f"{found.explanation.randomised:.2f}", f"under {limits.ALL_BELOW}"),
        ("last layer random: likeness of the maps", f"{found.head_randomised:.2f}", f"under {limits.HEAD_BELOW}"),
        ("picture hardly changed: likeness", f"{found.explanation.repeated:.2f}", f"{limits.REPEATED_FROM} or more"),
        (
            "hiding the hottest fifth costs more than hiding another "
            f"(answer falls by {found.hottest_drop:.2f}, else {found.other_drop:.2f})",
            f"{percent(found.deletion)} of pictures",
            f"{percent(limits.DELETION_FROM)} or more",
        ),
        ("time of one map", f"{found.milliseconds:.0f} ms", f"{limits.MILLISECONDS_AT_MOST:.0f} ms at most"),
    ]
    verdict = "Passed: the window shows the maps." if shown else f"Failed, so no map is shown: {found.why_not}."
    return Table(
        "Heatmaps, checked",
        f"A map of where the network saw the label is shown only if it passes all of these, on {found.pictures} "
        "pictures. Likeness is the rank correlation of two maps, 0 for none, 1 for the same.",
        ("check", "found", "wanted"),
        rows,
        after=verdict,
    )


def pictures(report: Report) -> Table | None:
    if not report.pictures:
        return None
    labels = report.recipe["labels"]
    rows = [
        (entry["source"], str(entry["groups"]), *(str(entry["labels"].get(label, 0)) for label in labels))
        for entry in report.pictures
    ]
    left_out = list(report.left_out)
    if report.without_region:
        left_out.append(f"{report.without_region} pictures were left out because no region was found in them.")
    return Table(
        "Training pictures",
        f"How many pictures of each label each source gave, and of how many {report.recipe['group_word']}.",
        ("source", "groups", *(words(label) for label in labels)),
        rows,
        after=" ".join(left_out),
    )


def sources(report: Report) -> Table:
    return Table(
        "Sources and rights",
        "Whose pictures they are, under which licence, and what they show.",
        ("source", "licence", "what it shows"),
        [(source["name"], source["licence"], source["what"]) for source in report.recipe["sources"]],
    )
