import shutil
from pathlib import Path

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.training.cells import write


def test_the_package_names_the_very_packages_that_lie_there(tmp_path: Path) -> None:
    shutil.copytree(MODELS / "neutrophil", tmp_path / "neutrophil")
    shutil.rmtree(tmp_path / "neutrophil" / "cells")
    made = packages.load(write(tmp_path))
    assert made.task == "neutrophil/cells"
    for use in made.uses:
        assert use.sha256 == packages.load(tmp_path / use.task).sha256
    shipped = packages.load(MODELS / "neutrophil" / "cells")
    assert made.sha256 == shipped.sha256, "the shipped package is made by this very module"


def test_without_the_packages_it_uses_it_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(PackageError):
        write(tmp_path)
