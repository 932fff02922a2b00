import shutil
from pathlib import Path

import pytest

from clinoscope.domain.errors import PackageError
from clinoscope.inference import packages
from clinoscope.paths import MODELS
from clinoscope.training.seal import seal


def test_an_edited_card_is_hashed_anew(tmp_path: Path) -> None:
    folder = tmp_path / "lip"
    shutil.copytree(MODELS / "anemia" / "lip", folder)
    before = packages.load(folder)
    with (folder / "MODEL_CARD.md").open("a", encoding="utf-8") as stream:
        stream.write("One more sentence.\n")
    with pytest.raises(PackageError, match=r"MODEL_CARD\.md was changed"):
        packages.load(folder)
    seal(folder)
    after = packages.load(folder)
    assert after.content["MODEL_CARD.md"].endswith(b"One more sentence.\n")
    assert after.parameters == before.parameters
    assert after.ref.sha256 != before.ref.sha256
