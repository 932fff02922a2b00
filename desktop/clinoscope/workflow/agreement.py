"""Do clinicians go on agreeing with a model? Signed reviews over time, and when a drop is flagged.

Agreement is not accuracy: whoever reviews has seen the reading first. A drop says that something
has changed (camera, light, stain, people), not who is right. See ``docs/agreement.md``.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from clinoscope import modes
from clinoscope.domain.counts import many
from clinoscope.domain.days import in_words
from clinoscope.domain.errors import PackageError
from clinoscope.domain.reading import CANNOT_JUDGE, UNSURE, ModelRef
from clinoscope.domain.record import Reviewed
from clinoscope.inference.binomial import wilson

if TYPE_CHECKING:
    from clinoscope.records import Vault

WINDOW = 50
"""Readings in a moving window: the standard error of a share is at most 7 points."""
BASELINE = 100
"""Answers at the beginning whose agreement everything after them is held against."""
ODDS = 2.0
"""The change the rule is made for: the odds of disagreeing doubled (as in Steiner et al. 2000)."""
LIMIT = 5.0
"""Where the sum raises the flag. In 1,000 answers of steady agreement it does so falsely for 6 to 13 models in
100; ``tests/workflow/test_agreement.py`` simulates that."""
GUARD = 1.0
"""Standard errors by which the baseline's disagreement is taken higher than it was: 100 answers are few, and a
lucky beginning would be flagged for ever after."""
MOST_POINTS = 400
"""As many as a plot of a window's width can show."""


@dataclass(frozen=True)
class Point:
    """The last ``WINDOW`` up to a signing: ``agreement`` of the answers with its 95 % interval, and the shares of
    all readings that were *unsure* and *cannot judge*; all 0..1."""

    at: datetime
    agreement: float
    low: float
    high: float
    unsure: float
    cannot: float


@dataclass(frozen=True)
class Month:
    """One month (UTC), named by its first day: readings reviewed, answered, agreed with, and the two others."""

    month: date
    reviewed: int
    answered: int
    agreed: int
    unsure: int
    cannot: int


@dataclass(frozen=True)
class Agreement:
    """``points`` oldest first, empty before ``WINDOW`` answers; ``baseline`` 0..1, None before ``BASELINE``
    answers; ``flagged_since`` None while no drop is flagged; ``sentence`` says it all."""

    points: tuple[Point, ...]
    months: tuple[Month, ...]
    reviewed: int
    baseline: float | None
    flagged_since: datetime | None
    sentence: str


@dataclass(frozen=True)
class Drop:
    """A task whose model clinicians agree with less than they did."""

    task: str
    sentence: str


_kept: WeakKeyDictionary[Vault, tuple[tuple[int, tuple[tuple[str, str], ...]], tuple[Drop, ...]]] = WeakKeyDictionary()
"""What ``drops`` found last in an open vault: the newest signing and the packages in use then, and the drops."""


def of_model(vault: Vault, task_id: str, model: ModelRef) -> Agreement:
    """How clinicians agreed with exactly this package. Slow for many exams: call it on a worker. Raises VaultError."""
    return over_time([entry for entry in vault.exams.reviewed(task_id) if entry.model == model.sha256])


def drops(vault: Vault) -> tuple[Drop, ...]:
    """Every drop flagged now of a package in use, in the order of the tasks. For a worker. Raises VaultError.

    What was found is kept until another exam is signed or another package is in use: a large vault takes seconds.
    """
    in_use = tuple(_in_use())
    signed = vault.latest("exam.sign")
    state = (signed.seq if signed else 0, in_use)
    kept = _kept.get(vault)
    if kept is None or kept[0] != state:
        found = tuple(drop for task_id, model in in_use for drop in _dropped(vault, task_id, model))
        kept = _kept[vault] = (state, found)
    return kept[1]


def _in_use() -> Iterator[tuple[str, str]]:
    """Each task with the SHA-256 of its package."""
    from clinoscope.workflow import models

    for task_id in modes.task_ids():
        # nothing is read with a package that is not there
        with contextlib.suppress(PackageError):
            yield task_id, models.of_task(task_id).ref.sha256


def _dropped(vault: Vault, task_id: str, model: str) -> Iterator[Drop]:
    reviewed = [entry for entry in vault.exams.reviewed(task_id) if entry.model == model]
    if flagged([entry.agrees for entry in reviewed if entry.answer not in (UNSURE, CANNOT_JUDGE)]) is not None:
        yield Drop(task_id, over_time(reviewed).sentence)


def over_time(reviewed: Sequence[Reviewed]) -> Agreement:
    """The agreement with one model; ``reviewed`` in the order of signing."""
    answered = [entry for entry in reviewed if entry.answer not in (UNSURE, CANNOT_JUDGE)]
    agreed = [entry.agrees for entry in answered]
    baseline = sum(agreed[:BASELINE]) / BASELINE if len(agreed) >= BASELINE else None
    span = flagged(agreed)
    since = answered[span[1]].at if span else None
    return Agreement(
        points=tuple(_points(reviewed)),
        months=tuple(_months(reviewed)),
        reviewed=len(reviewed),
        baseline=baseline,
        flagged_since=since,
        sentence=_sentence(len(reviewed), agreed, baseline, span and (answered[span[0]].at, answered[span[1]].at)),
    )


def flagged(agreed: Sequence[bool]) -> tuple[int, int] | None:
    """Where the drop that is flagged at the end began and where it was flagged, as places in ``agreed``; else None.

    A one-sided cumulative sum (Page, Biometrika 1954) of log-likelihood ratios of the disagreement
    (Steiner et al., Biostatistics 2000), for odds ``ODDS`` times those of the first ``BASELINE``
    answers. It never falls under 0. Over ``LIMIT`` the flag is raised; the sum is held there, and the flag
    goes when it is back at 0: when agreement has been as before for long enough.
    """
    up, down = _weights(_guarded(BASELINE - sum(agreed[:BASELINE]), BASELINE))
    total, began, raised = 0.0, BASELINE, -1
    for place in range(BASELINE, len(agreed)):
        total += down if agreed[place] else up
        if total <= 0:
            total, began, raised = 0.0, place + 1, -1
        elif total >= LIMIT:
            total = LIMIT
            raised = place if raised < 0 else raised
    return (began, raised) if raised >= 0 else None


def _weights(disagree: float) -> tuple[float, float]:
    """What a disagreement adds to the sum, and what an agreement does, for a steady share of disagreement."""
    shared = math.log(1 - disagree + ODDS * disagree)
    return math.log(ODDS) - shared, -shared


def _guarded(disagreed: int, n: int) -> float:
    """The share of disagreement, ``GUARD`` standard errors up (the upper end of Wilson's interval, JASA 1927)."""
    return wilson(disagreed, n, GUARD)[1]


def _points(reviewed: Sequence[Reviewed]) -> Iterator[Point]:
    """A point for every reading once there are ``WINDOW`` answers, thinned evenly; the newest is always there."""
    if not reviewed:
        return
    answers = np.array([entry.answer not in (UNSURE, CANNOT_JUDGE) for entry in reviewed])
    unsure = np.cumsum([entry.answer == UNSURE for entry in reviewed])
    cannot = np.cumsum([entry.answer == CANNOT_JUDGE for entry in reviewed])
    agreed = np.cumsum([entry.agrees for entry, answer in zip(reviewed, answers, strict=True) if answer])
    so_far = np.cumsum(answers)
    first = int(np.searchsorted(so_far, WINDOW))
    shown = len(reviewed) - first
    if shown <= 0:
        return
    places = np.unique(np.linspace(first, len(reviewed) - 1, min(shown, MOST_POINTS)).round().astype(int))
    for place in places:
        at = reviewed[place].at
        count = _last(agreed, int(so_far[place]) - 1)
        low, high = wilson(count, WINDOW)
        yield Point(at, count / WINDOW, low, high, _last(unsure, place) / WINDOW, _last(cannot, place) / WINDOW)


def _last(sums: np.ndarray, place: int) -> int:
    """How many of the ``WINDOW`` up to and with ``place``, from running sums."""
    return int(sums[place] - (sums[place - WINDOW] if place >= WINDOW else 0))


def _months(reviewed: Sequence[Reviewed]) -> Iterator[Month]:
    for (year, month), entries in groupby(reviewed, key=lambda entry: (entry.at.year, entry.at.month)):
        of_month = list(entries)
        unsure = sum(entry.answer == UNSURE for entry in of_month)
        cannot = sum(entry.answer == CANNOT_JUDGE for entry in of_month)
        agreed = sum(entry.agrees for entry in of_month if entry.answer not in (UNSURE, CANNOT_JUDGE))
        answered = len(of_month) - unsure - cannot
        yield Month(date(year, month, 1), len(of_month), answered, agreed, unsure, cannot)


def _sentence(
    reviewed: int, agreed: Sequence[bool], baseline: float | None, drop: tuple[datetime, datetime] | None
) -> str:
    if not reviewed:
        return "No reading of this model has been reviewed and signed yet."
    if not agreed:
        return f"{reviewed} of its readings were reviewed; it gave an answer in none of them."
    last = agreed[-WINDOW:]
    whole = len(agreed) > WINDOW
    said = f"{sum(last)} of {'the last ' if whole else ''}{many(len(last), 'answer', 'answers')}"
    if baseline is None:
        return f"Clinicians agreed with {said}. A drop can be flagged once {BASELINE} answers have been reviewed."
    first = f"{100 * baseline:.0f} of the first {BASELINE}"
    if drop is None:
        return f"Clinicians agreed with {said} and with {first}. No drop is flagged."
    began, flagged_at = drop
    return (
        f"Agreement has dropped: {said}, against {first}. Flagged since {_day(flagged_at)}, falling since about"
        f" {_day(began)}. Look at the camera, the light and the pictures that were overruled, and repeat the site"
        " acceptance test before you rely on this model."
    )


def _day(at: datetime) -> str:
    return in_words(at.astimezone().date())
