"""How many clicks and keys it takes to put 200 cells right, simulated.

    python tests/benchmarks/smear_review.py [--draws N]

Smears of 200 cells are drawn from a usual mix of blood; each cell is read rightly with the sensitivity that its label
has on held-out pictures (`figures.labels` of the packages in use), wrongly else, in favour of the labels by how often
they are wrongly named (1 - precision, weighted by their number). So this is the laboratory the packages were measured
on; for `elsewhere` every label has the accuracy of that source.

Counted as an act each: one click for every cell that stands in a wrong band, one key for every pair of wrong band and
right class (the cells are selected together, then moved by one key), and one key for every band to confirm what is left
in it. Nothing else is needed; looking, scrolling and moving the mouse are not counted. Where the reader confirms all
bands by one act, `confirmed at once` has that in place of one for each band.
"""

import argparse
import json

import numpy as np

from clinoscope.inference import cells as counting
from clinoscope.inference import packages
from clinoscope.inference.card import Figures

MIX = {
    "segmented": 0.55,
    "band": 0.04,
    "lymphocyte": 0.28,
    "monocyte": 0.075,
    "eosinophil": 0.035,
    "basophil": 0.01,
    "immature_granulocyte": 0.01,
}
CELLS, WANTED = 200, 25
LINE = ("segmented", "band")


def drawn(
    rng: np.random.Generator, types: Figures, stages: Figures, right: float | None, staged: bool
) -> tuple[int, int]:
    """One smear: acts with a confirmation for each band, and with one for all."""
    of_type = {label.label: label for label in types.labels}
    of_stage = {label.label: label for label in stages.labels}
    wrong: dict[tuple[str, str], int] = {}
    bands = set()
    for truth in rng.choice(list(MIX), CELLS, p=np.array(list(MIX.values())) / sum(MIX.values())):
        kind = "neutrophil" if truth in LINE else str(truth)
        if rng.random() > (right if right is not None else of_type[kind].sensitivity.value or 0.0):
            others = [label for label in of_type if label != kind]
            weight = (
                np.array([(1 - (of_type[label].precision.value or 0.0)) * of_type[label].n for label in others]) + 1e-9
            )
            read = str(rng.choice(others, p=weight / weight.sum()))
            read = "segmented" if read == "neutrophil" else read
        else:
            read = kind
            if kind == "neutrophil":
                read = str(truth)
                if staged and rng.random() > (of_stage[str(truth)].sensitivity.value or 0.0):
                    read = "band" if truth == "segmented" else "segmented"
        bands.add(read)
        same = read == truth or (not staged and {read, str(truth)} <= set(LINE))
        if not same:
            wrong[read, str(truth)] = wrong.get((read, str(truth)), 0) + 1
    acts = sum(wrong.values()) + len(wrong)
    return acts + len(bands), acts + 1


def main() -> None:
    parser = argparse.ArgumentParser(description="Clicks to put 200 cells right, simulated")
    parser.add_argument("--draws", type=int, default=2000)
    options = parser.parse_args()
    count = packages.for_task("neutrophil/cells")
    types, stages = counting.used(count, counting.TYPE_TASK), counting.used(count, counting.STAGE_TASK)
    assert types.figures
    assert stages.figures
    ways: list[tuple[str, float | None, bool]] = [
        ("own laboratory, types and stages", None, True),
        ("own laboratory, types alone", None, False),
    ]
    ways += [(f"{one.source}, types alone", one.accuracy.value, False) for one in types.figures.elsewhere]
    for name, right, staged in ways:
        rng = np.random.default_rng(3)
        acts = np.array([drawn(rng, types.figures, stages.figures, right, staged) for _ in range(options.draws)])
        each, at_once = (
            {
                "median": float(np.median(column)),
                "low": float(np.percentile(column, 2.5)),
                "high": float(np.percentile(column, 97.5)),
            }
            for column in acts.T
        )
        print(
            json.dumps(
                {
                    "of": name,
                    "packages": [str(types.ref), str(stages.ref)],
                    "acts": each,
                    "confirmed_at_once": at_once,
                    "wanted": WANTED,
                    "smears_within": round(float((acts[:, 0] <= WANTED).mean()), 3),
                }
            )
        )


if __name__ == "__main__":
    main()
