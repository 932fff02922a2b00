"""Foreign bytes in every parser: a sentence or a success, within two seconds, and no file where none may be (issue 6).

A few files of each here, the same in every run; ``python tests/benchmarks/fuzz.py --seconds N`` goes on with others.
"""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing import tried
from targets import TARGETS

from clinoscope.domain.errors import KnownError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of memory and time are POSIX")
LIGHT, HEAVY = 150, 15
REAL = [name for name in TARGETS if name != "broken on purpose"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", REAL)
def test_mutated_files_are_refused_in_a_sentence_or_taken(name: str) -> None:
    assert tried(name, 0, HEAVY if TARGETS[name].heavy else LIGHT) == []


REFUSED = {"package zip": 2, "key file": 1, "picture heic": 1}
"""How many of a target's own seeds are refused on purpose: a package that is small, a foreign code, HDR colours."""


@pytest.mark.parametrize("name", REAL)
def test_what_is_mutated_was_good_before(name: str, tmp_path: Path) -> None:
    refused, target = 0, TARGETS[name]
    for data in target.seeds(tmp_path / "seeds"):
        shutil.rmtree(tmp_path / "home", ignore_errors=True)
        (tmp_path / "home").mkdir()
        try:
            target.take(data, tmp_path / "home")
        except KnownError:
            refused += 1
    assert refused == REFUSED.get(name, 0)


def test_a_crash_of_native_code_a_hang_and_a_stray_file_are_found() -> None:
    wrong = {str(found["wrong"]).splitlines()[-1] for found in tried("broken on purpose", 0, 60)}
    assert {"ValueError: a bug of ours", "the process ended with -11"} <= wrong
    assert any(sentence.startswith("wrote ['stray']") for sentence in wrong)
    assert any(sentence.startswith("took ") for sentence in wrong)
