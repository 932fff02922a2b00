"""Networks opened in LiteRT: those of the finders are checked against the hash the source names first."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    return opened(checked(name, sha256, root))


def checked(name: str, sha256: str, root: Path = MODELS) -> bytes:
    """The bytes of ``root/name``. Raises PackageError naming the file as ``load`` does."""
    try:
        content = (root / name).read_bytes()
    except OSError:
        raise PackageError(f"The file models/{name} cannot be read. Install Clinoscope again.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackageError(f"The file models/{name} was changed. Install Clinoscope again.")
    return content


def opened(content: bytes) -> Interpreter:
    """An interpreter on one thread, ready to run. Raises ValueError or RuntimeError for a file that is no network."""
    from ai_edge_litert.interpreter import Interpreter

    with _without_notice():
        interpreter = Interpreter(model_content=content, num_threads=1)
        interpreter.allocate_tensors()
    return interpreter


_NOTICE = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
_stderr = threading.Lock()


@contextmanager
def _without_notice() -> Iterator[None]:
    """Keep LiteRT's one notice off stderr, which is for our own progress; all else written there meanwhile is kept.

    LiteRT has no switch for it: ``TF_CPP_MIN_LOG_LEVEL`` does nothing, the C++ severity setter is not exported.
    """
    with _stderr:
        try:
            kept = os.dup(2)
        except OSError:  # a windowed program on Windows has no stderr
            yield
            return
        with tempfile.TemporaryFile() as aside:
            os.dup2(aside.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
                os.close(kept)
                aside.seek(0)
                if told := aside.read().replace(_NOTICE, b""):
                    os.write(2, told)
