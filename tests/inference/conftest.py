"""A small package whose network is real: it answers by the colour of the picture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clinoscope.inference import packages

TOML = """
format = 1
name = "toy"
version = "1.2.3"
task = "skin/lesion-photo"
kind = "classify"
labels = ["red", "green", "blue"]
intended_use = "Tests."

[input]
size = 32
margin = 0.0

[calibration]
temperature = 1.0

[conformal]
coverage = 0.9
quantile = 0.6

[figures]
n = 10
groups = 5
how = "Made up."
accuracy = { value = 0.9, low = 0.8, high = 1.0 }

[[sources]]
name = "drawn"
licence = "none"
what = "colours"
"""


@pytest.fixture
def toy_toml() -> str:
    """The toy's package file without its hashes."""
    return TOML


@pytest.fixture
def write_package(tmp_path: Path) -> Callable[..., Path]:
    """Writes a package folder with the given files, hashed; ``toml`` goes before the hashes."""

    def write(files: dict[str, bytes], toml: str = TOML, name: str = "toy") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, data in files.items():
            (folder / file).write_bytes(data)
        hashes = "".join(f'"{file}" = "{hashlib.sha256(data).hexdigest()}"\n' for file, data in files.items())
        (folder / "package.toml").write_bytes(packages.sealed(f"{toml}\n[files]\n{hashes}"))
        return folder

    return write


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
