"""Fits the flags of a package, and measures them on pictures they were not fitted to.

Every threshold is chosen anew without each fold and tried on that fold: the stated sensitivity and
specificity are those of this choosing, as on new pictures, and not of the threshold on the pictures it
was chosen from. Intervals are by bootstrap over groups.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.inference.card import Figure, FlagRule
from clinoscope.inference.flags import QUANTILES, Unusual, linear_value, share_below
from clinoscope.inference.metrics import Readings, measure, share
from clinoscope.inference.rejection import Reference, fit_distance
from clinoscope.training.head import INNER_FOLDS, Floats, Indices, choose, fit

Values = NDArray[np.float64]
Bools = NDArray[np.bool_]

SENSITIVITY = 0.9
"""The sensitivity wanted of a flag unless the recipe asks for another."""
RAISED_OVER = 0.98
"""A picture farther out than this share of ordinary ones is called unusual."""


@dataclass(frozen=True)
class About:
    """What a flag is called. ``meaning`` is what it says when it is raised, without a full stop; ``only_for``
    names the likeliest labels beside which it means anything (empty: all)."""

    id: str
    name: str
    meaning: str
    only_for: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Fitted:
    """One flag: its rule, its arrays for ``flags.npz``, and what was measured, for the card."""

    rule: FlagRule
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


def screening(
    about: About,
    *,
    label: str,
    labels: Sequence[str],
    probabilities: NDArray[Any],
    truth: Indices,
    groups: Sequence[str],
    fold: Indices,
    sensitivity_wanted: float = SENSITIVITY,
) -> Fitted:
    """A flag raised when ``label`` cannot be excluded: its probability is over a threshold chosen for sensitivity.

    ``probabilities`` (n, k) are held-out and calibrated, ``truth`` (n,) indexes ``labels``, ``fold`` (n,)
    is the held-out fold of each picture. The threshold is never over 1 / k: where the label is the likeliest
    one the flag is raised, whatever the others are. Raises KnownError when pictures of the label lie in one
    fold only.
    """
    index = list(labels).index(label)
    values = np.asarray(probabilities, np.float64)[:, index]
    made = _measured(about, values, np.asarray(truth) == index, groups, fold, (sensitivity_wanted, 1 / len(labels)))
    return dataclasses.replace(made, rule=dataclasses.replace(made.rule, kind="label", label=label))


def linear(
    about: About,
    *,
    views: Sequence[Floats],
    truth: Bools,
    groups: Sequence[str],
    fold: Indices,
    sensitivity_wanted: float = SENSITIVITY,
    others: Mapping[str, Floats] | None = None,
    seed: int = 1,
) -> Fitted:
    """A linear rule on embeddings of one network: class-weighted logistic regression along their main axes.

    ``views`` are embeddings (n, d) of the same n pictures, the unchanged ones first; it learns from all and is
    measured on the first. ``truth`` (n,) is whether the flag should be raised; pictures of other labels than
    ``about.only_for`` names do not belong here. The strength is chosen on inner grouped folds, anew without
    each fold. ``others`` are embeddings of further pictures by set, and the share of each on which the flag
    is raised is told. Where each fold has a network of its own, give ``scored`` their values. Raises
    KnownError when too few groups should raise it.
    """
    labels = np.asarray(truth).astype(np.intp)
    values = np.zeros(len(labels))
    for number in np.unique(fold):
        rest, held = fold != number, fold == number
        inside = [group for group, kept in zip(groups, rest, strict=True) if kept]
        _enough(labels[rest] == 1, inside, about, INNER_FOLDS)
        rule = regression([view[rest] for view in views], labels[rest], inside, seed)
        values[held] = linear_value(views[0][held], *rule)
    weights, bias = regression(views, labels, groups, seed)
    return scored(
        about,
        weights=weights,
        bias=bias,
        values=values,
        truth=truth,
        groups=groups,
        fold=fold,
        sensitivity_wanted=sensitivity_wanted,
        others=others,
    )


def scored(
    about: About,
    *,
    weights: NDArray[Any],
    bias: float,
    values: NDArray[Any],
    truth: Bools,
    groups: Sequence[str],
    fold: Indices,
    sensitivity_wanted: float = SENSITIVITY,
    others: Mapping[str, Floats] | None = None,
) -> Fitted:
    """A linear rule that is there already, such as a head trained together with its network.

    ``weights`` (d,) and ``bias`` are those that ship; ``values`` (n,) are the logistics 0..1 that the rules of
    the folds, each on its own network, gave to the pictures they had not seen. ``others``: see ``linear``.
    """
    values, truth = np.asarray(values, np.float64), np.asarray(truth, np.bool_)
    made = _measured(about, values, truth, groups, fold, (sensitivity_wanted, 1.0))
    arrays = {f"{about.id}_weights": np.asarray(weights, np.float32), f"{about.id}_bias": np.asarray(bias, np.float32)}
    elsewhere = {
        entry: _raised(linear_value(rows, weights, bias), made.rule.threshold) for entry, rows in (others or {}).items()
    }
    return Fitted(made.rule, arrays, {**made.figures, "raised_elsewhere": elsewhere})


def statistics(views: Sequence[Floats], ground: Floats) -> Unusual:
    """What tells an unusual picture from the ordinary ones of ``views``; see ``distance``."""
    ordinary = np.concatenate(views)
    return Unusual(fit_distance(ordinary), fit_distance(np.concatenate([ordinary, ground])))


def held_out_values(views: Sequence[Floats], ground: Floats, fold: Indices) -> Values:
    """How unusual each ordinary picture is to statistics without its fold, (views, n)."""
    out = np.zeros((len(views), len(fold)))
    for number in np.unique(fold):
        rest, held = fold != number, fold == number
        unusual = statistics([view[rest] for view in views], ground)
        for index, view in enumerate(views):
            out[index, held] = unusual.of(view[held])
    return out


def distance(
    about: About,
    *,
    views: Sequence[Floats],
    ground: Floats,
    groups: Sequence[str],
    fold: Indices,
    held_out: Values | None = None,
    raised_over: float = RAISED_OVER,
    others: Mapping[str, Floats] | None = None,
) -> Fitted:
    """A flag for what is unlike ordinary pictures, by embeddings that all come from the network that ships.

    ``views`` are embeddings (n, d) of the same n ordinary pictures, the unchanged ones first, the others
    recoloured and rescaled as in training: without them the flag tells stains apart. ``ground`` (m, d) are
    pictures of the task's other kinds. ``held_out`` (views, n): see ``held_out_values``, which gives the
    default; where each fold has a network of its own, give those of ``statistics`` on each. ``specificity`` is the
    share of held-out unchanged ordinary pictures it is not raised on. There is no sensitivity: nothing here says
    which pictures ought to raise it. ``others`` are embeddings by set, and the share of each on which it is raised
    is told: what the flag reacts to besides what it is meant for.
    """
    values = held_out_values(views, ground, fold) if held_out is None else np.asarray(held_out, np.float64)
    raised = np.zeros(values.shape, np.bool_)
    for number in np.unique(fold):
        limits = _quantiles(values[:, fold != number])
        raised[:, fold == number] = share_below(values[:, fold == number], limits) >= raised_over
    names = np.asarray(groups)
    specificity = _share(~raised[0], names)
    unusual, quantiles = statistics(views, ground), _quantiles(values)
    rule = FlagRule(
        id=about.id,
        name=about.name,
        note=f"{about.meaning}; raised when it is less usual than {_percent(raised_over)} of ordinary pictures, "
        "and not measured on abnormal ones.",
        kind="distance",
        threshold=raised_over,
        only_for=about.only_for,
        specificity=_figure(specificity),
    )
    figures: dict[str, Any] = {
        "n": len(fold),
        "specificity": specificity,
        "specificity_changed": _share(~raised[1:].ravel(), np.tile(names, len(views) - 1)),
        "raised_elsewhere": {
            entry: _raised(share_below(unusual.of(rows), quantiles), raised_over)
            for entry, rows in (others or {}).items()
        },
    }
    arrays = _arrays(about.id, unusual.ordinary) | _arrays(f"{about.id}_ground", unusual.ground)
    return Fitted(rule, arrays | {f"{about.id}_quantiles": quantiles.astype(np.float32)}, figures)


def save(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of ``flags.npz``: the arrays of all rules of a package together."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(arrays))  # type: ignore[arg-type]
    return buffer.getvalue()


def document(rule: FlagRule) -> dict[str, Any]:
    """The rule as an entry of ``flags`` in the package file; what is empty is left out."""
    fields = {entry.name: getattr(rule, entry.name) for entry in dataclasses.fields(rule)}
    fields |= {name: _rounded(fields[name]) for name in ("sensitivity", "specificity")}
    return {name: value for name, value in fields.items() if value not in (None, "", ())}


def threshold_for(values: Values, wanted: float) -> float:
    """The highest threshold that new pictures like these (n,) are expected to reach with the wanted share.

    The floor((n + 1)(1 - wanted))-th smallest value, which leaves room for chance as a conformal quantile does
    (Vovk's rule, as in ``inference.calibration``); the smallest where n is too small for the promise.
    """
    # 1e-9: (n + 1) * (1 - wanted) must not step below a whole number by rounding alone
    rank = int(np.floor((len(values) + 1) * (1.0 - wanted) + 1e-9))
    return float(np.sort(values)[max(rank, 1) - 1])


def _measured(
    about: About, values: Values, truth: Bools, groups: Sequence[str], fold: Indices, limits: tuple[float, float]
) -> Fitted:
    """A rule of kind linear, and its figures by thresholds chosen without each fold.

    ``limits``: the wanted sensitivity, and what the threshold may be at most.
    """
    wanted, highest = limits
    if not 0.0 < wanted < 1.0:
        raise ValueError("the wanted sensitivity lies between 0 and 1")
    raised = np.zeros(len(values), np.bool_)
    for number in np.unique(fold):
        without = truth & (fold != number)
        _enough(without, groups, about)
        raised[fold == number] = values[fold == number] >= min(threshold_for(values[without], wanted), highest)
    names = np.asarray(groups)
    sensitivity = _share(raised[truth], names[truth])
    specificity = _share(~raised[~truth], names[~truth])
    rule = FlagRule(
        id=about.id,
        name=about.name,
        note=f"{about.meaning}; the threshold was chosen for sensitivity, to raise this on at least "
        f"{_percent(wanted)} of such pictures, so it is also raised on others.",
        kind="linear",
        threshold=min(threshold_for(values[truth], wanted), highest),
        only_for=about.only_for,
        sensitivity=_figure(sensitivity),
        specificity=_figure(specificity),
    )
    figures = {
        "n": len(values),
        "positive": int(truth.sum()),
        "wanted": wanted,
        "sensitivity": sensitivity,
        "specificity": specificity,
        "right_when_raised": _share(truth[raised], names[raised]),
        "auc": _auc(values, truth, groups),
    }
    return Fitted(rule, {}, figures)


def _enough(truth: Bools, groups: Sequence[str], about: About, needed: int = 1) -> None:
    if len(np.unique(np.asarray(groups)[truth])) < needed:
        raise KnownError(
            f"There are too few pictures for the flag {about.name}: without one of the folds, fewer than {needed} "
            "groups are left that should raise it. Add pictures of further groups, or take the flag out of the recipe."
        )


def regression(views: Sequence[Floats], labels: Indices, groups: Sequence[str], seed: int) -> tuple[Values, float]:
    """Weights (d,) and bias; the difference between the two columns of a head for no and yes."""
    best = choose(views, labels, groups, seed)
    head = fit(views, labels, best.strength)
    return (head.weights[:, 1] - head.weights[:, 0]).astype(np.float64), float(head.bias[1] - head.bias[0])


def _auc(values: Values, truth: Bools, groups: Sequence[str]) -> Mapping[str, float | None]:
    both = np.stack([values, 1.0 - values], axis=1)
    all_kept = np.ones(both.shape, np.bool_)
    readings = Readings(("yes", "no"), (~truth).astype(np.intp), both, groups, all_kept[:, 0], all_kept)
    return dict(measure(readings)["auc"])


def _arrays(start: str, reference: Reference) -> dict[str, NDArray[Any]]:
    # float16 axes would do for one distance, but not for the small difference of two large ones
    return {
        f"{start}_mean": reference.mean.astype(np.float32),
        f"{start}_axes": reference.axes.astype(np.float32),
        f"{start}_spread": reference.spread.astype(np.float32),
        f"{start}_rest": np.asarray(reference.rest, np.float32),
    }


def _quantiles(values: Values) -> Values:
    return np.quantile(values, np.linspace(0.0, 1.0, QUANTILES))


def _share(hits: Bools, groups: NDArray[Any]) -> Mapping[str, float | None]:
    """``metrics.share``; all None of nothing."""
    return share(hits, list(groups)) if len(hits) else dict.fromkeys(("value", "low", "high"))


def _raised(values: Values, threshold: float) -> dict[str, Any]:
    """On how many of a set the flag is raised, each picture its own group."""
    return {"n": len(values), **_share(values >= threshold, np.arange(len(values)))}


def _figure(measured: Mapping[str, float | None]) -> Figure:
    return Figure(value=measured["value"], low=measured["low"], high=measured["high"])


def _rounded(figure: Figure) -> dict[str, float] | None:
    if figure.value is None:
        return None
    parts = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {name: round(value, 4) for name, value in parts.items() if value is not None}


def _percent(part: float) -> str:
    return f"{100 * part:.3g} %"
