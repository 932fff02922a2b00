"""An open smear whose cells are known, and what the tests of the bench ask of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from clinoscope.domain.picture import Origin
from clinoscope.domain.reading import ModelRef
from clinoscope.domain.record import Patient, PictureRef
from clinoscope.domain.region import Box
from clinoscope.domain.smear import CellKind, SeenCell
from clinoscope.records import Vault
from clinoscope.records.smears import Placed
from clinoscope.workflow.smear import collect
from clinoscope.workflow.smear.bench import Bench

PASSWORD = "a long enough one"
MODELS = (ModelRef("neutrophil-cells", "2.0.0", "ab" * 32),)
CELLS = (
    ("segmented", 0.1, CellKind.WHOLE),
    ("segmented", 0.4, CellKind.WHOLE),
    ("lymphocyte", 0.3, CellKind.WHOLE),
    ("unidentified", 0.6, CellKind.WHOLE),
    ("not_counted", 0.2, CellKind.CUT),
)


def with_cells(vault: Vault, patient: Patient, cells: Sequence[tuple[str, float, CellKind]] = CELLS) -> Bench:
    """A bench on a smear whose cells are written down, not read: what reading gives is tested elsewhere."""
    exam = collect.begin(vault, patient, target=3)
    taken = PictureRef(
        sha256=vault.pictures.put(b"a field"),
        media_type="image/png",
        width=900,
        height=700,
        origin=Origin.FILE,
        device="",
        taken_at=datetime.now(UTC),
        phantom=True,
    )
    exam = replace(exam, picture=taken)
    vault.exams.save_draft(exam)
    field = vault.smears.add_field(exam, taken)
    placed = [
        Placed(SeenCell(box=Box(9, 9, 30, 30), score=0.9, kind=kind, suggested=label, doubt=doubt), b"crop")
        for label, doubt, kind in cells
    ]
    vault.smears.set_read(exam, replace(field, track=1), placed, b"small", MODELS)
    return Bench(vault, exam)


def labels(bench: Bench) -> list[str]:
    """The class of each cell, decided on or suggested."""
    return [cell.label for cell in bench.cells]


def decided(bench: Bench) -> list[str]:
    """What the reader decided on each cell, "" where nothing."""
    return [cell.first.label if cell.first else "" for cell in bench.cells]


def free_place(bench: Bench, field: int) -> Box:
    """A box of a field where no cell lies, also not one that only the other field shows."""
    entries = {entry.number: entry for entry in bench.smear.fields}
    here = entries[field]
    taken = [
        Box(cell.seen.box.x + there.x - here.x, cell.seen.box.y + there.y - here.y, cell.seen.box.w, cell.seen.box.h)
        for cell in bench.smear.cells
        if (there := entries[cell.field])
    ]
    places = (Box(x, y, 60, 60) for y in range(40, 400, 20) for x in range(40, 600, 20))
    return next(box for box in places if all(box.padded(0.3).shared(other) == 0 for other in taken))
