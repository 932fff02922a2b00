"""``clinoscope bench records``: what a large vault costs, and whether an exam costs more in it than in a small one.

All vaults are measured in turn in one run, so that ratios between them hold on a machine that others use.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clinoscope import modes
from clinoscope.domain.picture import Origin, Picture
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.smear import Smear
from clinoscope.workflow import agreement, audit, backups, bench_vault, exams, labs, people
from clinoscope.workflow.bench_figures import at_least, at_most, value
from clinoscope.workflow.bench_vault import Filled, Progress
from clinoscope.workflow.smear import collect

if TYPE_CHECKING:
    from clinoscope.records import Vault

T = TypeVar("T")
Child = Callable[[list[str]], str]
Figures = dict[str, dict[str, Any]]

_TASK = "skin/lesion-photo"
_PICTURES = 3
_PICTURE_BYTES = 1_000_000
"""A picture that is saved: what a camera's JPEG of two megapixels takes."""
_SEARCHED_FOR = 150
_TRIES = 3
_STARTS = 8
_SAVES = 20
"""Counted, and half as many before them; of the pages, ten times as many."""


def measure(which: str, folder: Path | None, runs: int, progress: Progress, child: Child) -> Figures:
    """All figures, by name. ``which`` is ``small`` or ``full``; ``child`` runs this program with arguments.

    The vaults are made in a folder that is removed again, or in ``folder``, where they stay and are used again.
    Raises VaultError when the disk fails.
    """
    with contextlib.ExitStack() as kept:
        if folder is None:
            folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="clinoscope-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        filled = [bench_vault.made(folder / str(size.exams), size, progress) for size in bench_vault.sizes(which)]
        made = {"making_seconds": value(time.perf_counter() - began)}
        return {**_sizes(filled[-1]), **made, **_measured(filled, runs, progress, child)}


def _measured(filled: list[Filled], runs: int, progress: Progress, child: Child) -> Figures:
    largest = filled[-1]
    figures: Figures = {}

    def keep(found: Figures) -> None:
        """Told as soon as it is known: the rest may take half an hour more."""
        figures.update(found)
        progress(", ".join(f"{name} {figure['value']}" for name, figure in found.items()))

    keep(_start(filled[0], largest, runs, child))
    with contextlib.ExitStack() as opened:
        vaults = [opened.enter_context(_opened(entry.folder)) for entry in filled]
        vault = vaults[-1]
        keep(_search(vault, largest))
        keep({**_pages(vault, largest), **_lists(vault, runs)})
        keep(_saves(vaults, filled))
        keep(_backup(vault, largest))
        keep(_verify(vault))
        keep(_check(vault))
    return figures


def _sizes(largest: Filled) -> Figures:
    size = largest.size
    return {
        "patients": value(size.patients),
        "exams": value(size.exams),
        "pictures": value(size.pictures),
        "database_megabytes": value((largest.folder / "records.db").stat().st_size / 1e6),
    }


def _start(smallest: Filled, largest: Filled, runs: int, child: Child) -> Figures:
    """The painted log-in, and the vault behind it without Argon2's cost, in turn with those of the smallest vault."""
    windows: dict[Path, list[float]] = {smallest.folder: [], largest.folder: []}
    opens: dict[Path, list[float]] = {smallest.folder: [], largest.folder: []}
    for _ in range(max(runs, _STARTS) + 1):
        for folder in windows:
            told = json.loads(child(["--vault", str(folder), "--measure-start"]))
            windows[folder].append(told["milliseconds"])
            opens[folder].append(_open_time(folder))
    # The first run of each warms the disk cache and is not counted; the shortest holds least of the work of others.
    start, begun = (min(windows[entry.folder][1:]) for entry in (largest, smallest))
    large, small = (statistics.median(opens[entry.folder][1:]) for entry in (largest, smallest))
    return {
        "start_ms": value(start),
        "start_to_start_with_the_smallest": _at_most(start / begun, "start_ratio"),
        "open_ms": _at_most(large, "open_ms"),
        "open_ms_of_the_smallest": value(small),
    }


def _open_time(folder: Path) -> float:
    """Milliseconds from the keys to an open vault."""
    from clinoscope.records import Vault

    with _opened(folder) as vault:
        keys = vault.custody.unlock(bench_vault.PASSWORD)
    began = time.perf_counter()
    again = Vault._entered(folder, lambda _: keys, "vault.open")  # noqa: SLF001  # as ``open``, past Argon2
    taken = 1000 * (time.perf_counter() - began)
    again.close()
    return taken


def _search(vault: Vault, filled: Filled) -> Figures:
    """Every beginning of what people type, letter by letter, of each kind."""
    kinds: dict[str, list[tuple[float, float]]] = {}
    for kind, text in _queries(filled.usual[:_SEARCHED_FOR]):
        for length in range(1, len(text) + 1):
            taken = _first_and_shortest(partial(people.search, vault, text[:length]))
            kinds.setdefault(kind, []).append(taken)
    every = [taken for times in kinds.values() for taken in times]
    shortest = [taken for _, taken in every]
    figures = {
        f"search_{kind}_ms_p99": value(_percentile([taken for _, taken in times], 99)) for kind, times in kinds.items()
    }
    return {
        "searches": value(len(every)),
        "search_ms_p50": value(_percentile(shortest, 50)),
        **figures,
        "search_ms_p99_first_time": value(_percentile([taken for taken, _ in every], 99)),
        "search_ms_p99": _at_most(_percentile(shortest, 99), "search_ms_p99"),
    }


def _queries(chosen: tuple[Patient, ...]) -> Iterator[tuple[str, str]]:
    for patient in chosen:
        given, _, family = patient.name.partition(" ")
        yield "name", patient.name
        yield "family_name", family
        yield "two_words", f"{family} {given[:3]}"
        yield "number", patient.identifier
        if patient.born is not None:
            yield "birth_date", patient.born.isoformat()
            yield "birth_date", f"{patient.born:%d.%m.%Y}"
            yield "name_and_year", f"{family[:3]} {patient.born.year}"


def _pages(vault: Vault, filled: Filled) -> Figures:
    """All that a patient's page reads and notes: of patients with some ten exams, and of one who has come for years."""

    def page(patient: Patient) -> None:
        people.look_at(vault, patient.id)
        vault.patients.get(patient.id)
        people.exams_of(vault, patient.id)
        labs.of_patient(vault, patient.id, voided=True)

    usual = [_first_and_shortest(partial(page, patient)) for patient in filled.usual[: 10 * _SAVES]]
    long = _first_and_shortest(partial(page, filled.long))
    shortest = [taken for _, taken in usual]
    return {
        "patient_page_ms": _at_most(statistics.median(shortest), "patient_page_ms"),
        "patient_page_ms_p99": _at_most(_percentile(shortest, 99), "patient_page_ms"),
        "patient_page_ms_p99_first_time": value(_percentile([taken for taken, _ in usual], 99)),
        "long_patient_page_ms": _at_most(long[1], "patient_page_ms"),
        "long_patient_page_ms_first_time": value(long[0]),
        "exams_of_the_long_patient": value(len(people.exams_of(vault, filled.long.id))),
    }


def _lists(vault: Vault, runs: int) -> Figures:
    """What other pages wait for: Today, the list of smears, the log by each group, the agreement with the models."""

    def today() -> None:
        people.drafts(vault)
        people.signed_lately(vault, 12)
        people.smears(vault, 50)
        backups.warning(vault)

    def log(group: str) -> float:
        look = partial(audit.entries, vault, audit.Filter(group=group))
        return statistics.median(_milliseconds(look) for _ in range(runs))

    drops = [_milliseconds(partial(agreement.drops, vault)) for _ in range(2)]
    return {
        "today_ms": _at_most(statistics.median(_milliseconds(today) for _ in range(runs)), "list_ms"),
        "log_ms_slowest_group": _at_most(max(log(group) for group in ("", *audit.groups())), "log_ms"),
        "agreement_ms_first": value(drops[0]),
        "agreement_ms_again": value(drops[1]),
    }


def _saves(vaults: list[Vault], filled: list[Filled]) -> Figures:
    """A smear with three pictures; and an exam of one picture, step by step, in turn in vaults of every size."""
    numbers, threes = count(time.time_ns()), list[float]()
    costs: list[list[float]] = [[] for _ in vaults]
    for turn in range(_SAVES + _SAVES // 2):
        three = [_taken(next(numbers)) for _ in range(_PICTURES)]
        smear, taken = _timed(partial(_save_smear, vaults[-1], filled[-1].usual[0], three))
        threes.append(taken)
        exams.discard(vaults[-1], smear)
        for vault, entry, times in zip(vaults, filled, costs, strict=True):
            exam, taken = _timed(partial(_save_exam, vault, entry.usual[turn], _taken(next(numbers))))
            times.append(taken)
            exams.discard(vault, exam)
    counted = slice(_SAVES // 2, None)
    medians = [statistics.median(times[counted]) for times in costs]
    told = {f"exam_ms_of_{entry.size.exams}": value(cost) for entry, cost in zip(filled, medians, strict=True)}
    return {
        "save_ms": _at_most(statistics.median(threes[counted]), "save_ms"),
        **told,
        "exam_cost_largest_to_smallest": _at_most(medians[-1] / medians[0], "growth"),
    }


def _save_smear(vault: Vault, patient: Patient, pictures: list[Picture]) -> Exam:
    exam = collect.begin(vault, patient)
    collector = collect.Collector(vault, exam, Smear((), ()))
    for picture in pictures:
        collector.add(picture)
    return exam


def _save_exam(vault: Vault, patient: Patient, picture: Picture) -> Exam:
    """Every step but the signature, which waits for Argon2 in a vault of any size."""
    exam = exams.take(vault, patient, _TASK, picture)
    exam = exams.set_region(vault, exam, bench_vault.REGION, bench_vault.QUALITY)
    reading, review = bench_vault.readings(modes.task(_TASK))[0]
    exam = exams.set_reading(vault, exam, reading)
    return exams.review(vault, exam, review.answer)


def _taken(number: int) -> Picture:
    """A picture that no vault holds yet. Nobody decodes it."""
    import hashlib

    import numpy as np

    data = number.to_bytes(8) * (_PICTURE_BYTES // 8)
    return Picture(
        pixels=np.zeros((2, 2, 3), np.uint8),
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/jpeg",
        origin=Origin.CAMERA,
        taken_at=datetime.now(UTC),
        phantom=True,
    )


def _backup(vault: Vault, filled: Filled) -> Figures:
    """A backup beside an earlier one, after one more exam: its picture is the only one that is copied."""
    from clinoscope.records.backup import SHARED

    with tempfile.TemporaryDirectory(prefix=".backups-", dir=filled.folder.parent) as place:
        shared = Path(place, SHARED)
        shutil.copytree(filled.folder / "pictures", shared, copy_function=_linked)
        before = _files(shared)
        exams.discard(vault, _save_exam(vault, filled.usual[0], _taken(time.time_ns())))
        began = time.perf_counter()
        vault.backup(Path(place))
        seconds = time.perf_counter() - began
        copied = _files(shared) - before
    return {
        "backup_seconds": value(seconds),
        "backup_pictures_copied": {"value": copied, "limit": 1, "ok": copied == 1},
    }


def _linked(source: str, target: str) -> None:
    """The earlier backup's copy, without the minutes that it takes."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _files(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def _verify(vault: Vault) -> Figures:
    """All of verify but the picture files.

    Counted is processor time, shared by as many processors as there are: what the clock shows where nobody else works.
    What this process does itself is never shared.
    """
    wall, before = time.perf_counter(), os.times()
    report = vault.verify(files=False)
    after, wall = os.times(), time.perf_counter() - wall
    own = after.user + after.system - before.user - before.system
    others = after.children_user + after.children_system - before.children_user - before.children_system
    seconds = max(own, (own + others) / (os.cpu_count() or 1))
    rate = report.events / seconds
    least = _limit("verify_events_per_second")
    return {
        "events": value(report.events),
        "verify_problems": at_most(len(report.problems), 0),
        "verify_seconds_by_the_clock": value(wall),
        "verify_processor_seconds": value(own + others),
        "verify_events_per_second": at_least(rate, least),
    }


def _check(vault: Vault) -> Figures:
    """The pages once more, and every picture file: those cost by the byte, so there is no limit."""
    return {"check_seconds_with_every_picture_file": value(_milliseconds(vault.check) / 1000)}


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[Vault]:
    from clinoscope.records import Vault

    with Vault.open(folder, bench_vault.USER, bench_vault.PASSWORD) as vault:
        yield vault


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    """What ``act`` returns, and its milliseconds."""
    began = time.perf_counter()
    done = act()
    return done, 1000 * (time.perf_counter() - began)


def _milliseconds(act: Callable[[], object]) -> float:
    return _timed(act)[1]


def _first_and_shortest(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the first time, and of the shortest of all: the others hold the work of other programs."""
    times = [_milliseconds(act) for _ in range(_TRIES)]
    return times[0], min(times)


def _percentile(times: list[float], percent: int) -> float:
    """The least time that so many percent do not exceed."""
    return sorted(times)[min(len(times) * percent // 100, len(times) - 1)]


def _limit(name: str) -> float:
    return float(bench_vault.settings()["limits"][name])


def _at_most(measured: float, limit: str) -> dict[str, Any]:
    return at_most(measured, _limit(limit))
