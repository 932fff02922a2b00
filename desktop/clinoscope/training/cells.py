"""The package of ``neutrophil/cells``: no network of its own, but which packages read the cells that are found.

    python -m clinoscope.training.cells MODELS

To be made anew whenever ``neutrophil/type`` or ``neutrophil/stage`` is: it names their hashes.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from clinoscope.domain.notice import RESEARCH_ONLY
from clinoscope.inference import packages, toml
from clinoscope.inference.card import FORMAT
from clinoscope.inference.cells import STAGE_TASK, TASK, TYPE_TASK
from clinoscope.regions import cells

VERSION = "2.1.1"
COMMAND = "python -m clinoscope.training.cells models"
SOURCES = (
    ("BCCD (Shenggan)", "MIT", "fields with boxes of white cells"),
    ("draaslan", "MIT", "fields with boxes of white cells"),
    (
        "Raabin-WBC (Kouzehkanan et al., Sci Rep 12:1123, 2022, by way of TXL-PBC)",
        "repository MIT; Raabin free for research",
        "fields with boxes of white cells",
    ),
    ("Chulalongkorn ESID (singgihbekti/WBC_Dataset)", "MIT", "fields with one boxed cell"),
    ("PBC (Acevedo et al., Data in Brief 30:105474, 2020)", "CC BY 4.0", "single cells as small fields"),
    ("PAD-UFES-20 (Pacheco et al., Data in Brief 32:106221, 2020)", "CC BY 4.0", "skin, in which nothing is a cell"),
)
"""What the finder learned from: name, licence, what it shows."""

_CARD = """# neutrophil-cells {version}

{research_only}

White cells are found by a small network (`clinoscope.regions.cells`) and each is read with {uses}.

## How well cells are found

See [the finder's card](../../cells/MODEL_CARD.md): recall and precision by source, on fields and on whole laboratories
its network had never seen.

How well type and stage are read stands in the cards of those packages. Their figures are of single-cell pictures;
another laboratory's fields do worse, so every cell is to be reviewed.

## Known failures

- Cells that touch can be taken for one.
- Smudge cells, and cells cut by the edge, are found but their type means little.
- Large or clumped platelets can be taken for a white cell. Every found cell gets a type: none is refused.
- A picture that is no smear field can still show "cells": the field is chosen by a person.

## Make it again

```
{command}
```
"""


def write(models: Path) -> Path:
    """Write the package under ``models``; the type and stage packages must lie there. Raises PackageError."""
    folder = models / TASK
    folder.mkdir(parents=True, exist_ok=True)
    uses = [packages.load(models / task) for task in (TYPE_TASK, STAGE_TASK)]
    card = _CARD.format(
        version=VERSION,
        research_only=RESEARCH_ONLY,
        uses=" and ".join(f"{package.ref}" for package in uses),
        command=COMMAND,
    )
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    document = {
        "format": FORMAT,
        "name": "neutrophil-cells",
        "version": VERSION,
        "task": TASK,
        "kind": "count",
        "intended_use": "Finds the white cells of a smear field for someone who reviews every cell. Research use only.",
        # by the hash a reading tells by which finder its cells were found: it is no file of this package
        "trained_on": f"Fields of four laboratories; see the finder's card, models/cells. SHA-256 {cells.SHA256}.",
        "command": COMMAND,
        "signature": "",
        "uses": [
            {"task": package.task, "name": package.name, "version": package.version, "sha256": package.sha256}
            for package in uses
        ],
        "sources": [{"name": name, "licence": licence, "what": what} for name, licence, what in SOURCES],
        "files": {"MODEL_CARD.md": hashlib.sha256(card.encode()).hexdigest()},
    }
    (folder / packages.PACKAGE_FILE).write_bytes(packages.sealed(toml.dumps(document)))
    return folder


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
