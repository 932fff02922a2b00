"""How often the export of a training set holds a picture back because it takes something in it for a face.

    python tests/benchmarks/faces_held_back.py /path/to/data [pictures per task]

``data`` is laid out as the recipes expect it. A picture is cut as ``workflow.export_dataset`` cuts it around the region
that the program finds; those held back are listed, to be looked at.
"""

import csv
import sys
from pathlib import Path

import numpy as np

from clinoscope.capture.files import open_picture
from clinoscope.domain.errors import PictureError
from clinoscope.domain.region import Box
from clinoscope.regions import find
from clinoscope.workflow.export_pictures import cut, shows_a_face

SETS = (
    # list, column, value, kind of region
    ("skin/images.csv", "task", "lesion_photo", "lesion"),
    ("skin/images.csv", "task", "lesion_dermoscopy", "lesion"),
    ("skin/images.csv", "task", "rash", "skin"),
    ("scalp/images.csv", "task", "disease", "scalp"),
    ("scalp/images.csv", "task", "hair_loss_severity", "vertex"),
    ("anemia/images.csv", "site", "nail", "nails"),
    ("anemia/images.csv", "site", "conjunctiva", "conjunctiva"),
)


def main(data: Path, most: int) -> None:
    for name, column, value, kind in SETS:
        with (data / name).open(encoding="utf-8-sig", newline="") as stream:
            paths = [line["path"] for line in csv.DictReader(stream) if value in (line.get(column) or "")]
        drawn = np.random.default_rng(1).permutation(len(paths))[:most]
        looked, held = 0, []
        for path in (paths[place] for place in sorted(drawn)):
            try:
                picture = open_picture((data / name).parent / path)
            except PictureError:
                continue
            region = find(kind, picture.pixels)
            if region is None:
                continue
            looked += 1
            kept = cut(kind, region, Box(0, 0, picture.width, picture.height))
            if shows_a_face(picture.pixels[kept.y : kept.bottom, kept.x : kept.right]):
                held.append(path)
        print(f"{value} ({kind}): {len(held)} of {looked} held back", *held, sep="\n    ", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
