"""What an erasure costs in a large vault, and what would be left without writing the database anew.

``python tests/benchmarks/erase.py PATIENTS`` fills a vault with so many patients, two exams each, erases one and prints
the seconds of each part and the bytes of the database.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "records")]

from material import material  # noqa: E402

from clinoscope.domain.erasure import Reason  # noqa: E402
from clinoscope.records import Operation, Vault  # noqa: E402
from clinoscope.records.exam_rows import as_row  # noqa: E402
from clinoscope.records.keys import MINIMUM  # noqa: E402
from clinoscope.records.patients import as_row as patient_row  # noqa: E402


def main() -> int:
    """Fill, erase, print."""
    count = int(sys.argv[1])
    draft, patient = material()
    with tempfile.TemporaryDirectory(prefix="clinoscope-erase-") as scratch:
        vault, _ = Vault.create(Path(scratch) / "vault", "Ada", "correct horse", cost=MINIMUM)
        vault.pictures.put(b"a picture")

        def fill(db: object) -> None:
            for number in range(count):
                one = replace(patient, id=f"p{number}", identifier=f"N{number}", name=f"Person Number {number}")
                db.table("patients").insert(patient_row(one))  # type: ignore[attr-defined]
                for visit in range(2):
                    exam = replace(draft, id=f"e{number}-{visit}", patient_id=one.id)
                    db.table("exams").insert(as_row(exam))  # type: ignore[attr-defined]

        begun = time.monotonic()
        vault.run(Operation("fill", frozenset(), fill))
        filled = time.monotonic() - begun
        parts: dict[str, float] = {}
        vacuum = vault._store.vacuum

        def timed() -> None:
            start = time.monotonic()
            vacuum()
            parts["vacuum"] = time.monotonic() - start

        vault._store.vacuum = timed  # type: ignore[method-assign]
        size = (vault.folder / "records.db").stat().st_size
        begun = time.monotonic()
        vault.erasures.erase(f"p{count // 2}", Reason.REQUEST, "correct horse")
        parts["all"] = time.monotonic() - begun
        vault.close()
    print(json.dumps({"patients": count, "bytes": size, "fill": round(filled, 1)} | parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
