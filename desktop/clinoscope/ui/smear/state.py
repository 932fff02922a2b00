"""All that the bench's window shows at one moment, made on a worker."""

from __future__ import annotations

import itertools
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinoscope.domain.differential import Differential
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Exam, Patient
from clinoscope.domain.smear import Cell, FieldState, Why
from clinoscope.domain.smear_sheet import UNIDENTIFIED, CellClass
from clinoscope.workflow.smear import sizes
from clinoscope.workflow.smear.bench import Bench
from clinoscope.workflow.smear.gallery import Band
from clinoscope.workflow.smear.second import Comparison

if TYPE_CHECKING:
    from clinoscope.records import Vault

MORE_OPEN = "More cells stand as unidentified until it has passed the test here."


@dataclass(frozen=True)
class State:
    """``counted`` white cells of ``exam.smear.target``; ``waiting`` fields are not read yet (``stopped``: until one
    goes on), ``fields`` count.

    ``read`` are the numbers of those that were read, ``lying`` all cells seen in each of them: also those that count in
    another field. ``aside`` are the numbers of the fields that were set aside, each with why; ``odd`` says which fields
    show cells of another size. ``comments`` are the picked ones in words. ``hindrances`` keep it from being signed;
    ``comparison`` of both readers, None while there is none. ``serial`` grows from look to look: files are stored and
    fields read by two workers, and what is the older of two looks may come last.
    """

    exam: Exam
    bands: tuple[Band, ...]
    classes: Mapping[str, CellClass]
    differential: Differential
    counted: int
    fields: int
    waiting: int
    stopped: bool
    read: tuple[int, ...]
    lying: Mapping[int, tuple[Cell, ...]]
    aside: Mapping[int, Why]
    odd: str
    comments: tuple[str, ...]
    hindrances: tuple[str, ...]
    can_undo: bool
    can_redo: bool
    phantom: bool
    comparison: Comparison | None
    models: tuple[ModelRef, ...]
    serial: int

    @property
    def open(self) -> tuple[int, ...]:
        """The cells that need a decision, in the order of the gallery."""
        cells = (cell for band in self.bands for cell in band.cells)
        return tuple(cell.number for cell in cells if not cell.reviewed or cell.label == UNIDENTIFIED)

    @property
    def strange(self) -> tuple[int, ...]:
        """The fields that reading set aside, since they look like none."""
        return tuple(number for number, why in self.aside.items() if why is Why.NO_FIELD)

    @property
    def by_hand(self) -> int:
        """How many of the cells were added by hand."""
        return sum(cell.seen.drawn_by is not None for band in self.bands for cell in band.cells)


@dataclass(frozen=True)
class Opened:
    """A smear on the bench, and whom it is about."""

    bench: Bench
    patient: Patient
    state: State


def begin(vault: Vault, patient_id: str) -> Opened:
    """Begin a smear for a patient. Raises VaultError."""
    from clinoscope.workflow.smear import collect

    return open_smear(vault, collect.begin(vault, vault.patients.get(patient_id)))


def open_smear(vault: Vault, exam: Exam, bench: Bench | None = None) -> Opened:
    """Put a kept smear on a bench, on ``bench`` where one holds it already. Raises VaultError."""
    bench = bench or Bench(vault, exam)
    return Opened(bench, vault.patients.get(exam.patient_id), look(bench))


def holds(bench: Bench, exam: Exam) -> bool:
    """Whether it is this exam, in this version, that lies on the bench."""
    return (bench.exam.id, bench.exam.version) == (exam.id, exam.version)


_one_look = threading.Lock()
_serials = itertools.count(1)


def look(bench: Bench) -> State:
    """The bench as it stands now. Raises VaultError."""
    with _one_look:  # so that a later look sees all that an earlier one saw
        return _look(bench, next(_serials))


def _look(bench: Bench, serial: int) -> State:
    smear = bench.smear
    counting = [entry for entry in smear.fields if entry.state is not FieldState.ASIDE]
    lying: dict[int, list[Cell]] = defaultdict(list)
    for cell in smear.cells:
        if not cell.gone:
            lying[cell.field].append(cell)
    return State(
        exam=bench.exam,
        bands=bench.gallery(),
        classes=bench.classes,
        differential=bench.differential(),
        counted=bench.counted,
        fields=len(counting),
        waiting=bench.waiting,
        stopped=bench.stopped,
        read=tuple(entry.number for entry in counting if entry.state is FieldState.READ),
        lying={number: tuple(cells) for number, cells in lying.items()},
        aside={entry.number: entry.why for entry in smear.fields if entry.state is FieldState.ASIDE},
        odd=sizes.words(sizes.odd(smear)),
        comments=bench.comments,
        hindrances=bench.hindrances(),
        can_undo=bench.can_undo,
        can_redo=bench.can_redo,
        phantom=any(entry.picture.phantom for entry in smear.fields),
        comparison=bench.comparison() if bench.sheet.second_done is not None else None,
        models=tuple(dict.fromkeys(model for entry in smear.fields for model in entry.models)),
        serial=serial,
    )


def standing(vault: Vault, models: tuple[ModelRef, ...]) -> str:
    """Which models read the smear and where they stand at this site, in one line. Raises VaultError."""
    from clinoscope.workflow import acceptance

    if not models:
        return ""
    names = ", ".join(model.shown for model in models)
    sentences = dict.fromkeys(acceptance.standing(vault, model).sentence for model in models)
    # What is said of the counting holds what is said of the types.
    once = [one for one in sentences if not any(one in other for other in sentences if other != one)]
    told = f"Read by {names}. {' '.join(once)}"
    return f"{told} {MORE_OPEN}" if acceptance.CAUTION in told else told
