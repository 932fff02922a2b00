"""Draw every phantom of this folder again, byte for byte.

    python resources/phantoms/draw_phantoms.py [--out DIR] [--only NAME …]

Each PNG carries a text chunk ``clinoscope-phantom`` with its name: the program reads it and says on
the screen and in the report that the picture was drawn and shows nobody.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from drawing import eyelid, face, hand, scalp, skin, smear
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

CHUNK = "clinoscope-phantom"
HERE = Path(__file__).resolve().parent

PANEL = {
    "promyelocyte": "promyelocyte",
    "myelocyte": "myelocyte",
    "metamyelocyte": "metamyelocyte",
    "band": "band",
    "segmented": "neutrophil",
    "eosinophil": "eosinophil",
    "basophil": "basophil",
    "lymphocyte": "lymphocyte",
    "monocyte": "monocyte",
}
"""The reference panel of the smear bench: class, and what it is called in the drawing."""

DRAWERS: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "face": face.portrait,
    "lips": face.mouth,
    "lips_card": face.mouth_with_card,
    "nails": hand.nails,
    "eyelid": eyelid.eyelid,
    "lesion": skin.lesion,
    "dermoscopy": skin.dermoscopy,
    "rash": skin.rash,
    "scalp": scalp.patch_photo,
    "vertex": scalp.vertex,
    "smear": lambda: smear.field()[0],
    "cell": smear.single,
    **{f"cell_{name}": functools.partial(smear.of_panel, kind) for name, kind in PANEL.items()},
}


def png(name: str, pixels: NDArray[np.uint8]) -> bytes:
    """The file of a phantom: PNG with the chunk that names it."""
    note = PngImagePlugin.PngInfo()
    note.add_text(CHUNK, name)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=note, compress_level=9)
    return out.getvalue()


def truth() -> str:
    """What the smear holds: one entry per white cell, its type and box in pixels."""
    cells = [{"type": white.kind, "box": list(white.box)} for white in smear.field()[1]]
    return json.dumps({"picture": "smear.png", "cells": cells}, indent=1) + "\n"


def draw(folder: Path, names: Iterable[str]) -> None:
    """Write the named phantoms (and the truth of the smear with it) into a folder."""
    for name in names:
        (folder / f"{name}.png").write_bytes(png(name, DRAWERS[name]()))
        if name == "smear":
            (folder / "smear_truth.json").write_text(truth(), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the phantoms")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--only", nargs="+", choices=tuple(DRAWERS), default=tuple(DRAWERS))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    draw(arguments.out, arguments.only)


if __name__ == "__main__":
    main()
