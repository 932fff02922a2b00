"""Vaults full of made-up patients, exams and pictures, to measure with."""

from __future__ import annotations

import shutil
import tomllib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from clinoscope import __version__, modes
from clinoscope.domain.picture import Origin
from clinoscope.domain.quality import Check, Finding, Quality
from clinoscope.domain.reading import ModelRef, Reading
from clinoscope.domain.record import Exam, ExamState, Patient, PictureRef, Review, Sex
from clinoscope.domain.region import Box, Region
from clinoscope.domain.task import Task
from clinoscope.workflow import models, session

Progress = Callable[[str], None]

USER = "Bench"
PASSWORD = "bench password x"
"""Nothing in these vaults is worth another one."""
DRAFTS = 40
"""Exams that wait to be gone on with, however large the vault is: people finish what they begin."""
LONG_EXAMS = 200
"""Exams of the first patient, who has come for years; the others share what is left."""
_BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
_YEARS = timedelta(days=3650)
_SIDE = 96  # pixels of a picture: its file is about 3 kB, since the cost of each picture is measured, not of its bytes
_AT_ONCE = 100_000  # in one transaction
_STEP = 7_919  # a prime: from visit to visit the patients are anybody, as they come
_USUAL = 400
_READINGS = 40
_FIRST_NUMBER = 1001


@dataclass(frozen=True)
class Size:
    """How much a vault holds."""

    patients: int
    exams: int
    pictures: int


@dataclass(frozen=True)
class Filled:
    """A vault that was made, closed. ``long`` is the patient with ``LONG_EXAMS``, ``usual`` are some of the others."""

    folder: Path
    size: Size
    long: Patient
    usual: tuple[Patient, ...]


@cache
def settings() -> dict[str, Any]:
    """``bench_records.toml``: names, sizes and limits."""
    return tomllib.loads(Path(__file__).with_name("bench_records.toml").read_text(encoding="utf-8"))


def sizes(which: str) -> tuple[Size, ...]:
    """The vaults to measure, the smallest first; ``which`` is ``small`` or ``full``."""
    return tuple(Size(*entry) for entry in settings()["sizes"][which])


def made(folder: Path, size: Size, progress: Progress) -> Filled:
    """A vault of a size in ``folder``: the one that was made there before, or a new one. Raises VaultError."""
    people = list(_people(size.patients, _random(size)))
    if not session.vault_exists(folder):
        # Under its name only when it is whole: half a vault would be measured as if it were small.
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        _make(part, size, people, progress)
        part.rename(folder)
    chosen = _random(size).sample(people[1:], min(_USUAL, len(people) - 1))
    return Filled(folder, size, people[0], tuple(chosen))


def _make(folder: Path, size: Size, people: list[Patient], progress: Progress) -> None:
    from clinoscope.records import Vault
    from clinoscope.records.keys import MINIMUM

    random = _random(size)
    vault, _ = Vault.create(folder, USER, PASSWORD, cost=MINIMUM)
    with vault:
        bulk = vault.bulk(PASSWORD)
        bulk.patients(people)
        file, stored = _small_picture(), list[str]()
        for first in range(0, size.pictures, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, size.pictures))
            stored += bulk.pictures(file + number.to_bytes(8) for number in numbers)
        exams = _exams(people, size, stored, random)
        for first in range(0, size.exams, _AT_ONCE):
            bulk.exams(islice(exams, _AT_ONCE))
            progress(f"Made {min(first + _AT_ONCE, size.exams):,} of {size.exams:,} exams")


def _random(size: Size) -> Random:
    """The same names and numbers every time."""
    return Random(size.exams)  # noqa: S311  # made-up data


def _people(count: int, random: Random) -> Iterator[Patient]:
    from clinoscope.records.patients import numbered

    given, family = settings()["given"], settings()["family"]
    for number in range(count):
        yield Patient(
            id=random.randbytes(16).hex(),
            identifier=numbered(_FIRST_NUMBER + number),
            name=f"{random.choice(given)} {random.choice(family)}",
            sex=random.choice((Sex.FEMALE, Sex.MALE)),
            born=date(1930, 1, 1) + timedelta(days=random.randrange(33_000)),
        )


def _exams(people: list[Patient], size: Size, stored: list[str], random: Random) -> Iterator[Exam]:
    """Exams in the order of time: a visit is one picture, read for several questions. The last ones are drafts."""
    tasks = [task for task in map(modes.task, modes.task_ids()) if task.labels and task.shipped]
    every = max(1, size.exams // min(LONG_EXAMS, size.exams // 2))
    for number in range(size.exams):
        visit = number * size.pictures // size.exams
        patient = people[0] if number % every == 0 else people[1 + visit * _STEP % (len(people) - 1)]
        task = tasks[number % len(tasks)]
        at = _BEGAN + _YEARS * (number / size.exams)
        reading, review = random.choice(readings(task))
        yield Exam(
            id=uuid.UUID(int=random.getrandbits(128), version=4).hex,
            version=1,
            patient_id=patient.id,
            task=task.id,
            state=ExamState.DRAFT,
            created_at=at,
            program=__version__,
            picture=replace(_TAKEN, sha256=stored[visit], taken_at=at),
            quality=QUALITY,
            region=REGION,
            reading=reading,
            review=None if number >= size.exams - DRAFTS else review,
        )


@cache
def readings(task: Task) -> list[tuple[Reading, Review]]:
    """Readings of the package that is in use with their reviews; nine in ten agree."""
    model = (
        models.of_task(task.id).ref if models.usable(task) else ModelRef(task.id.replace("/", "-"), "1.0.0", "0" * 64)
    )
    random = Random(1)  # noqa: S311  # made-up data
    labels, found = [label.id for label in task.labels], []
    for number in range(_READINGS):
        weights = [random.random() ** 4 for _ in labels]
        shares = {label: weight / sum(weights) for label, weight in zip(labels, weights, strict=True)}
        first, second = sorted(shares, key=shares.__getitem__)[::-1][:2]
        reading = Reading(task.id, first, model, (first, second), shares)
        answer = first if number % 10 else second
        found.append((reading, Review(answer=answer, agrees=answer == first)))
    return found


@cache
def _small_picture() -> bytes:
    """A JPEG of noise; what is put behind its end makes each file another one."""
    import cv2
    import numpy as np

    pixels = np.random.default_rng(1).integers(60, 200, (_SIDE // 4, _SIDE // 4, 3), dtype=np.uint8)
    done, data = cv2.imencode(".jpg", cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC))
    assert done, "OpenCV encodes any uint8 picture as JPEG"
    return bytes(data.tobytes())


_TAKEN = PictureRef(
    sha256="",
    media_type="image/jpeg",
    width=_SIDE,
    height=_SIDE,
    origin=Origin.CAMERA,
    device="Bench",
    taken_at=_BEGAN,
    phantom=False,
)
QUALITY = Quality(tuple(Finding(check, True, 0.75, 0.5) for check in Check))
REGION = Region(Box(8, 8, 80, 80), "contrast", 0.875, (), (((8, 8), (88, 8), (88, 88), (8, 88)),))
