"""A disk that fails at any point of any write: the vault opens again, nothing acknowledged is missing, nothing half is
visible (issue 6). ``tests/benchmarks/faults.py`` does every point; here a few of each, drawn anew in every run."""

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from faults.disk import ACTS, MODES, Disk, check, compiled, prepared
from material import material

pytestmark = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and shutil.which("cc")), reason="needs Linux and a C compiler"
)
EACH = 1


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    made = Disk(compiled(tmp_path_factory.mktemp("fault")))
    yield made
    made.end()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("home") / "home", *material())


@pytest.fixture(scope="module")
def points(disk: Disk, home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    found = {}
    for act in ACTS:
        work = Path(shutil.copytree(home, tmp_path_factory.mktemp("count") / "home"))
        found[act] = disk.points(act, work)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("act", ACTS)
def test_whatever_fails_nothing_is_lost_and_nothing_half_is_seen(
    disk: Disk, home: Path, points: dict[str, Any], tmp_path: Path, act: str
) -> None:
    assert all(points[act].values()), points[act]
    seed = random.randrange(1 << 30)
    draw = random.Random(seed)
    for mode in MODES[1:]:
        for nth in draw.sample(range(points[act][mode]), min(EACH, points[act][mode])):
            work = Path(shutil.copytree(home, tmp_path / "home"))
            run = disk.run(act, work, mode, nth)
            try:
                check(work, act, run)
            except BaseException:
                print(f"act {act}, mode {mode}, call {nth}, seed {seed}")
                raise
            shutil.rmtree(work)
