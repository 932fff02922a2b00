"""Can a photograph of the nails give a haemoglobin value? What estimates are worth beside always saying the mean.

``python -m clinoscope.training.haemoglobin DATA [--backbones DIR]`` prints the figures as JSON; DATA holds
``anemia/images.csv``. Five folds by session, anew with each of five seeds; whatever is chosen is chosen within the
training part by folds by session of its own. Intervals are 95 %, by bootstrap over sessions.

The rule, written down before anything was measured: of the estimates that need nothing drawn by hand, the one chosen
anew within every training part is what could ship. It ships only if the lower bound of its paired improvement is over
``WORTH`` of the mean's error. A second condition was added after the first figures had been seen, and makes shipping
harder: the same must hold when the held-out hands are shown in other light than those it learned from, since the
program reads in rooms and not in the camera box of the study.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinoscope.domain.errors import KnownError
from clinoscope.inference.bootstrap import RESAMPLES, draws, figure, members, ratio
from clinoscope.training.nail_colour import BACKBONE, GAINS, Hands, look

Floats = NDArray[np.float64]

WORTH = 0.10
"""Share of the mean's error that the lower bound of the improvement must pass."""
SEEDS = 5
FOLDS = 5
INNER_FOLDS = 4
COVERAGE = 0.9
ANEMIC_BELOW = 12.0
"""Haemoglobin, g/dL, under which ``anemia/nail`` calls a hand anemic."""
_MEAN = "always the mean"
_CHOSEN = "chosen within the training part"
_ALPHAS = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)


@dataclass(frozen=True)
class _Way:
    """One way to estimate: what it looks at, and by which learner."""

    name: str
    looks_at: str
    boosted: bool = False
    drawn: bool = False


_WAYS = (
    _Way("ridge on colour against the skin", "against skin"),
    _Way("boosting on colour against the skin", "against skin", boosted=True),
    _Way("ridge on colour as it is", "as it is"),
    _Way("boosting on colour as it is", "as it is", boosted=True),
    _Way("ridge on the watcher", "watcher"),
    _Way(f"ridge on {BACKBONE}", BACKBONE),
    _Way("ridge on colour against the skin, boxes drawn by hand", "drawn", drawn=True),
)


# --- estimates ---


def _learners(way: _Way) -> list[Any]:
    """What is tried within the training part, the plainest first."""
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not way.boosted:
        return [make_pipeline(StandardScaler(), Ridge(alpha)) for alpha in reversed(_ALPHAS)]
    grow = functools.partial(
        GradientBoostingRegressor, learning_rate=0.05, subsample=0.7, min_samples_leaf=8, random_state=0
    )
    return [grow(n_estimators=trees, max_depth=depth) for trees, depth in ((40, 1), (80, 2))]


def _inner(way: _Way, x: Floats, hb: Floats, sessions: NDArray[Any], seed: int) -> tuple[Any, Floats]:
    """The best learner by folds within a training part, and its errors there (n,)."""
    from sklearn.base import clone
    from sklearn.model_selection import GroupKFold

    tried = []
    parts = list(GroupKFold(INNER_FOLDS, shuffle=True, random_state=seed).split(x, groups=sessions))
    for learner in _learners(way):
        errors = np.zeros(len(hb))
        for train, held in parts:
            errors[held] = np.abs(clone(learner).fit(x[train], hb[train]).predict(x[held]) - hb[held])
        tried.append((learner, errors))
    return min(tried, key=lambda entry: float(entry[1].mean()))


def estimates(hands: Hands, seeds: int = SEEDS) -> dict[str, Floats]:
    """For each way (seeds, 2 + lamps, n): half width of its interval, its estimate, and that under every lamp.

    The half width is the conformal quantile of the errors within the training part (Vovk, Ann Math Artif Intell
    74:9, 2015: cross-conformal), so a held-out session has no say in it.
    """
    from sklearn.model_selection import GroupKFold

    ways = [way for way in _WAYS if way.looks_at in hands.seen]
    out = {name: np.zeros((seeds, 2 + len(GAINS), len(hands.hb))) for name in (_MEAN, _CHOSEN, *(w.name for w in ways))}
    sessions = np.array(hands.sessions)
    for seed in range(seeds):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
        for train, held in folds.split(hands.hb, groups=sessions):
            hb = hands.hb[train]
            out[_MEAN][seed][:, held] = hb.mean()
            out[_MEAN][seed, 0, held] = _quantile(np.abs(hb - hb.mean()))
            least = np.inf
            for way in ways:
                x = hands.seen[way.looks_at]
                learner, errors = _inner(way, x[0][train], hb, sessions[train], seed)
                learner.fit(x[0][train], hb)
                out[way.name][seed, 0, held] = _quantile(errors)
                for lamp, values in enumerate(x):
                    out[way.name][seed, 1 + lamp, held] = learner.predict(values[held])
                if not way.drawn and errors.mean() < least:
                    least = float(errors.mean())
                    out[_CHOSEN][seed][:, held] = out[way.name][seed][:, held]
    return out


def _quantile(errors: Floats) -> float:
    rank = min(len(errors), int(np.ceil((len(errors) + 1) * COVERAGE)))
    return float(np.sort(errors)[rank - 1])


# --- figures ---


def figures(hands: Hands, seeds: int = SEEDS) -> dict[str, Any]:
    """Everything that is printed; ``ships`` is the rule's verdict.

    Raises ValueError with too few sessions for the folds.
    """
    made = estimates(hands, seeds)
    member, count = members(hands.sessions)
    weights = draws(count, RESAMPLES, 0)[:, member]
    flat = np.abs(made[_MEAN][:, 1] - hands.hb).mean(axis=0)
    bar = WORTH * float(flat.mean())
    table: dict[str, dict[str, Any]] = {}
    for name, values in made.items():
        table[name] = {
            "own_light": _told(values[:, :1], values[:, 1:2], flat, hands.hb, weights),
            "other_light": _told(values[:, :1], values[:, 2:], flat, hands.hb, weights),
            "interval_width_g_dl": _mean(weights, 2 * values[:, 0].mean(axis=0)),
            "moved_by_other_light_g_dl": float(np.abs(values[:, 2:] - values[:, 1:2]).mean()),
            "auc_under_12": None if name == _MEAN else figure(_auc(values[:, 1], hands.hb, weights)),
        }
    lows = {light: table[_CHOSEN][light]["better_than_the_mean_g_dl"]["low"] for light in ("own_light", "other_light")}
    passed = {light: low is not None and bool(low > bar) for light, low in lows.items()}
    return {
        "hands": len(hands.hb),
        "hands_without_a_nail": hands.without_nail,
        "sessions": count,
        "rule": f"{_CHOSEN}: better than the mean by over {bar:.3f} g/dL at the lower bound, in both lights",
        "passed": passed,
        "ships": all(passed.values()),
        "ways": table,
    }


def _told(half: Floats, estimated: Floats, flat: Floats, hb: Floats, weights: Floats) -> dict[str, Any]:
    """Error, improvement and coverage of estimates (seeds, lamps, n) with half widths (seeds, 1, n)."""
    errors = np.abs(estimated - hb)
    return {
        "error_g_dl": _mean(weights, errors.mean(axis=(0, 1))),
        "better_than_the_mean_g_dl": _mean(weights, flat - errors.mean(axis=(0, 1))),
        "interval_coverage": _mean(weights, (errors <= half).mean(axis=(0, 1))),
    }


def _mean(weights: Floats, values: Floats) -> dict[str, float | None]:
    return figure(ratio(weights @ values, weights.sum(axis=1)))


def _auc(values: Floats, hb: Floats, weights: Floats) -> Floats:
    """How often the anemic one of two hands has the lower estimate, over the seeds, for every draw."""
    low, high = hb < ANEMIC_BELOW, hb >= ANEMIC_BELOW
    apart = values[:, high][:, None, :] - values[:, low][:, :, None]
    wins = ((apart > 0) + 0.5 * (apart == 0)).mean(axis=0)
    top = np.einsum("dl,lh,dh->d", weights[:, low], wins, weights[:, high], optimize=True)
    return ratio(top, weights[:, low].sum(axis=1) * weights[:, high].sum(axis=1))


def main(arguments: list[str] | None = None) -> int:
    """Print the figures as JSON. Returns 0, or 1 after one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="clinoscope.training.haemoglobin", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--backbones", type=Path, help="folder of pretrained weights; without it only the watcher")
    options = parser.parse_args(arguments)
    try:
        made = figures(look(options.data, options.backbones))
    except KnownError as error:
        print(f"clinoscope: {error}", file=sys.stderr)
        return 1
    print(json.dumps(made, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
