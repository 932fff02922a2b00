"""The networks of the finders: checked against the hash the source names, then opened in LiteRT."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from clinoscope.domain.errors import PackageError
from clinoscope.paths import MODELS

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter


def load(name: str, sha256: str, root: Path = MODELS) -> Interpreter:
    """An interpreter on one thread, ready to run, of ``root/name``.

    Raises PackageError naming the file when it is missing or any byte of it was changed.
    """
    try:
        content = (root / name).read_bytes()
    except OSError:
        raise PackageError(f"The file models/{name} cannot be read. Install Clinoscope again.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackageError(f"The file models/{name} was changed. Install Clinoscope again.")

    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
